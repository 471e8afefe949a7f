import type { Schemas } from "../../generated/zserver/protocol/v1/negotiation.ts";
import type { ClientHello } from "../../generated/zserver/protocol/v1/session.ts";
import type { Channel, ChannelEvents, ChannelPeer } from "../channel/channel.ts";
import { ListenerChannel } from "../channel/listener-channel.ts";
import type { ListenerDoor } from "../channel/options.ts";
import { PlainChannel } from "../channel/plain-channel.ts";
import type { ControlOwners } from "../command/control-frames.ts";
import type { Load } from "../command/load.ts";
import type { Peer } from "../command/peer.ts";
import type { PeerCommon, PeerHooks, PeerOptions } from "../command/peer-options.ts";
import type { EndReason } from "../errors/end-reason.ts";
import { Connection } from "../session/connection.ts";
import { FrameType } from "../session/frame.ts";
import { limitsToWire, type PeerLimits } from "../session/limits.ts";
import { ServerOpening } from "../session/opening.ts";
import type { SessionEnd } from "../session/session-end.ts";
import type { SessionFactory } from "../session-factory.ts";
import { TurnQueue } from "../time/turn-queue.ts";
import type { Gate, Place } from "../transport/gate.ts";
import type { Transport } from "../transport/transport.ts";
import type { Claim } from "./arrivals.ts";
import { Door } from "./door/door.ts";
import type { HalfOpen } from "./door/places.ts";
import type { ServerSchemas } from "./schema/server-schemas.ts";
import { SameOnes } from "./same-ones.ts";
import { ServerConnection } from "./server-connection.ts";
import { DEFAULT_HALF_OPEN_CONNECTIONS, DEFAULT_SLOW_PEER_TIMEOUT_MS, type ServeOptions } from "./server-types.ts";

/**
 * So many silent clients are probed, or given up, in one turn of the event loop. What they sent may wait in the kernel: a process that has just told thousands something reads
 * nothing meanwhile. Were all of them probed at once, their answers would keep it busy for longer still.
 */
const PROBES_PER_TURN = 16;

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

/** Makes the channel of a connection. */
type MakeChannel = (events: ChannelEvents, door: ListenerDoor) => Channel;

/** The connections of a server, from their transport's opening to its end; those in their handshake are bounded. */
export class ServerConnections<Data> {
  readonly host: ConnectionsHost<Data>;
  readonly door: Door;
  readonly #factory: SessionFactory<Data>;
  readonly #common: PeerCommon<Data>;
  readonly #makeChannel: MakeChannel;
  /** Every connection whose transport still exists. */
  readonly #connections = new Set<Connection>();
  #allReleased: () => void = () => {};

  constructor(options: ServeOptions<Data>, factory: SessionFactory<Data>, host: ConnectionsHost<Data>) {
    this.#factory = factory;
    this.host = host;
    const { door, halfOpenConnections = DEFAULT_HALF_OPEN_CONNECTIONS, slowPeerTimeoutMs = DEFAULT_SLOW_PEER_TIMEOUT_MS } = options;
    const { controls, route } = host;
    const load: Load = {
      get retryAfterMs() {
        return host.load?.retryAfterMs ?? 0;
      },
    };
    const sameLimits = new SameOnes(sameNumbers);
    this.#common = factory.common({
      opening: (session) => new ServerOpening(session),
      controls,
      load,
      route,
      slowPeerTimeoutMs,
      sameLimits,
      probes: new TurnQueue((run) => factory.clock.endOfTurn(run), PROBES_PER_TURN).add,
    });
    this.#makeChannel = channelMaker(options, factory);
    this.door = new Door(door, halfOpenConnections, factory);
  }

  /** Sees connections before they have a transport. */
  get gate(): Gate {
    return this.door;
  }

  /** @param place what the gate gave to the connection, where it came by one */
  accept(transport: Transport, place: Place | undefined = this.door.enter(transport.remote, () => {})): void {
    const { host } = this;
    if (!host.accepting || place === undefined) {
      place?.leave();
      transport.destroy();
      return;
    }
    const halfOpen = place as HalfOpen;
    const owner = new ServerConnection(this, halfOpen);
    const connection = new Connection(transport, (events) => this.#makeChannel(events, owner), owner, this.#factory.timers);
    this.#connections.add(connection);
    halfOpen.cut = () => {
      if (host.accepting) connection.destroy("OVERLOADED", "others came when there was no more room");
      else connection.destroy("GOING_AWAY", "the server was closed");
    };
    connection.start();
  }

  /** What the session is made of that begins on a connection. */
  peerOptions(connection: Connection, channelPeer: ChannelPeer, hooks: PeerHooks<Data>): PeerOptions<Data> {
    return this.#factory.peerOptions(this.#common, connection, channelPeer, undefined, hooks);
  }

  /** Gives a client that was let in a ticket for the next time. Connections without an address come from where no strangers are. */
  giveTicket(peer: Peer<Data>): void {
    if (peer.connection.transport.remote === undefined) return;
    peer.control(FrameType.TICKET, (writer) => writer.raw(this.door.ticket()));
  }

  /** Cuts what has no session that was let in. */
  cutHalfOpen(): void {
    this.door.close();
  }

  /** A connection's transport is gone. */
  released(connection: Connection): void {
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#allReleased();
  }

  /** Resolves when no transport is left. */
  async allReleased(): Promise<void> {
    if (this.#connections.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#allReleased = resolve;
    });
  }
}

function sameNumbers(one: PeerLimits, other: PeerLimits): boolean {
  const names = Object.keys(one) as (keyof PeerLimits)[];
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}

function channelMaker<Data>(
  { handshakeTimeoutMs, rotateAfterBytes, identity, unsealed }: ServeOptions<Data>,
  factory: SessionFactory<Data>,
): MakeChannel {
  const { crypto, random, timers } = factory;
  const common = { crypto, random, timers, handshakeTimeoutMs, limits: limitsToWire(factory.limits) };
  if (unsealed || identity === undefined) return (events) => new PlainChannel({ ...common, role: "listener" }, events);
  const { staticKeys } = identity;
  const options = { ...common, rotateAfterBytes, staticKeys };
  return (events, door) => new ListenerChannel(options, events, door);
}
