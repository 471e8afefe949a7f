import type { EndReason } from "../errors/end-reason.ts";
import type { Timer } from "../time/timers.ts";
import { type Channel, type ChannelEvents, type ChannelPeer, type ChannelStats, FIRST_CHANNEL_KIND } from "./channel.ts";
import { asFailure } from "./failure.ts";
import type { FinishedHandshake, Handshake, HandshakeStep } from "./handshake.ts";
import { HALF_OPEN_BYTES, KIND_BYTES, LENGTH_BYTES, MIN_RECORD_BYTES } from "./limits.ts";
import { borrowBuffer, returnBuffer } from "./open-buffer.ts";
import type { ChannelOptions } from "./options.ts";
import { returnOutput } from "./output-buffer.ts";
import { PacketReader } from "./packet-reader.ts";
import { RecordLayer, type RecordLayerHost } from "./record-layer.ts";
import { IllegalRecord, type RotationStep } from "./rotation.ts";
import type { ChannelSettings } from "./settings.ts";
import type { ChannelSide } from "./side.ts";

/**
 * `handshake`: clear packets and handshake messages. `half-open`: there are keys, but the peer has not yet proven to have them. `open`: records.
 * `deaf`: the peer broke the protocol, only sending goes on. `over`: nothing.
 */
type Phase = "new" | "handshake" | "half-open" | "open" | "deaf" | "over";

/** What dialler and listener have in common: packets in, a handshake, then records and rotations. */
export class SecureChannel implements Channel, RecordLayerHost {
  readonly side: ChannelSide;
  readonly options: ChannelOptions;
  readonly settings: ChannelSettings;
  readonly #events: ChannelEvents;
  /** While it reads, and while a packet is split: a quiet channel has none. */
  #packets: PacketReader | undefined;
  #phase: Phase = "new";
  /** Until it is through. */
  #handshake: Handshake | undefined;
  /** A part of the handshake waits for its time, and packets for it. */
  protected waiting = false;
  #timeout: Timer | undefined;
  /** From the handshake's end on. */
  #peer: ChannelPeer | undefined;
  #records: RecordLayer | undefined;
  /** Of whole packets, until the peer is proven. */
  #unprovenBytes = 0;
  #bytesIn = 0;
  #bytesOut = 0;

  protected constructor(
    side: ChannelSide,
    handshake: Handshake,
    options: ChannelOptions,
    settings: ChannelSettings,
    events: ChannelEvents,
  ) {
    this.side = side;
    this.#handshake = handshake;
    this.options = options;
    this.settings = settings;
    this.#events = events;
  }

  start(): void {
    if (this.#phase !== "new") throw new Error("the channel was started before");
    this.#phase = "handshake";
    const { handshakeTimeoutMs } = this.settings;
    const message = `the handshake took longer than ${handshakeTimeoutMs} ms`;
    this.#timeout = this.options.timers.after(handshakeTimeoutMs, () => this.end("HANDSHAKE_TIMEOUT", message));
    this.advance(this.#handshake!.start());
  }

  receive(bytes: Uint8Array): void {
    if (this.#phase === "new") throw new Error("the channel was not started");
    if (!this.#listens) return;
    this.#bytesIn += bytes.length;
    this.#packets ??= new PacketReader();
    this.#packets.begin(bytes);
    this.#takePackets(this.#packets);
    if (this.waiting && this.#unprovenBytes + this.waitingBytes > HALF_OPEN_BYTES) this.#endTooMuch();
  }

  #takePackets(packets: PacketReader): void {
    try {
      while (this.#listens && !this.waiting) {
        const length = packets.nextLength();
        if (length < 0 || !this.#admits(length)) break;
        const packet = packets.take(length);
        if (packet === undefined) break;
        if (this.#handshake === undefined) this.#receiveRecord(packet);
        else this.#receiveHandshake(this.#handshake, packet);
      }
    } finally {
      if (this.#listens) packets.end();
      else packets.drop();
      if (packets.waiting === 0) this.#packets = undefined;
    }
  }

  send(kind: number, plaintext: Uint8Array): void {
    if (!(kind >= 0 && kind < FIRST_CHANNEL_KIND)) throw new RangeError(`records of kind ${kind} are not for sessions`);
    if (this.#phase === "over") return;
    const records = this.#established;
    this.#output(records.seal(kind, plaintext));
    if (this.#phase === "open" && records.age(kind)) this.rotate();
  }

  rotate(): void {
    const output = this.#phase === "open" ? this.#records!.requestRotation() : undefined;
    if (output !== undefined) this.#output(output);
  }

  exporter(label: string): Uint8Array {
    return this.#established.exporter(label);
  }

  nextExporter(label: string): Uint8Array | undefined {
    return this.#records?.nextExporter(label);
  }

  get waitingBytes(): number {
    return this.#packets?.waiting ?? 0;
  }

  get stats(): ChannelStats {
    const { epoch = 0, recordsIn = 0, recordsOut = 0 } = this.#records ?? {};
    return { epoch, recordsIn, recordsOut, bytesIn: this.#bytesIn, bytesOut: this.#bytesOut };
  }

  destroy(): void {
    this.#phase = "over";
    this.#timeout?.cancel();
    this.#handshake?.wipe();
    this.#records?.wipe();
  }

  /** Does what a step of the handshake asks for. */
  protected advance({ output, presented, finished }: HandshakeStep): void {
    if (finished !== undefined) this.#beginRecords(finished, this.#bytesOut + (output?.length ?? 0));
    if (output !== undefined) this.#output(output);
    if (this.#phase === "over") return;
    if (presented !== undefined) this.#events.serverKey!(presented);
    // Message 2 proves a server; a client is proven by nothing that a replay could repeat, hence by its first record.
    if (finished !== undefined && this.side.dials) this.#establish();
  }

  /** The end of the connection, told once. */
  protected end(reason: EndReason, message: string, retryAfterMs?: number): void {
    if (this.#phase === "over") return;
    this.destroy();
    this.#events.ended(reason, message, retryAfterMs);
  }

  /** Throws while there are none to send, and when there are none any more. */
  get #established(): RecordLayer {
    if (this.#phase !== "open" && this.#phase !== "deaf") throw new Error("the channel is not established");
    return this.#records!;
  }

  get #listens(): boolean {
    return this.#phase === "handshake" || this.#phase === "half-open" || this.#phase === "open";
  }

  /** Whether a packet of this length may come, judged before anything is kept of it. */
  #admits(length: number): boolean {
    const limit = this.#handshake?.packetLimit;
    if (limit !== undefined && length > limit) {
      this.end("HANDSHAKE_FAILED", limit < 0 ? "the peer speaks out of turn" : `a packet of ${length} bytes came, at most ${limit} may`);
    } else if (this.#phase !== "open" && this.#unprovenBytes + LENGTH_BYTES + length > HALF_OPEN_BYTES) {
      this.#endTooMuch();
    } else if (limit === undefined && length < MIN_RECORD_BYTES) {
      this.end("BAD_RECORD", `a record of ${length} bytes came; a kind and a tag alone have ${MIN_RECORD_BYTES}`);
    }
    return this.#listens;
  }

  #endTooMuch(): void {
    this.end("HANDSHAKE_FAILED", `more than ${HALF_OPEN_BYTES} bytes came before the peer was proven`);
  }

  #receiveHandshake(handshake: Handshake, packet: Uint8Array): void {
    this.#unprovenBytes += packet.length;
    this.#takeStep(() => handshake.receive(packet));
  }

  /** Takes the step that was waited for, and what came meanwhile. */
  protected goOn(take: () => HandshakeStep): void {
    if (!this.#listens) return;
    this.waiting = false;
    this.#takeStep(take);
    const packets = this.#packets;
    if (this.#listens && packets?.beginAgain()) this.#takePackets(packets);
  }

  #takeStep(take: () => HandshakeStep): void {
    let step: HandshakeStep;
    try {
      step = take();
    } catch (error) {
      const { reason, message, retryAfterMs, lastWords } = asFailure(error);
      if (lastWords !== undefined) this.#output(lastWords);
      this.end(reason, message, retryAfterMs);
      return;
    }
    this.advance(step);
  }

  #beginRecords(finished: FinishedHandshake, sentBytes: number): void {
    this.#records = new RecordLayer(finished, this, sentBytes);
    this.#peer = finished.peer;
    this.#handshake = undefined;
    this.#phase = "half-open";
  }

  #establish(): void {
    this.#phase = "open";
    this.#timeout?.cancel();
    this.#timeout = undefined;
    const peer = this.#peer!;
    this.#peer = undefined;
    this.#events.established(peer);
  }

  #receiveRecord(packet: Uint8Array): void {
    const buffer = borrowBuffer();
    try {
      const length = this.#records!.open(packet, buffer);
      if (length < 0) {
        this.end("BAD_RECORD", "a record does not verify");
        return;
      }
      if (this.#phase === "half-open") this.#establish();
      if (this.#listens) this.#receivePlaintext(this.#records!, buffer[0]!, buffer.subarray(KIND_BYTES, length));
    } finally {
      returnBuffer(buffer);
    }
  }

  #receivePlaintext(records: RecordLayer, kind: number, plaintext: Uint8Array): void {
    if (records.overdue) {
      this.end(
        "ROTATION_OVERDUE",
        `more than ${this.settings.rotationOverdueBytes} bytes went under one key, and the peer does not renew it`,
      );
    } else if (kind < FIRST_CHANNEL_KIND) {
      if (records.age(kind)) this.rotate();
      if (this.#listens) this.#events.record(kind, plaintext);
    } else this.#receiveRotation(records, kind, plaintext);
  }

  #receiveRotation(records: RecordLayer, kind: number, body: Uint8Array): void {
    let step: RotationStep;
    try {
      step = records.receiveRotation(kind, body);
    } catch (error) {
      if (!(error instanceof IllegalRecord)) throw error;
      this.#phase = "deaf";
      records.stopTimer();
      this.#events.illegal(error.message);
      return;
    }
    // Before the reply leaves: the dialler uses what it brings from the moment it has it.
    if (step.output !== undefined && !this.side.dials) this.#events.renewing?.();
    if (step.output !== undefined) this.#output(step.output);
    if (step.rotated === true && this.#listens) this.#events.rotated(records.epoch);
  }

  #output(bytes: Uint8Array): void {
    this.#bytesOut += bytes.length;
    this.#events.output(bytes, returnOutput(bytes));
  }
}
