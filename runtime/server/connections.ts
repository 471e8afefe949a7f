import type { ClientHello } from "../../generated/zserver/protocol/v1/session.ts";
import type { ChannelEvents, ChannelPeer } from "../channel/channel.ts";
import { ListenerChannel } from "../channel/listener-channel.ts";
import { PlainChannel } from "../channel/plain-channel.ts";
import type { ControlOwners } from "../command/control-frames.ts";
import { Peer } from "../command/peer.ts";
import type { EndReason } from "../errors/end-reason.ts";
import { Connection } from "../session/connection.ts";
import { limitsToWire } from "../session/limits.ts";
import type { SessionEnd } from "../session/session-end.ts";
import type { SessionFactory, SessionHooks } from "../session-factory.ts";
import type { Transport } from "../transport/transport.ts";
import type { Claim } from "./arrivals.ts";
import { DEFAULT_HALF_OPEN_CONNECTIONS, DEFAULT_SLOW_PEER_TIMEOUT_MS, type ServeOptions } from "./server-types.ts";

/** What becomes of a server's connections, for the server. */
export interface ConnectionsHost<Data> {
  /** Whether new connections are taken. */
  readonly accepting: boolean;
  readonly controls: ControlOwners<Data>;
  /** A client has introduced itself; `key` is the static key that it proved, if any. */
  hello(peer: Peer<Data>, hello: ClientHello, key: Uint8Array | undefined): void;
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
  /** Those whose client has not introduced itself. */
  readonly #halfOpen = new Set<Connection>();
  #allReleased: () => void = () => {};

  constructor(options: ServeOptions<Data>, factory: SessionFactory<Data>, host: ConnectionsHost<Data>) {
    this.#options = options;
    this.#factory = factory;
    this.#host = host;
  }

  accept(transport: Transport): void {
    const { halfOpenConnections = DEFAULT_HALF_OPEN_CONNECTIONS } = this.#options;
    if (!this.#host.accepting || this.#halfOpen.size >= halfOpenConnections) {
      transport.destroy();
      return;
    }
    const host = this.#host;
    let peer: Peer<Data> | undefined;
    const connection: Connection = new Connection(
      transport,
      (events) => this.#channel(events),
      {
        established: (channelPeer) => {
          const hooks = this.#hooks(connection, channelPeer, (resumed) => {
            peer = resumed;
          });
          peer = new Peer(this.#factory.peerOptions(connection, channelPeer, undefined, hooks));
          return peer.core;
        },
        failed: (reason, message) => {
          this.#halfOpen.delete(connection);
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
          this.#halfOpen.delete(connection);
          this.#connections.delete(connection);
          if (this.#connections.size === 0) this.#allReleased();
        },
      },
      this.#factory.timers,
    );
    this.#connections.add(connection);
    this.#halfOpen.add(connection);
    connection.start();
  }

  cutHalfOpen(reason: EndReason, message: string): void {
    for (const connection of [...this.#halfOpen]) connection.destroy(reason, message);
  }

  /** Resolves when no transport is left. */
  async released(): Promise<void> {
    if (this.#connections.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#allReleased = resolve;
    });
  }

  /** @param granted called with the session that goes on over the connection */
  #hooks(connection: Connection, channelPeer: ChannelPeer, granted: (peer: Peer<Data>) => void): SessionHooks<Data> {
    const host = this.#host;
    const { slowPeerTimeoutMs = DEFAULT_SLOW_PEER_TIMEOUT_MS } = this.#options;
    return {
      slowPeerTimeoutMs,
      controls: host.controls,
      opened: (peer, hello) => {
        this.#halfOpen.delete(connection);
        host.hello(peer, hello as ClientHello, channelPeer.remoteStatic);
      },
      resume: (stranger, request) => {
        this.#halfOpen.delete(connection);
        host.resume({ stranger, request, connection, channelPeer, granted });
      },
      disconnected: (peer) => host.disconnected(peer),
      kept: (peer) => host.kept(peer),
      resumed: (peer) => host.resumed(peer),
      confirmed: (peer) => host.confirmed(peer),
      ended: (peer, end) => {
        this.#halfOpen.delete(connection);
        host.ended(peer, end);
      },
    };
  }

  #channel(events: ChannelEvents): ListenerChannel | PlainChannel {
    const { crypto, random, timers } = this.#factory;
    const { handshakeTimeoutMs, rotateAfterBytes, identity } = this.#options;
    const common = { crypto, random, timers, handshakeTimeoutMs, limits: limitsToWire(this.#factory.limits) };
    if (this.#options.unsealed || identity === undefined) return new PlainChannel({ ...common, role: "listener" }, events);
    return new ListenerChannel({ ...common, rotateAfterBytes, staticKeys: identity.staticKeys }, events);
  }
}
