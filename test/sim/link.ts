import { ChunkQueue } from "../../runtime/transport/chunk-queue.ts";
import type { Transport, TransportClose, TransportEvents } from "../../runtime/transport/transport.ts";
import type { SimProcess } from "./process.ts";
import type { SimRandom } from "./random.ts";

/** How a network carries bytes. */
export interface LinkQuality {
  readonly latencyMs: number;
  /** On top of the latency, by chance, for each piece. */
  readonly jitterMs: number;
  /** Infinity for a link that is never busy. */
  readonly bytesPerMs: number;
  /** What a transport buffers before it asks to stop. */
  readonly highWaterBytes: number;
  /** The largest piece that arrives at once. */
  readonly pieceBytes: number;
  /** How likely a piece is smaller than it could be. */
  readonly splitChance: number;
}

/** What a receiver that reads nothing lets the network send on. */
const RECEIVE_WINDOW_BYTES = 65_536;
/** What fills delivered memory: looks like no length, tag or text. */
const OVERWRITTEN = 0xdb;

/** One end of a simulated connection. What it does to its other end takes the network's time. */
export class SimTransport implements Transport {
  readonly peer: string;
  readonly process: SimProcess;
  readonly #quality: LinkQuality;
  readonly #random: SimRandom;
  readonly #outgoing = new ChunkQueue();
  #other!: SimTransport;
  #events: TransportEvents | undefined;
  #state: "open" | "closing" | "ended" = "open";
  #close: TransportClose | undefined;
  #paused = false;
  #full = false;
  #pumping = false;
  #freeAt = 0;
  #lastArrival = 0;
  /** What is under way to the other end or waits there. */
  #ahead = 0;
  readonly #arrived: Uint8Array[] = [];
  #endHeard = false;
  /** From here on nothing that this end sends arrives. */
  mute = false;
  /** Bytes that reached the other end. */
  carried = 0;
  /** After this many carried bytes `onCut` is called, and nothing more arrives. */
  cutAfter: number = Number.POSITIVE_INFINITY;
  onCut: () => void = () => {};
  /** Sees what arrives. */
  onCarried: ((bytes: Uint8Array) => void) | undefined;

  constructor(process: SimProcess, peer: string, quality: LinkQuality, random: SimRandom) {
    this.process = process;
    this.peer = peer;
    this.#quality = quality;
    this.#random = random;
  }

  connect(other: SimTransport): void {
    this.#other = other;
  }

  get bufferedBytes(): number {
    return this.#outgoing.bytes;
  }

  get ended(): boolean {
    return this.#state === "ended";
  }

  start(events: TransportEvents): void {
    this.#events = events;
    if (this.#close !== undefined) this.#tellClose();
    else this.process.endOfTurn(() => this.#deliver());
  }

  write(bytes: Uint8Array): boolean {
    if (this.#state !== "open") return true;
    this.#outgoing.push(bytes);
    this.#pump();
    this.#full ||= this.#outgoing.bytes >= this.#quality.highWaterBytes;
    return !this.#full;
  }

  close(): void {
    if (this.#state !== "open") return;
    this.#state = "closing";
    this.#arrived.length = 0;
    this.#pump();
  }

  destroy(): void {
    if (this.#state === "ended") return;
    this.fail("destroyed by this side");
    this.#later(() => this.#other.fail("the peer vanished"));
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.process.endOfTurn(() => this.#deliver());
  }

  /** The network ends this end; the other one hears of it in its own time, or never. */
  fail(message: string, kind: TransportClose["kind"] = "failed"): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#close = { kind, message };
    this.#outgoing.clear();
    this.#arrived.length = 0;
    if (this.#events !== undefined) this.#tellClose();
  }

  /** Sends on what is queued, piece by piece, as the link is free and the other end's window allows. */
  #pump(): void {
    if (this.#pumping || this.#state === "ended") return;
    this.#pumping = true;
    const { timeline } = this.process;
    timeline.at(this.#freeAt, () => {
      this.#pumping = false;
      if (this.#state !== "ended") this.#send();
    });
  }

  #send(): void {
    const { timeline } = this.process;
    const { bytesPerMs } = this.#quality;
    while (this.#outgoing.bytes > 0) {
      if (this.#freeAt > timeline.now) {
        this.#pump();
        return;
      }
      if (!this.mute && this.#ahead >= RECEIVE_WINDOW_BYTES + this.#quality.latencyMs * Math.min(bytesPerMs, 100_000)) return;
      const piece = this.#outgoing.take(this.#pieceBytes())!;
      this.#freeAt = timeline.now + piece.length / bytesPerMs;
      this.#ahead += piece.length;
      this.#later(() => this.#arrive(piece), piece.length / bytesPerMs);
    }
    if (this.#state === "closing") this.#finish();
    else if (this.#full) {
      this.#full = false;
      this.process.enter(() => {
        if (this.#state === "open") this.#events?.onDrain();
      });
    }
  }

  /** Everything is sent: the end follows it. */
  #finish(): void {
    const other = this.#other;
    this.#later(() => other.process.enter(() => other.#hearEnd()));
    this.fail("closed by this side", "ended");
  }

  /** Nothing more will come: once what has come is read, this end ends as well. */
  #hearEnd(): void {
    this.#endHeard = true;
    if (this.#arrived.length === 0) this.fail("closed by the peer", "ended");
  }

  #pieceBytes(): number {
    const { pieceBytes, splitChance } = this.#quality;
    return this.#random.chance(splitChance) ? this.#random.skewed(pieceBytes) : pieceBytes;
  }

  /** After the link's latency, behind all that was sent before; not at all once this end is mute. */
  #later(run: () => void, busyMs = 0): void {
    const { timeline } = this.process;
    const { latencyMs, jitterMs } = this.#quality;
    const jitter = jitterMs === 0 ? 0 : this.#random.below(jitterMs + 1);
    this.#lastArrival = Math.max(this.#lastArrival, timeline.now + busyMs + latencyMs + jitter);
    timeline.at(this.#lastArrival, () => {
      if (!this.mute) run();
    });
  }

  #arrive(piece: Uint8Array): void {
    const left = this.cutAfter - this.carried;
    const part = piece.length > left ? piece.subarray(0, left) : piece;
    this.carried += part.length;
    this.onCarried?.(part);
    const { process } = this.#other;
    if (part.length > 0)
      process.enter(() => {
        this.#other.#arrived.push(part.slice());
        this.#other.#deliver();
      });
    if (this.carried >= this.cutAfter) this.onCut();
  }

  /** Hands over what has come, unless this end does not read. */
  #deliver(): void {
    while (this.#arrived.length > 0 && this.#events !== undefined && !this.#paused && this.#state === "open") {
      const piece = this.#arrived.shift()!;
      const other = this.#other;
      other.#ahead -= piece.length;
      if (other.#outgoing.bytes > 0) other.#pump();
      this.#events.onBytes(piece);
      piece.fill(OVERWRITTEN);
    }
    if (this.#endHeard && this.#arrived.length === 0) this.fail("closed by the peer", "ended");
  }

  #tellClose(): void {
    this.process.endOfTurn(() => this.#events!.onClose(this.#close!));
  }
}
