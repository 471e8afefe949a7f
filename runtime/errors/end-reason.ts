/**
 * Why a connection or a session ended. One table for the whole protocol: docs/PROTOCOL.md prints it, and `Close.reason` carries its numbers.
 * Never mixed with {@link Code}, which says why one command failed.
 */
export type EndReason =
  | "CLOSED"
  | "PROTOCOL_ERROR"
  | "GOING_AWAY"
  | "TRANSPORT_CLOSED"
  | "TRANSPORT_FAILED"
  | "PEER_DEAD"
  | "BAD_RECORD"
  | "HANDSHAKE_FAILED"
  | "HANDSHAKE_TIMEOUT"
  | "SERVER_KEY_MISMATCH"
  | "SERVER_KEY_REFUSED"
  | "UNKNOWN_SUITE"
  | "OVERLOADED"
  | "ROTATION_OVERDUE"
  | "CONNECT_TIMEOUT"
  | "UNSUPPORTED_PROTOCOL"
  | "SESSION_UNKNOWN"
  | "SESSION_EXPIRED"
  | "SUPERSEDED"
  | "RETENTION_LIMIT"
  | "ADMISSION_DENIED"
  | "ADMISSION_FAILED"
  | "CREDENTIALS_EXPIRED"
  | "REVOKED"
  | "SLOW_PEER";

/** What is known of a reason. */
export interface EndReasonInfo {
  /** The number on the wire. */
  readonly number: number;
  /** `connection`: only this connection; `session`: the session with it. */
  readonly ends: "connection" | "session";
  /** Whether a client may try again by itself. */
  readonly retry: boolean;
  /** What happened, in words. */
  readonly description: string;
}

const connection = (number: number, retry: boolean, description: string): EndReasonInfo => ({
  number,
  ends: "connection",
  retry,
  description,
});
const session = (number: number, retry: boolean, description: string): EndReasonInfo => ({ number, ends: "session", retry, description });

/** Every reason, by its name. */
export const endReasons: Readonly<Record<EndReason, EndReasonInfo>> = {
  CLOSED: session(1, false, "one side closed the session in an orderly way"),
  PROTOCOL_ERROR: session(2, false, "a well-sealed frame broke the protocol"),
  GOING_AWAY: session(3, true, "the server is shutting down"),
  TRANSPORT_CLOSED: connection(4, true, "the transport ended without a closing frame"),
  TRANSPORT_FAILED: connection(5, true, "the transport failed"),
  PEER_DEAD: connection(6, true, "the peer did not answer within `livenessTimeoutMs`, or stopped in the middle of a frame"),
  BAD_RECORD: connection(7, true, "a record's length or tag was wrong"),
  HANDSHAKE_FAILED: connection(8, true, "a handshake message was malformed or did not verify"),
  HANDSHAKE_TIMEOUT: connection(9, true, "the handshake took longer than `handshakeTimeoutMs`"),
  SERVER_KEY_MISMATCH: connection(10, false, "the server showed another key than the one that was pinned"),
  SERVER_KEY_REFUSED: connection(11, false, "the application refused the key that the server showed"),
  UNKNOWN_SUITE: connection(12, false, "the two sides have no handshake suite in common"),
  OVERLOADED: connection(13, true, "the server takes no new sessions now"),
  ROTATION_OVERDUE: connection(14, true, "the peer sent twice the byte limit of one key without rotating it"),
  CONNECT_TIMEOUT: connection(15, true, "no connection was established within `connectTimeoutMs`"),
  UNSUPPORTED_PROTOCOL: session(16, false, "the two sides have no protocol version in common"),
  SESSION_UNKNOWN: session(17, false, "the server has no such session, or the secret is not its"),
  SESSION_EXPIRED: session(18, false, "the session had no connection for `retentionMs`"),
  SUPERSEDED: session(19, false, "the session went on over another connection"),
  RETENTION_LIMIT: session(20, false, "the server kept too many sessions without a connection, and this one the longest"),
  ADMISSION_DENIED: session(21, false, "the server did not admit the client's credentials"),
  ADMISSION_FAILED: connection(22, true, "the server could not decide whether to admit the client"),
  CREDENTIALS_EXPIRED: session(23, false, "the time for which the client was admitted is over"),
  REVOKED: session(24, false, "the server revoked the client's principal"),
  SLOW_PEER: session(
    25,
    false,
    "the peer accepted nothing for `slowPeerTimeoutMs` with its outbox full, or had no room for a broadcast that ends such sessions",
  ),
};

const names = new Map<number, EndReason>(Object.entries(endReasons).map(([name, info]) => [info.number, name as EndReason]));

/** The reason with this number, or PROTOCOL_ERROR for a number that this version does not know. */
export function endReasonFromNumber(number: number): EndReason {
  return names.get(number) ?? "PROTOCOL_ERROR";
}
