import { DigestMismatch, DiskFull, FileChanged, PathRefused, QuotaExceeded, UploadGone } from "../../generated/zserver/files/v1/files.ts";
import type { Code } from "../errors/code.ts";
import { CommandError } from "../errors/command-error.ts";
import { errorDetail } from "../errors/error-detail.ts";

/** The longest part of a path that an error repeats, in UTF-16 units. */
const QUOTED = 200;

/** A path as a message shows it: a peer's, so escaped and cut. */
export function quoted(path: string): string {
  return JSON.stringify(path.length > QUOTED ? `${path.slice(0, QUOTED)}…` : path);
}

export function pathRefused(path: string, reason: string): CommandError {
  return new CommandError("INVALID_ARGUMENT", `the path ${quoted(path)} ${reason}`, { details: [errorDetail(PathRefused, { reason })] });
}

export function notFound(path: string): CommandError {
  return new CommandError("NOT_FOUND", `there is nothing at ${quoted(path)}`);
}

export function fileChanged(path: string, version: string): CommandError {
  const details = [errorDetail(FileChanged, { version })];
  return new CommandError("FAILED_PRECONDITION", `${quoted(path)} has changed since it was looked at; begin again`, { details });
}

export function digestMismatch(path: string, offset: number, length: number): CommandError {
  const details = [errorDetail(DigestMismatch, { offset: BigInt(offset), length: BigInt(length) })];
  return new CommandError("DATA_LOSS", `${quoted(path)}: the digest of ${length} bytes at ${offset} is another one`, { details });
}

/** @param retryAfterMs where waiting helps */
export function quotaExceeded(limit: string, allowed: number, what: string, retryAfterMs?: number): CommandError {
  const details = [errorDetail(QuotaExceeded, { limit, allowed: BigInt(allowed) })];
  return new CommandError("RESOURCE_EXHAUSTED", `${what}: ${limit} allows ${allowed}`, { details, retryAfterMs });
}

export function diskFull(cause?: unknown): CommandError {
  return new CommandError("RESOURCE_EXHAUSTED", "there is no room on the disk", { details: [errorDetail(DiskFull, {})], cause });
}

/** No file of an upload can be made: this side's to mend, so that the cause, which the log gets, names the folder and what to do. */
export function stagingUnusable(directory: string, error: unknown): CommandError {
  const cause = new Error(`uploads cannot be kept in ${directory}: make that folder, or let this process write there`, { cause: error });
  return new CommandError("INTERNAL", "the server cannot keep uploads at the moment", { cause });
}

export function uploadGone(): CommandError {
  const details = [errorDetail(UploadGone, {})];
  return new CommandError("NOT_FOUND", "there is no such upload: it is over, or was swept", { details });
}

export function uploadTaken(): CommandError {
  const details = [errorDetail(UploadGone, { taken: true })];
  return new CommandError("ABORTED", "somebody else of the same name has begun this upload anew, and goes on with it", { details });
}

/** What the file system says, as a peer may know it: the path is the peer's own, never one of this machine. */
const codes: Readonly<Record<string, readonly [code: Code, says: string]>> = {
  ENOENT: ["NOT_FOUND", "there is nothing at"],
  // What is no folder, or a symbolic link, has nothing below it.
  ENOTDIR: ["NOT_FOUND", "there is nothing at"],
  ELOOP: ["NOT_FOUND", "there is nothing at"],
  EEXIST: ["ALREADY_EXISTS", "something is there already:"],
  ENOTEMPTY: ["FAILED_PRECONDITION", "the folder is not empty:"],
  EISDIR: ["FAILED_PRECONDITION", "this is a folder:"],
  EACCES: ["PERMISSION_DENIED", "no permission for"],
  EPERM: ["PERMISSION_DENIED", "no permission for"],
  EROFS: ["PERMISSION_DENIED", "this cannot be changed:"],
};

/** An error of the file system as a CommandError; what nobody expected stays what it is, and is told as INTERNAL. */
export function systemError(error: unknown, path: string): unknown {
  const code = errorCode(error);
  if (code === undefined) return error;
  if (isDiskFull(error)) return diskFull(error);
  if (code === "ENAMETOOLONG" || code === "EINVAL") return pathRefused(path, "is none that the file system takes");
  const known = codes[code];
  return known === undefined ? error : new CommandError(known[0], `${known[1]} ${quoted(path)}`, { cause: error });
}

/** Whether there was no room, as the system says it or as {@link diskFull} does. */
export function isDiskFull(error: unknown): boolean {
  if (CommandError.is(error)) return error.detail(DiskFull) !== undefined;
  return ["ENOSPC", "EDQUOT"].includes(errorCode(error) ?? "");
}

/** The name of a system's error, such as ENOENT. */
export function errorCode(error: unknown): string | undefined {
  if (CommandError.is(error) || !(error instanceof Error) || !("code" in error)) return undefined;
  return String(error.code);
}
