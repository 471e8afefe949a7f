import type { Principal } from "../command/context.ts";

/** What a client showed to be let in. */
export interface ReceivedCredentials {
  /** At most 8,192 bytes; empty from a client that shows none. */
  readonly bytes: Uint8Array;
  /** The bytes as UTF-8. Throws CommandError INVALID_ARGUMENT when they are none: thrown on, that denies the client. */
  text(): string;
}

/** Why a client is judged: its session begins, goes on over another connection, or the client shows fresh credentials in it. */
export type AdmissionReason = "connect" | "resume" | "renewal";

/** What `admit` sees of the session that is asked for. */
export interface AdmissionSession {
  /** The session's id. */
  readonly id: string;
  readonly reason: AdmissionReason;
  /** Where the client is, for logs. */
  readonly peer: string;
  /** The client's X25519 public key, proven; undefined for anonymous clients. */
  readonly key: Uint8Array | undefined;
  /** Whose session it is; undefined before it is anybody's. Another principal cannot be admitted to it. */
  readonly principal: Principal | undefined;
  /** Aborts when nobody waits for the answer any more: the connection is gone, the time is over, the server closes. */
  readonly signal: AbortSignal;
}

/** Who a client is, and for how long. */
export interface Admission {
  /** Never empty; the same for all sessions of one user, so that `server.revoke(principal)` finds them. */
  readonly principal: string;
  readonly roles?: readonly string[] | undefined;
  /** When the session ends unless the client shows fresh credentials before. Default: never. */
  readonly expiresAt?: Date | undefined;
}

/**
 * Decides who is let in. Whoever gets no {@link Admission} is denied, also by a CommandError UNAUTHENTICATED, PERMISSION_DENIED or
 * INVALID_ARGUMENT; anything else that is thrown is logged, and the client may try again.
 */
export type Admit = (credentials: ReceivedCredentials, session: AdmissionSession) => Admission | undefined | Promise<Admission | undefined>;
