import { toHex } from "../../bytes/hex.ts";
import { LENGTH_BYTES, PREAMBLE_BYTES, ROUTE_BYTES } from "../../channel/limits.ts";
import { readOffer } from "../../channel/preamble.ts";
import type { Timers } from "../../time/timers.ts";
import type { Gate, Place } from "../../transport/gate.ts";
import type { Passage, Transport } from "../../transport/transport.ts";
import type { HandoverStats } from "../server-types.ts";
import { clientPacket, readClient } from "./client-packet.ts";
import { ReadAhead, type Seen } from "./read-ahead.ts";
import { Relay } from "./relay.ts";

/** How long a process that was not there is not looked for again: all clients of one that has died come at the same time. */
const GONE_MS = 1_000;
/** The most that are remembered not to be there: whatever a client shows is looked for. */
const GONE_ROUTES = 64;

export interface RouterOptions {
  /** Which process this is, in hex. */
  readonly route: string;
  readonly timers: Timers;
  /** How long a connection may take to send its offer. */
  readonly timeoutMs: number;
  readonly gate: Gate;
  /** Has another process go on with a connection. False when it cannot: what the connection brings has to be led there. */
  readonly hand: (route: string, client: Transport) => boolean;
  /** Connects to another process. Undefined: it is not there any more. Rejects when that cannot be told now. */
  readonly dial: (route: string) => Promise<Transport | undefined>;
  /** Gets the connections that are for this process. */
  readonly accept: (transport: Transport, place: Place | undefined) => void;
}

/**
 * Brings each connection to the process that has its session: the connection itself where that can be handed over, else what it brings. A client that resumes shows in its offer which one that is; what it shows is nobody's
 * secret and proves nothing, so that a wrong one leads to a process that does not know the session.
 */
export class Router {
  readonly #options: RouterOptions;
  readonly #relays = new Set<Relay>();
  readonly #arriving = new Set<Transport>();
  /** Until when a route is taken to lead nowhere. */
  readonly #gone = new Map<string, number>();
  #stopped = false;
  #handedOver = 0;
  #takenOver = 0;

  constructor(options: RouterOptions) {
    this.#options = options;
  }

  get stats(): HandoverStats {
    return { handedOver: this.#handedOver, takenOver: this.#takenOver, relayed: this.#relays.size };
  }

  /** A connection of a client. Never rejects. */
  async enter(transport: Transport, place?: Place): Promise<void> {
    const { accept } = this.#options;
    const ahead = new ReadAhead(transport);
    if (place !== undefined) place.cut = () => ahead.destroy();
    try {
      const route = await this.#within(ahead, ahead.look(routeOf));
      if (await this.#lead(ahead, route)) place?.leave();
      else accept(ahead, place);
    } catch {
      // Its session may be where nobody answers now: this process must not say that there is none. The client comes again.
      ahead.destroy();
      place?.leave();
    }
  }

  /** A connection whose bytes another process leads here. Never rejects. */
  async receive(transport: Transport): Promise<void> {
    const ahead = new ReadAhead(transport);
    try {
      const { peer, remote } = await this.#within(ahead, ahead.look(readClient));
      ahead.peer = peer;
      ahead.remote = remote;
      this.#admit(ahead);
    } catch {
      ahead.destroy();
    }
  }

  /**
   * A connection of a client that has come from another process for good.
   *
   * @param route where it was to go: if that is not here, it is back, since nobody is there
   */
  take(transport: Transport, passage: Passage, route: string): void {
    this.#takenOver++;
    if (route !== this.#options.route) this.#remember(route);
    this.#admit(new ReadAhead(transport, passage.bytes));
  }

  /** Ends what is led elsewhere, and what has not said where it belongs. */
  stop(): void {
    this.#stopped = true;
    for (const relay of this.#relays) relay.destroy();
    for (const transport of this.#arriving) transport.destroy();
  }

  #admit(client: Transport): void {
    const { gate, accept } = this.#options;
    const place = gate.enter(client.remote, () => client.destroy());
    if (place === undefined) client.destroy();
    else accept(client, place);
  }

  async #within<T>(transport: Transport, looking: Promise<T>): Promise<T> {
    const { timers, timeoutMs } = this.#options;
    const timer = timers.after(timeoutMs, () => transport.destroy());
    this.#arriving.add(transport);
    try {
      return await looking;
    } finally {
      timer.cancel();
      this.#arriving.delete(transport);
    }
  }

  /** False when it belongs here: by its route, or because there is nobody else. */
  async #lead(client: ReadAhead, route: string): Promise<boolean> {
    const { hand, dial, timers } = this.#options;
    if (route === "" || route === this.#options.route || timers.now() < (this.#gone.get(route) ?? 0)) return false;
    if (hand(route, client)) {
      this.#handedOver++;
      return true;
    }
    const other = await dial(route);
    if (this.#stopped) {
      other?.destroy();
      throw new Error("the server was closed");
    }
    if (other === undefined) {
      this.#remember(route);
      return false;
    }
    const relay: Relay = new Relay(client, other, clientPacket(client), timers, () => this.#relays.delete(relay));
    this.#relays.add(relay);
    return true;
  }

  /** Nobody was there. */
  #remember(route: string): void {
    this.#gone.delete(route);
    if (this.#gone.size === GONE_ROUTES) this.#gone.delete(this.#gone.keys().next().value!);
    this.#gone.set(route, this.#options.timers.now() + GONE_MS);
  }
}

/** The route in an offer; empty for what is none, of which the handshake will say what is wrong. Undefined until all of it has come. */
function routeOf(bytes: Uint8Array): Seen<string> | undefined {
  const none = { value: "", takenBytes: 0 };
  if (bytes.length < LENGTH_BYTES) return undefined;
  const length = (bytes[0]! << 8) | bytes[1]!;
  if (length > PREAMBLE_BYTES) return none;
  if (bytes.length < LENGTH_BYTES + length) return undefined;
  try {
    const { route } = readOffer(bytes.subarray(0, LENGTH_BYTES + length));
    return route.length > ROUTE_BYTES ? none : { value: toHex(route), takenBytes: 0 };
  } catch {
    return none;
  }
}
