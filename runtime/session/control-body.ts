import type { Reader } from "../bytes/reader.ts";
import { ProtocolError } from "./protocol-error.ts";

/** The one number of a PING or PONG. Throws ProtocolError when more follows. */
export function readNumber(body: Reader): number {
  const number = body.uint32();
  checkEnd(body);
  return number;
}

/** The body of CREDIT: up to which item and byte of the command or stream `id` may be sent. Throws ProtocolError when more follows. */
export function readCredit(body: Reader): { readonly id: number; readonly items: number; readonly bytes: number } {
  const credit = { id: body.uintNumber(), items: body.uintNumber(), bytes: body.uintNumber() };
  checkEnd(body);
  return credit;
}

function checkEnd(body: Reader): void {
  if (body.position !== body.end) throw new ProtocolError("a control frame has more in it than its type allows");
}
