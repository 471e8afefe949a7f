import { type Limits, type LimitsInit, ServerHello } from "../../generated/zserver/protocol/v1/handshake.ts";
import { concatBytes } from "../bytes/concat.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import type { RandomSource } from "../crypto/random.ts";
import { checkOptions } from "../errors/options.ts";
import { decode, encode } from "../schema/codec.ts";
import type { Timer, Timers } from "../time/timers.ts";
import { type Channel, type ChannelEvents, type ChannelStats, FIRST_CHANNEL_KIND } from "./channel.ts";
import { asFailure, ChannelFailure } from "./failure.ts";
import { defaultHandshakeTimeoutMs, HANDSHAKE_MESSAGE_BYTES, KIND_BYTES, LENGTH_BYTES, RECORD_BYTES } from "./limits.ts";
import { PacketReader } from "./packet-reader.ts";
import { afterMagic, magic, PLAIN_VERSION, packetOf } from "./preamble.ts";

/** Each side's share of what stands in for the exporter's secret. */
const RANDOM_BYTES = 32;

const encoder = new TextEncoder();

export interface PlainChannelOptions {
  readonly role: "dialer" | "listener";
  readonly crypto: CryptoProvider;
  readonly random: RandomSource;
  readonly timers: Timers;
  /** A listener's: what it accepts. */
  readonly limits?: LimitsInit | undefined;
  /** Default 10,000. */
  readonly handshakeTimeoutMs?: number | undefined;
}

/**
 * A channel that seals nothing, for two ends within one process that both ask for it. Each says so in its first packet, which a sealing end
 * refuses. Records are framed and have kinds as sealed ones; there are no keys, so `rotate` does nothing, and `exporter` is no secret.
 */
export class PlainChannel implements Channel {
  readonly #options: PlainChannelOptions;
  readonly #events: ChannelEvents;
  readonly #packets = new PacketReader();
  readonly #ownRandom: Uint8Array;
  #phase: "new" | "handshake" | "open" | "over" = "new";
  #timeout: Timer | undefined;
  #exporterKey: Uint8Array | undefined;
  #recordsIn = 0;
  #recordsOut = 0;
  #bytesIn = 0;
  #bytesOut = 0;

  /** Throws TypeError for unknown options. */
  constructor(options: PlainChannelOptions, events: ChannelEvents) {
    checkOptions("PlainChannel", options, ["role", "crypto", "random", "timers", "limits", "handshakeTimeoutMs"]);
    this.#options = options;
    this.#events = events;
    this.#ownRandom = options.random(RANDOM_BYTES);
  }

  start(): void {
    if (this.#phase !== "new") throw new Error("the channel was started before");
    this.#phase = "handshake";
    const { timers, limits = {}, handshakeTimeoutMs = defaultHandshakeTimeoutMs } = this.#options;
    this.#timeout = timers.after(handshakeTimeoutMs, () =>
      this.#end(new ChannelFailure("HANDSHAKE_TIMEOUT", "the other end says nothing")),
    );
    this.#output(packetOf(magic, Uint8Array.of(PLAIN_VERSION), this.#ownRandom, encode(ServerHello, { limits })));
  }

  receive(bytes: Uint8Array): void {
    if (!this.#listens) return;
    this.#bytesIn += bytes.length;
    this.#packets.begin(bytes);
    try {
      while (this.#listens) {
        const length = this.#packets.nextLength();
        if (length < 0 || !this.#admits(length)) break;
        const packet = this.#packets.take(length);
        if (packet === undefined) break;
        if (this.#phase === "handshake") this.#receiveHello(packet);
        else this.#receiveRecord(packet);
      }
    } finally {
      if (this.#listens) this.#packets.end();
      else this.#packets.drop();
    }
  }

  send(kind: number, plaintext: Uint8Array): void {
    if (!(kind >= 0 && kind < FIRST_CHANNEL_KIND)) throw new RangeError(`records of kind ${kind} are not for sessions`);
    if (this.#phase === "over") return;
    if (this.#phase !== "open") throw new Error("the channel is not established");
    const packets: Uint8Array[] = [];
    let start = 0;
    do {
      const end = Math.min(start + RECORD_BYTES - KIND_BYTES, plaintext.length);
      packets.push(packetOf(Uint8Array.of(kind), plaintext.subarray(start, end)));
      start = end;
    } while (start < plaintext.length);
    this.#recordsOut += packets.length;
    this.#output(packets.length === 1 ? packets[0]! : concatBytes(...packets));
  }

  rotate(): void {}

  exporter(label: string): Uint8Array {
    if (this.#phase !== "open") throw new Error("the channel is not established");
    return this.#options.crypto.hmacSha256(this.#exporterKey!, encoder.encode(label));
  }

  nextExporter(): undefined {
    return undefined;
  }

  get waitingBytes(): number {
    return this.#packets.waiting;
  }

  get stats(): ChannelStats {
    return { epoch: 0, recordsIn: this.#recordsIn, recordsOut: this.#recordsOut, bytesIn: this.#bytesIn, bytesOut: this.#bytesOut };
  }

  destroy(): void {
    this.#phase = "over";
    this.#timeout?.cancel();
  }

  get #listens(): boolean {
    return this.#phase === "handshake" || this.#phase === "open";
  }

  #admits(length: number): boolean {
    if (this.#phase === "handshake" && length > HANDSHAKE_MESSAGE_BYTES) {
      this.#end(new ChannelFailure("HANDSHAKE_FAILED", `a packet of ${length} bytes came, at most ${HANDSHAKE_MESSAGE_BYTES} may`));
    } else if (length < KIND_BYTES) this.#end(new ChannelFailure("BAD_RECORD", "an empty record came"));
    return this.#listens;
  }

  #receiveHello(packet: Uint8Array): void {
    let limits: Limits | undefined;
    try {
      const body = afterMagic(packet, PLAIN_VERSION);
      if (body.length < RANDOM_BYTES) throw new ChannelFailure("HANDSHAKE_FAILED", "the other end's hello is too short");
      const random = body.slice(0, RANDOM_BYTES);
      limits = decode(ServerHello, body.subarray(RANDOM_BYTES)).limits;
      this.#exporterKey = this.#options.role === "dialer" ? concatBytes(this.#ownRandom, random) : concatBytes(random, this.#ownRandom);
    } catch (error) {
      this.#end(asFailure(error));
      return;
    }
    this.#phase = "open";
    this.#timeout?.cancel();
    const dials = this.#options.role === "dialer";
    this.#events.established({
      suite: undefined,
      handshakeHash: new Uint8Array(0),
      remoteStatic: undefined,
      server: undefined,
      limits: dials ? limits : undefined,
    });
  }

  #receiveRecord(packet: Uint8Array): void {
    this.#recordsIn++;
    const kind = packet[LENGTH_BYTES]!;
    const plaintext = packet.subarray(LENGTH_BYTES + KIND_BYTES);
    if (kind < FIRST_CHANNEL_KIND) this.#events.record(kind, plaintext);
    else this.#end(new ChannelFailure("BAD_RECORD", `a plain record of kind ${kind} came`));
  }

  #end({ reason, message }: ChannelFailure): void {
    this.destroy();
    this.#events.ended(reason, message);
  }

  #output(bytes: Uint8Array): void {
    this.#bytesOut += bytes.length;
    this.#events.output(bytes);
  }
}
