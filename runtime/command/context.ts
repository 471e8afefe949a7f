import type { CommandError } from "../errors/command-error.ts";
import type { CommandType } from "../schema/service-type.ts";
import type { Session } from "./session-type.ts";
import type { ContextValues } from "./values.ts";

/** Who is at the other end, as the handshake proved it and the server's `admit` named it. Its `id` and `key` never change within a session. */
export interface Principal {
  /** What `admit` said; without it `anonymous`, or the client's own public key as a string. */
  readonly id: string;
  /** The client's X25519 public key, proven; undefined for anonymous clients, and for servers (whose key the client pinned). */
  readonly key: Uint8Array | undefined;
  /** What `admit` granted last; empty without it. */
  readonly roles: readonly string[];
  /** When the session ends unless its client shows fresh credentials before; undefined: never. */
  readonly expiresAt: Date | undefined;
}

/** A client without a key of its own, and what a client sees of its server. */
export const anonymousPrincipal: Principal = { id: "anonymous", key: undefined, roles: [], expiresAt: undefined };

/** What a handler knows about the command that it handles. */
export interface Context<Data = unknown> {
  readonly command: CommandType;
  /** The session that the command came in, with its `data`, and with `use()` to call back. */
  readonly session: Session<Data>;
  readonly principal: Principal;
  /** Aborts when the caller cancels, the deadline passes, or the session is lost; its reason is a CommandError. */
  readonly signal: AbortSignal;
  /** When the caller stops waiting; undefined when it waits for ever. */
  readonly deadline: Date | undefined;
  /** Milliseconds until the deadline, 0 when it has passed; undefined when there is none. */
  remainingMs(): number | undefined;
  /** What interceptors left. */
  readonly values: ContextValues;
}

/** The context of a command that is marked `deferred`. */
export interface DeferredContext<Data = unknown, ReplyInit = unknown> extends Context<Data> {
  /**
   * Parks the reply: the handler returns this object instead of a reply, and the reply is given later, with it or with its token, from
   * anywhere in this process. Throws CommandError RESOURCE_EXHAUSTED beyond `limits.parkedReplies`.
   */
  defer(): DeferredReply<ReplyInit>;
}

/** A reply that will be given later, once. */
export interface DeferredReply<ReplyInit = unknown> {
  /** Names the parked reply for `server.reply(command, token, reply)`: a string that nobody else can make up. */
  readonly token: string;
  readonly deadline: Date | undefined;
  /** Aborts when the caller no longer waits. */
  readonly signal: AbortSignal;
  /**
   * Gives the reply. Rejects with FAILED_PRECONDITION when it was already given or the caller has gone, DEADLINE_EXCEEDED when it comes too
   * late, INVALID_ARGUMENT when the message cannot be encoded (the reply stays parked then).
   */
  reply(reply: ReplyInit): Promise<void>;
  /** Fails the command. Rejects as {@link reply} does. */
  fail(error: CommandError): Promise<void>;
}
