import { BlobFailure, BlobFailure_Reason as Reason } from "../../generated/zserver/blob.ts";
import type { Code } from "../errors/code.ts";
import { CommandError } from "../errors/command-error.ts";
import { errorDetail } from "../errors/error-detail.ts";

/** What each reason is as an error's code. DATA_LOSS: nobody's mistake that could be named, but the bytes are not what they should be. */
const codes: Readonly<Record<Reason, Code>> = {
  [Reason.REASON_UNSPECIFIED]: "UNKNOWN",
  [Reason.TOO_SHORT]: "INVALID_ARGUMENT",
  [Reason.TOO_LONG]: "INVALID_ARGUMENT",
  [Reason.DIGEST_MISMATCH]: "DATA_LOSS",
  [Reason.MALFORMED]: "INVALID_ARGUMENT",
  [Reason.SOURCE_FAILED]: "ABORTED",
  [Reason.NO_SPACE]: "RESOURCE_EXHAUSTED",
  [Reason.TOO_LARGE]: "RESOURCE_EXHAUSTED",
  [Reason.SINK_FAILED]: "INTERNAL",
};

/** The error of a blob that did not get across, with its reason as a `BlobFailure`. `cause` stays in this process. */
export function blobError(reason: Reason, message: string, cause?: unknown): CommandError {
  return new CommandError(codes[reason] ?? "UNKNOWN", message, { details: [errorDetail(BlobFailure, { reason })], cause });
}

/** A blob is larger than the schema of its command allows. */
export function tooLarge(maxBytes: number): CommandError {
  return blobError(Reason.TOO_LARGE, `a blob is larger than the ${maxBytes} bytes that its command allows (max_bytes)`);
}

/** Whether the system says that there was no room. */
export function isFull(error: unknown): boolean {
  return ["ENOSPC", "EDQUOT"].includes((error as { readonly code?: string } | undefined)?.code ?? "");
}

/** What kept a blob from being written somewhere. */
export function sinkError(error: unknown): CommandError {
  if (CommandError.is(error)) return error;
  return isFull(error)
    ? blobError(Reason.NO_SPACE, "there is no room to keep the blob", error)
    : blobError(Reason.SINK_FAILED, "the blob could not be written", error);
}
