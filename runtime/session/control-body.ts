import type { Reader } from "../bytes/reader.ts";
import type { Counts } from "./counts.ts";
import { byUrgency, Priority } from "./priority.ts";
import { ProtocolError } from "./protocol-error.ts";

/** The one number of a PING or PONG. Throws ProtocolError when more follows. */
export function readNumber(body: Reader): number {
  const number = body.uint32();
  checkEnd(body);
  return number;
}

/** The body of RECEIVED. Throws ProtocolError when more follows. */
export function readReceived(body: Reader): number {
  const bytes = body.uintNumber();
  checkEnd(body);
  return bytes;
}

/** The body of CREDIT. */
export interface CreditBody {
  /** Of a stream; 0: for commands. */
  readonly id: number;
  /** Up to which item and byte may be sent. */
  readonly items: number;
  readonly bytes: number;
  /** Of the commands. */
  readonly priority: Priority;
}

/** Throws ProtocolError when more follows, or when there are no commands of that class. */
export function readCredit(body: Reader): CreditBody {
  const [id, items, bytes] = [body.uintNumber(), body.uintNumber(), body.uintNumber()];
  const priority = id === 0 && body.position < body.end ? body.uint32() : Priority.NORMAL;
  checkEnd(body);
  if (priority !== Priority.NORMAL && priority !== Priority.HIGH && priority !== Priority.BULK)
    throw new ProtocolError(`credit for commands of class ${priority}, which has none`);
  return { id, items, bytes, priority };
}

/** The body of ACK. Throws ProtocolError for more classes than there are. */
export function readAck(body: Reader): Counts {
  const counts: number[] = [body.uintNumber()];
  while (body.position < body.end && counts.length < byUrgency.length) counts.push(body.uintNumber());
  checkEnd(body);
  return counts;
}

function checkEnd(body: Reader): void {
  if (body.position !== body.end) throw new ProtocolError("a control frame has more in it than its type allows");
}
