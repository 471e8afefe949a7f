import type { Reader } from "../bytes/reader.ts";
import { CommandError } from "../errors/command-error.ts";
import type { TravellingCommand } from "./travelling.ts";

/** What says how large a command's messages may be. */
export type SizedCommand = Pick<TravellingCommand, "maxBytes" | "form">;

/** Why a message of this size is too large for its command; undefined when it is not. */
export function oversize(command: SizedCommand | undefined, travelling: number): string | undefined {
  const { maxBytes = Number.POSITIVE_INFINITY, form } = command ?? {};
  // Where it may be compressed, a byte says that it is not.
  const bytes = form === undefined ? travelling : travelling - 1;
  return bytes > maxBytes ? `a message of ${bytes} bytes; the limit max_bytes is ${maxBytes}` : undefined;
}

/** Has a message that is too large for its command read as one that is not here. The reader stands at its beginning. */
export function checkSize(command: SizedCommand, body: Reader): void {
  if (body.missing !== undefined) return;
  const why = oversize(command, body.end - body.position);
  if (why !== undefined) body.missing = new CommandError("RESOURCE_EXHAUSTED", why, { outcome: "NOT_RUN" });
}
