import type { Schemas } from "../../generated/zserver/protocol/v1/negotiation.ts";
import type { ClientHello } from "../../generated/zserver/protocol/v1/session.ts";
import type { ChannelEvents, ChannelPeer } from "../channel/channel.ts";
import { ListenerChannel } from "../channel/listener-channel.ts";
import type { Knock } from "../channel/options.ts";
import { PlainChannel } from "../channel/plain-channel.ts";
import type { ControlOwners } from "../command/control-frames.ts";
import type { Load } from "../command/load.ts";
import { Peer } from "../command/peer.ts";
import type { EndReason } from "../errors/end-reason.ts";
import { Connection } from "../session/connection.ts";
import { FrameType } from "../session/frame.ts";
import { limitsToWire } from "../session/limits.ts";
import { ServerOpening } from "../session/opening.ts";
import type { SessionEnd } from "../session/session-end.ts";
import type { SessionFactory, SessionHooks } from "../session-factory.ts";
import type { Gate, Place } from "../transport/gate.ts";
import type { Transport } from "../transport/transport.ts";
import type { Claim } from "./arrivals.ts";
import { Door } from "./door/door.ts";
import type { ServerSchemas } from "./schema/server-schemas.ts";
import { ServerSessionSchemas } from "./schema/server-session-schemas.ts";
import type { HalfOpen } from "./door/places.ts";
import { DEFAULT_HALF_OPEN_CONNECTIONS, DEFAULT_SLOW_PEER_TIMEOUT_MS, type ServeOptions } from "./server-types.ts";

/** What becomes of a server's connections, for the server. */
export interface ConnectionsHost<Data> {
  /** Whether new work is taken; undefined when that is not watched. */
  readonly load: Load | undefined;
  readonly schemas: ServerSchemas;
  /** Which of the server's processes this is; undefined when it is the only one. */
  readonly route: Uint8Array | undefined;
  /** Whether new connections are taken. */
  readonly accepting: boolean;
  readonly controls: ControlOwners<Data>;
  /** A client has introduced itself; `key` is the static key that it proved, if any. */
  hello(peer: Peer<Data>, hello: ClientHello, key: Uint8Array | undefined): void;
  /** A client has described what it was asked to. Throws ProtocolError. */
  described(peer: Peer<Data>, descriptions: Schemas): void;
  /** A client wants a session to go on. */
  resume(claim: Claim<Data>): void;
  /** A connection ended before it had a session. */
  failed(peer: string, reason: EndReason, message: string): void;
  disconnected(peer: Peer<Data>): void;
  kept(peer: Peer<Data>): void;
  resumed(peer: Peer<Data>): void;
  confirmed(peer: Peer<Data>): void;
  renewing(peer: Peer<Data>): void;
  ended(peer: Peer<Data>, end: SessionEnd): void;
}

/** The connections of a server, from their transport's opening to its end; those in their handshake are bounded. */
export class ServerConnections<Data> {
  readonly #options: ServeOptions<Data>;
  readonly #factory: SessionFactory<Data>;
  readonly #host: ConnectionsHost<Data>;
  /** Every connection whose transport still exists. */
  readonly #connections = new Set<Connection>();
  readonly #door: Door;
  #allReleased: () => void = () => {};

  constructor(options: ServeOptions<Data>, factory: SessionFactory<Data>, host: ConnectionsHost<Data>) {
    this.#options = options;
    this.#factory = factory;
    this.#host = host;
    const { door, halfOpenConnections = DEFAULT_HALF_OPEN_CONNECTIONS } = options;
    this.#door = new Door(door, halfOpenConnections, factory);
  }

  /** Sees connections before they have a transport. */
  get gate(): Gate {
    return this.#door;
  }

  /** @param place what the gate gave to the connection, where it came by one */
  accept(transport: Transport, place: Place | undefined = this.#door.enter(transport.remote, () => {})): void {
    if (!this.#host.accepting || place === undefined) {
      place?.leave();
      transport.destroy();
      return;
    }
    const host = this.#host;
    const halfOpen = place as HalfOpen;
    let peer: Peer<Data> | undefined;
    const connection: Connection = new Connection(
      transport,
      (events) => this.#channel(events, halfOpen),
      {
        established: (channelPeer) => {
          const hooks = this.#hooks(connection, channelPeer, halfOpen, (resumed) => {
            peer = resumed;
          });
          peer = new Peer(this.#factory.peerOptions(connection, channelPeer, undefined, hooks));
          return peer.core;
        },
        failed: (reason, message) => {
          halfOpen.leave();
          host.failed(transport.peer, reason, message);
        },
        renewing: () => {
          if (peer !== undefined) host.renewing(peer);
        },
        rotated: (epoch) => {
          if (peer === undefined) return;
          // The dialler's last record under the old keys: it holds the new ones.
          host.confirmed(peer);
          peer.rotated(epoch);
        },
        released: (connection) => {
          halfOpen.leave();
          this.#connections.delete(connection);
          if (this.#connections.size === 0) this.#allReleased();
        },
      },
      this.#factory.timers,
    );
    this.#connections.add(connection);
    halfOpen.cut = () => {
      if (host.accepting) connection.destroy("OVERLOADED", "others came when there was no more room");
      else connection.destroy("GOING_AWAY", "the server was closed");
    };
    connection.start();
  }

  /** Gives a client that was let in a ticket for the next time. Connections without an address come from where no strangers are. */
  giveTicket(peer: Peer<Data>): void {
    if (peer.connection.transport.remote === undefined) return;
    peer.control(FrameType.TICKET, (writer) => writer.raw(this.#door.ticket()));
  }

  /** Cuts what has no session that was let in. */
  cutHalfOpen(): void {
    this.#door.close();
  }

  /** Resolves when no transport is left. */
  async released(): Promise<void> {
    if (this.#connections.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#allReleased = resolve;
    });
  }

  /** @param granted called with the session that goes on over the connection */
  #hooks(connection: Connection, channelPeer: ChannelPeer, place: HalfOpen, granted: (peer: Peer<Data>) => void): SessionHooks<Data> {
    const host = this.#host;
    const { slowPeerTimeoutMs = DEFAULT_SLOW_PEER_TIMEOUT_MS } = this.#options;
    return {
      opening: (session) => new ServerOpening(session),
      load: host.load,
      route: host.route,
      slowPeerTimeoutMs,
      controls: host.controls,
      opened: (peer, hello) => {
        place.arrive();
        host.hello(peer, hello as ClientHello, channelPeer.remoteStatic);
      },
      schemas: (peer) => new ServerSessionSchemas(host.schemas, peer),
      describe: () => ({}),
      described: (peer, descriptions) => host.described(peer, descriptions),
      resume: (stranger, request) => {
        place.arrive();
        host.resume({ stranger, request, connection, channelPeer, granted });
      },
      disconnected: (peer) => host.disconnected(peer),
      kept: (peer) => host.kept(peer),
      resumed: (peer) => host.resumed(peer),
      confirmed: (peer) => host.confirmed(peer),
      ended: (peer, end) => {
        place.leave();
        host.ended(peer, end);
      },
    };
  }

  #channel(events: ChannelEvents, halfOpen: HalfOpen): ListenerChannel | PlainChannel {
    const { crypto, random, timers } = this.#factory;
    const { handshakeTimeoutMs, rotateAfterBytes, identity } = this.#options;
    const common = { crypto, random, timers, handshakeTimeoutMs, limits: limitsToWire(this.#factory.limits) };
    if (this.#options.unsealed || identity === undefined) return new PlainChannel({ ...common, role: "listener" }, events);
    const overloaded = (knock: Knock): number | undefined => this.#host.load?.retryAfterMs || this.#door.judge(halfOpen, knock);
    const schedule = (work: () => void): void => this.#door.schedule(halfOpen, work);
    return new ListenerChannel({ ...common, rotateAfterBytes, staticKeys: identity.staticKeys, overloaded, schedule }, events);
  }
}
