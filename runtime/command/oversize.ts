import type { Reader } from "../bytes/reader.ts";
import { CommandError } from "../errors/command-error.ts";
import type { CommandType } from "../schema/service-type.ts";

/** Why a message of this size is too large for its command; undefined when it is not. */
export function oversize(command: CommandType | undefined, bytes: number): string | undefined {
  const { maxBytes = Number.POSITIVE_INFINITY } = command ?? {};
  return bytes > maxBytes ? `a message of ${bytes} bytes; the limit max_bytes is ${maxBytes}` : undefined;
}

/** Has a message that is too large for its command read as one that is not here. The reader stands at its beginning. */
export function checkSize(command: CommandType, body: Reader): void {
  if (body.missing !== undefined) return;
  const why = oversize(command, body.end - body.position);
  if (why !== undefined) body.missing = new CommandError("RESOURCE_EXHAUSTED", why, { outcome: "NOT_RUN" });
}
