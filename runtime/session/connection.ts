import type { Channel, ChannelEvents, ChannelPeer, PresentedServerKey } from "../channel/channel.ts";
import type { EndReason } from "../errors/end-reason.ts";
import type { Timer, Timers } from "../time/timers.ts";
import type { Transport, TransportClose, TransportEvents } from "../transport/transport.ts";
import type { SessionLink } from "./session-options.ts";

/** How long the last bytes may take to leave before the transport is cut. */
export const CLOSE_TIMEOUT_MS = 5_000;
/** The same for a refusal, which is a few bytes to somebody who may be one of very many. */
const REFUSAL_TIMEOUT_MS = 100;

/** What lives on a connection: a session, or a client's wish to have one go on there. */
export interface Carried {
  /** Bytes came from the peer, be they whole records or not. */
  heard(bytes: number): void;
  /** One opened record. */
  receive(recordKind: number, plaintext: Uint8Array): void;
  /** The transport takes bytes again. */
  drained(): void;
  /** The peer did what is never legal. */
  close(reason: EndReason, message: string): void;
  /** The connection ended without a closing frame. */
  connectionLost(reason: EndReason, message: string, link: SessionLink): void;
}

/** Who a connection belongs to until it has a session. */
export interface ConnectionHost {
  /** The peer is proven: the session that lives on this connection, or undefined where {@link Connection.carry} will tell. */
  established(peer: ChannelPeer, connection: Connection): Carried | undefined;
  /** The connection ended before it had a session. */
  failed(reason: EndReason, message: string, retryAfterMs: number | undefined, connection: Connection): void;
  serverKey?(presented: PresentedServerKey): void;
  /** See {@link ChannelEvents.renewing}. */
  renewing?(): void;
  rotated(epoch: number): void;
  /** The transport is gone as well: nothing is left of the connection. */
  released(connection: Connection): void;
}

/** Joins a transport, a channel and a session: bytes up, bytes down, and one end for all three. */
export class Connection implements SessionLink, ChannelEvents, TransportEvents {
  readonly transport: Transport;
  readonly channel: Channel;
  readonly #host: ConnectionHost;
  readonly #timers: Timers;
  #carried: Carried | undefined;
  #writable = true;
  #begun = false;
  #closed = false;
  #closeTimer: Timer | undefined;

  constructor(transport: Transport, makeChannel: (events: ChannelEvents) => Channel, host: ConnectionHost, timers: Timers) {
    this.transport = transport;
    this.#host = host;
    this.#timers = timers;
    this.channel = makeChannel(this);
  }

  get writable(): boolean {
    return this.#writable;
  }

  get waitingBytes(): number {
    return this.channel.waitingBytes;
  }

  start(): void {
    this.transport.start(this);
    this.#begin();
  }

  /** A transport may bring what it has kept from within its start, before anything can be written to it. */
  #begin(): void {
    if (this.#begun || this.#closed) return;
    this.#begun = true;
    this.channel.start();
  }

  send(recordKind: number, bytes: Uint8Array): void {
    this.channel.send(recordKind, bytes);
  }

  ending(): void {
    this.transport.ending?.();
  }

  close(timeoutMs: number = CLOSE_TIMEOUT_MS): void {
    if (this.#closed) return;
    this.#closed = true;
    this.channel.destroy();
    this.#closeTimer = this.#timers.after(timeoutMs, () => this.transport.destroy());
    this.transport.close();
  }

  /** Whether anything can still be sent. */
  get closed(): boolean {
    return this.#closed;
  }

  /** From here on this connection carries this. */
  carry(carried: Carried): void {
    this.#carried = carried;
  }

  /** Ends the connection at once and without a word, and with it the session if it has one. */
  destroy(reason: EndReason, message: string): void {
    if (this.#cut()) this.#carried?.connectionLost(reason, message, this);
  }

  /** False when the connection had ended before. */
  #cut(): boolean {
    if (this.#closed) return false;
    this.#closed = true;
    this.channel.destroy();
    this.transport.destroy();
    return true;
  }

  #lost(reason: EndReason, message: string, retryAfterMs: number | undefined): void {
    if (this.#carried) this.#carried.connectionLost(reason, message, this);
    else this.#host.failed(reason, message, retryAfterMs, this);
  }

  // What the transport tells.

  onBytes(bytes: Uint8Array): void {
    this.#begin();
    if (this.#closed) return;
    this.#carried?.heard(bytes.length);
    this.channel.receive(bytes);
  }

  onDrain(): void {
    this.#writable = true;
    this.#carried?.drained();
  }

  onClose(close: TransportClose): void {
    this.#closeTimer?.cancel();
    if (!this.#closed) {
      this.#closed = true;
      this.channel.destroy();
      this.#lost(close.kind === "ended" ? "TRANSPORT_CLOSED" : "TRANSPORT_FAILED", close.message, undefined);
    }
    this.#host.released(this);
  }

  // What the channel tells.

  output(bytes: Uint8Array, written?: () => void): void {
    try {
      if (!this.transport.write(bytes, written)) this.#writable = false;
    } catch (error) {
      this.#writable = false;
      // Whoever writes is in the midst of it, and what it writes counts as sent: the end is told when it is done.
      this.#timers.after(0, () => {
        if (this.#cut()) this.#lost("TRANSPORT_FAILED", `the transport threw ${error}`, undefined);
      });
    }
  }

  established(peer: ChannelPeer): void {
    // On a dialler everything from here on is ciphertext, and so need not be masked against proxies; a listener never masks.
    if (peer.suite !== undefined) this.transport.sealed?.();
    this.#carried = this.#host.established(peer, this);
  }

  serverKey(presented: PresentedServerKey): void {
    this.#host.serverKey?.(presented);
  }

  record(kind: number, plaintext: Uint8Array): void {
    this.#carried?.receive(kind, plaintext);
  }

  renewing(): void {
    this.#host.renewing?.();
  }

  rotated(epoch: number): void {
    this.#host.rotated(epoch);
  }

  illegal(message: string): void {
    this.#carried?.close("PROTOCOL_ERROR", message);
  }

  ended(reason: EndReason, message: string, retryAfterMs?: number): void {
    // A refusal is the last output and still has to leave; anything else is not worth a byte.
    if (reason === "UNKNOWN_SUITE" || reason === "OVERLOADED" || reason === "SERVER_KEY_MISMATCH") this.close(REFUSAL_TIMEOUT_MS);
    else this.#cut();
    this.#lost(reason, message, retryAfterMs);
  }
}
