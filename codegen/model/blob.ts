import type { Command } from "./schema.ts";

/** The message that stands for a blob where it is the request or the reply of a command. */
export const blobType = "zserver.Blob";

/** What every command with a blob may attach to its errors. */
export const blobFailureType = "zserver.BlobFailure";

/** Which of a command's two messages are blobs, and travel as streams of parts. */
export interface BlobSides {
  readonly request: boolean;
  readonly reply: boolean;
}

/** Undefined for a command without blobs. */
export function blobSides({ request, response }: Pick<Command, "request" | "response">): BlobSides | undefined {
  const sides = { request: request === blobType, reply: response === blobType };
  return sides.request || sides.reply ? sides : undefined;
}
