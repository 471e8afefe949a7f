import type { Writer } from "../bytes/writer.ts";
import type { Outcome } from "../errors/command-error.ts";
import { writeFields } from "../schema/codec.ts";
import { elementBound } from "../schema/element-bound.ts";
import type { PeerLimits } from "../session/limits.ts";
import { limitError } from "./failure.ts";
import type { AnyCommand } from "./registry.ts";
import type { TravellingType } from "./travelling.ts";

/** What a message is to its command, and what is true of the handler when it cannot be sent. */
export interface MessagePart {
  readonly name: "message" | "reply";
  readonly outcome: Outcome;
}

export const requestPart: MessagePart = { name: "message", outcome: "NOT_RUN" };
export const replyPart: MessagePart = { name: "reply", outcome: "MAY_HAVE_RUN" };

/**
 * Encodes a message for a peer. Throws CommandError: RESOURCE_EXHAUSTED where the peer said that it takes no message of this size or with so many
 * objects and entries, and where the command does not allow this size; INVALID_ARGUMENT for values that the schema cannot hold. The caller takes back what was written.
 * Returns how many bytes fewer it takes than it would uncompressed.
 */
export function writeMessage(
  writer: Writer,
  type: TravellingType,
  message: unknown,
  limits: PeerLimits,
  command: AnyCommand,
  { name, outcome }: MessagePart,
): number {
  const start = writer.position;
  writer.elements = 0;
  writeFields(writer, type, message);
  const allowed = elementBound(type.maxElements, limits.decodeElements);
  if (writer.elements > allowed)
    throw limitError("decodeElements", allowed, `its ${name} has ${writer.elements} objects and entries`, command, outcome);
  const bytes = writer.position - start;
  const { messageBytes } = limits;
  const { maxBytes = messageBytes } = command;
  const most = Math.min(messageBytes, maxBytes);
  if (bytes > most) {
    const limit = maxBytes < messageBytes ? "max_bytes" : "messageBytes";
    throw limitError(limit, most, `its ${name} has ${bytes} bytes`, command, outcome);
  }
  return type.pack?.(writer, start) ?? 0;
}
