/**
 * Why a command failed: gRPC's sixteen codes under their standard names and numbers, and two of zserver's own.
 * Why a connection or a session ended is another question, which {@link EndReason} answers.
 *
 * Source: https://grpc.github.io/grpc/core/md_doc_statuscodes.html
 */
export type Code =
  | "CANCELLED"
  | "UNKNOWN"
  | "INVALID_ARGUMENT"
  | "DEADLINE_EXCEEDED"
  | "NOT_FOUND"
  | "ALREADY_EXISTS"
  | "PERMISSION_DENIED"
  | "RESOURCE_EXHAUSTED"
  | "FAILED_PRECONDITION"
  | "ABORTED"
  | "OUT_OF_RANGE"
  | "UNIMPLEMENTED"
  | "INTERNAL"
  | "UNAVAILABLE"
  | "DATA_LOSS"
  | "UNAUTHENTICATED"
  /** The two sides declare the command differently; nothing was sent. */
  | "SCHEMA_MISMATCH"
  /** The session ended before the command did; `outcome` says whether it may have run. */
  | "SESSION_LOST";

/** The number of each code on the wire. */
export const codeNumbers: Readonly<Record<Code, number>> = {
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
  SCHEMA_MISMATCH: 17,
  SESSION_LOST: 18,
};

const names = new Map<number, Code>(Object.entries(codeNumbers).map(([name, number]) => [number, name as Code]));

/** The code with this number, or UNKNOWN for a number that this version does not know. */
export function codeFromNumber(number: number): Code {
  return names.get(number) ?? "UNKNOWN";
}
