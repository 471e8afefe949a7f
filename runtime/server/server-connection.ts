import type { Schemas, SchemasInit } from "../../generated/zserver/protocol/v1/negotiation.ts";
import type { ClientHello, Resume, Welcome } from "../../generated/zserver/protocol/v1/session.ts";
import type { ChannelPeer } from "../channel/channel.ts";
import type { Knock, ListenerDoor } from "../channel/options.ts";
import { Peer } from "../command/peer.ts";
import type { PeerHooks } from "../command/peer-options.ts";
import type { EndReason } from "../errors/end-reason.ts";
import type { Carried, Connection, ConnectionHost } from "../session/connection.ts";
import type { SessionEnd } from "../session/session-end.ts";
import type { ServerConnections } from "./connections.ts";
import type { HalfOpen } from "./door/places.ts";
import { ServerSessionSchemas } from "./schema/server-session-schemas.ts";

/** What a server knows of one connection, and of the session that began on it: a quiet one costs no more than this object beside its own parts. */
export class ServerConnection<Data> implements ConnectionHost, ListenerDoor, PeerHooks<Data> {
  readonly #server: ServerConnections<Data>;
  /** Undefined once its client was let in, or is gone. */
  #place: HalfOpen | undefined;
  /** The session that the connection carries, which may have begun on another one. */
  #carried: Peer<Data> | undefined;
  /** Until the client has introduced itself. */
  #channelPeer: ChannelPeer | undefined;

  constructor(server: ServerConnections<Data>, place: HalfOpen) {
    this.#server = server;
    this.#place = place;
  }

  // For the channel.

  overloaded(knock: Knock): number | undefined {
    return this.#server.host.load?.retryAfterMs || this.#server.door.judge(this.#place!, knock);
  }

  schedule(work: () => void): void {
    this.#server.door.schedule(this.#place!, work);
  }

  // For the connection.

  established(channelPeer: ChannelPeer, connection: Connection): Carried {
    this.#channelPeer = channelPeer;
    this.#carried = new Peer(this.#server.peerOptions(connection, channelPeer, this));
    return this.#carried.core;
  }

  failed(reason: EndReason, message: string, _retryAfterMs: number | undefined, { transport }: Connection): void {
    this.#leave();
    this.#server.host.failed(transport.peer, reason, message);
  }

  renewing(): void {
    if (this.#carried !== undefined) this.#server.host.renewing(this.#carried);
  }

  rotated(epoch: number): void {
    if (this.#carried === undefined) return;
    // The dialler's last record under the old keys: it holds the new ones.
    this.#server.host.confirmed(this.#carried);
    this.#carried.rotated(epoch);
  }

  released(connection: Connection): void {
    this.#leave();
    this.#carried = undefined;
    this.#server.released(connection);
  }

  // For the session.

  schemas(peer: Peer<Data>): ServerSessionSchemas {
    return new ServerSessionSchemas(this.#server.host.schemas, peer);
  }

  opened(peer: Peer<Data>, hello: ClientHello | Welcome): void {
    this.#arrive();
    this.#server.host.hello(peer, hello as ClientHello, this.#proven().remoteStatic);
  }

  describe(): SchemasInit {
    return {};
  }

  described(peer: Peer<Data>, descriptions: Schemas): void {
    this.#server.host.described(peer, descriptions);
  }

  resume(stranger: Peer<Data>, request: Resume): void {
    this.#arrive();
    const granted = (session: Peer<Data>): void => {
      this.#carried = session;
    };
    this.#server.host.resume({ stranger, request, connection: stranger.connection, channelPeer: this.#proven(), granted });
  }

  disconnected(peer: Peer<Data>): void {
    this.#server.host.disconnected(peer);
  }

  kept(peer: Peer<Data>): void {
    this.#server.host.kept(peer);
  }

  resumed(peer: Peer<Data>): void {
    this.#server.host.resumed(peer);
  }

  confirmed(peer: Peer<Data>): void {
    this.#server.host.confirmed(peer);
  }

  ended(peer: Peer<Data>, end: SessionEnd): void {
    this.#leave();
    this.#server.host.ended(peer, end);
  }

  #proven(): ChannelPeer {
    const channelPeer = this.#channelPeer!;
    this.#channelPeer = undefined;
    return channelPeer;
  }

  #arrive(): void {
    this.#place?.arrive();
    this.#place = undefined;
  }

  #leave(): void {
    this.#place?.leave();
    this.#place = undefined;
  }
}
