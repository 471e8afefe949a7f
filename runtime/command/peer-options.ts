import type { Schemas, SchemasInit } from "../../generated/zserver/protocol/v1/negotiation.ts";
import type { ClientHello, Resume, Resumed, Welcome } from "../../generated/zserver/protocol/v1/session.ts";
import type { ChannelPeer } from "../channel/channel.ts";
import type { EndReason } from "../errors/end-reason.ts";
import type { Connection } from "../session/connection.ts";
import type { SessionEnd } from "../session/session-end.ts";
import type { PeerLimits } from "../session/limits.ts";
import type { HelloOptions, SessionOptions } from "../session/session-options.ts";
import type { BoundMessages } from "./bounded-messages.ts";
import type { ControlOwners } from "./control-frames.ts";
import type { HandlerSide } from "./handler-side.ts";
import type { Interceptor } from "./interceptor.ts";
import type { Load } from "./load.ts";
import type { Peer } from "./peer.ts";
import type { SessionSchemas } from "./schema/session-schemas.ts";
import type { Compression } from "./travelling.ts";

/** What the sessions of one call of `serve` or `connect` have in common: one object for all of them. */
export interface PeerCommon<Data> extends SessionOptions {
  readonly handlerSide: HandlerSide;
  /** Of calls that leave this side. */
  readonly interceptors: readonly Interceptor[];
  readonly wallNow: () => number;
  readonly incident: (what: string, error: unknown) => string;
  /** Server: whether new commands are taken. */
  readonly load: Load | undefined;
  /** Undefined: messages in pieces have no bounds but their number and size. */
  readonly boundMessages: BoundMessages | undefined;
  /** Undefined: messages travel as they are. */
  readonly compression: Compression | undefined;
  readonly defaultTimeoutMs: number;
  readonly sendTimeoutMs: number;
  readonly controls: ControlOwners<Data>;
  /** Server: what clients say alike of their limits is kept once. */
  readonly sameLimits?: { same(limits: PeerLimits): PeerLimits };
}

/** What becomes of one session, for whoever made it. */
export interface PeerHooks<Data> {
  schemas(peer: Peer<Data>): SessionSchemas;
  /** The other side has introduced itself: the session may begin. A server answers with {@link Peer.welcome}. */
  opened(peer: Peer<Data>, hello: ClientHello | Welcome): void;
  /** Client: the server wants services to be described. Throws ProtocolError. */
  describe(peer: Peer<Data>, services: Uint8Array): SchemasInit;
  /** Server: the client has described what it was asked to. A server answers with {@link Peer.welcome}. Throws ProtocolError. */
  described(peer: Peer<Data>, descriptions: Schemas): void;
  /** Server: the client wants another session to go on over the connection of this one, which has done nothing yet. */
  resume(peer: Peer<Data>, request: Resume): void;
  /** The connection is gone; a client looks for another one. */
  disconnected(peer: Peer<Data>, reason: EndReason): void;
  /** Without a connection, more was sent and is kept. */
  kept(peer: Peer<Data>): void;
  /** The session goes on over another connection. Client: `answer` is what the server said. */
  resumed(peer: Peer<Data>, answer: Resumed | undefined): void;
  /** Server: the client holds the newest resume secret. */
  confirmed(peer: Peer<Data>): void;
  ended(peer: Peer<Data>, end: SessionEnd): void;
}

/** What a session is made of. */
export interface PeerOptions<Data> {
  readonly common: PeerCommon<Data>;
  readonly hooks: PeerHooks<Data>;
  /** The first one. */
  readonly connection: Connection;
  readonly channelPeer: ChannelPeer;
  readonly id: string;
  /** What a client says of itself; undefined at a server. */
  readonly hello: HelloOptions | undefined;
}
