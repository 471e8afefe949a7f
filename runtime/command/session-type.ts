import type { DiscoveryStep } from "../discovery/step.ts";
import type { CommandError } from "../errors/command-error.ts";
import type { EndReason } from "../errors/end-reason.ts";
import type { CommandType, ServiceType } from "../schema/service-type.ts";
import type { EndError, SessionEnd } from "../session/session-end.ts";
import type { BatchBuilder, BatchOptions, Settled } from "./batch.ts";
import type { Principal } from "./context.ts";
import type { PeerSchema } from "./schema/peer-schema.ts";

/** What `status()` tells, in the order in which it happens. */
export type SessionStatus =
  | { readonly type: "open" }
  | { readonly type: "draining" }
  /** The connection is gone; the session waits for another one, and commands wait with it. */
  | { readonly type: "disconnected"; readonly reason: EndReason; readonly message: string }
  /** Client: the server asked it to go over to another entrance. It looks for one while the connection in use goes on working; then comes `resumed`. */
  | { readonly type: "moving" }
  /** Client: each step of looking for a connection, while there is none or another one is wanted. */
  | DiscoveryStep
  /** The session goes on over another connection, nothing lost and nothing run twice. */
  | { readonly type: "resumed" }
  /** The keys were renewed; `epoch` counts the renewals of this connection. */
  | { readonly type: "rotated"; readonly epoch: number }
  /** Fresh credentials of the client were admitted: roles and expiry are as they grant them. */
  | { readonly type: "renewed" }
  /** Client: fresh credentials could not be had, or were not admitted. They are tried again while there is time. */
  | { readonly type: "renewal_failed"; readonly error: unknown }
  /**
   * A one-way command came to nothing: it was not sent, and its promise rejected with the same error; or it was sent, its promise had resolved, and
   * the session ended (SESSION_LOST) or its time passed without a connection (DEADLINE_EXCEEDED) before the peer had accepted it. The error's outcome
   * says whether it may have run. `total` counts them all, this one included.
   */
  | { readonly type: "one_way_failed"; readonly command: string; readonly error: CommandError; readonly total: number }
  /** The last event. `oneWaysFailed` counts the one-ways that came to nothing, for somebody who asks later those after the end too. */
  | { readonly type: "ended"; readonly error: EndError; readonly oneWaysFailed: number };

/** Counts since the session began. */
export interface SessionStats {
  /** Requests, one-ways and streams that were sent to the peer. */
  readonly commandsSent: number;
  /** Handlers that were started for the peer. */
  readonly commandsHandled: number;
  /** One-way commands of this side that were not sent, or of which it is not known that the peer accepted them. */
  readonly oneWaysFailed: number;
  /** One-way commands of the peer whose handler failed or is unknown here. */
  readonly oneWaysRefused: number;
  /** Volatile one-ways of this side that it dropped: without a connection, behind commands that wait, or with its outbox half full. */
  readonly volatileDropped: number;
  /** Volatile one-ways of the peer that came while the queue here was half full. */
  readonly volatileRefused: number;
  /** Calls of this side that are not answered yet. */
  readonly callsPending: number;
  /** Commands of the peer that are not answered yet, parked ones included. */
  readonly commandsPending: number;
  /** Key renewals. */
  readonly rotations: number;
  readonly recordsIn: number;
  readonly recordsOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** One end of a session, the same on both sides. */
export interface Session<Data = unknown> {
  /** The same on both sides, unguessable, 32 hexadecimal digits. */
  readonly id: string;
  readonly principal: Principal;
  /** Where the peer is, for logs. */
  readonly peer: string;
  readonly state: "open" | "disconnected" | "draining" | "ended";
  /** The application's own, made by `sessionData` when the session began. */
  data: Data;
  /** The proxy that calls the commands of a service which the peer handles. Throws TypeError for a service of this side. */
  use<Proxy, Commands>(service: ServiceType<Proxy, Commands>): Proxy;
  /**
   * Sends several commands together. The peer runs them one after the other, in this order; the result has one settled entry for each, in
   * the same order. Commands with streams cannot be members. Rejects with what `build` throws; nothing is sent then.
   */
  batch<const Members extends readonly Promise<unknown>[]>(
    build: (batch: BatchBuilder) => Members,
    options?: BatchOptions,
  ): Promise<Settled<Members>>;
  /** What is known of the other side's schema. What is in it does not change; services come to it as they are used. */
  readonly peerSchema: PeerSchema;
  /**
   * Whether a command of the peer may be called: both sides read its messages rightly. A call of one that may not fails with SCHEMA_MISMATCH before anything is
   * sent. Of a service that is being asked for (see `services` in the options) it is false until the answer is there. Throws TypeError for a command of a service that
   * was neither named in `services` nor used.
   */
  supports(command: CommandType): boolean;
  /** Gives a reply that a handler of this side parked, from anywhere. Rejects as `DeferredReply.reply` does. */
  reply<Q, QI, R, RI>(command: CommandType<Q, QI, R, RI, "unary", true>, token: string, reply: RI): Promise<void>;
  /** Fails a command whose reply a handler of this side parked. */
  fail<Q, QI, R, RI>(command: CommandType<Q, QI, R, RI, "unary", true>, token: string, error: CommandError): Promise<void>;
  /** Resolves when the peer has accepted everything that was sent until now. Rejects with SESSION_LOST when the session ends first. */
  flush(): Promise<void>;
  /**
   * Commands that are sent after it start at the peer only when all those that were sent before it have started, whatever their classes of priority: within a
   * class that is so without it. It waits for starts and for no ends, takes effect at once, and so returns nothing to wait for. A call that an interceptor still holds has
   * not been sent. After the end of the session it does nothing.
   */
  barrier(): void;
  /**
   * Takes no new commands from either side, waits for those under way, then closes. One-ways of the peer are still run until then, since
   * nobody could tell it that they are refused.
   */
  drain(): Promise<void>;
  /** Ends the session now. Pending calls are rejected with SESSION_LOST. Resolves when it has ended. */
  close(message?: string): Promise<void>;
  /** How things stand, then every change, until the session has ended. */
  status(): AsyncIterableIterator<SessionStatus>;
  /** Resolves when the session has ended; never rejects. */
  readonly closed: Promise<SessionEnd>;
  /** Renews the keys now, as the timer would. Does nothing while a renewal is under way, and on a session that seals nothing. */
  rotateKeys(): void;
  stats(): SessionStats;
  [Symbol.asyncDispose](): Promise<void>;
}
