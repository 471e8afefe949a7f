import type { PlainChannelOptions } from "../../../runtime/channel/plain-channel.ts";
import { PlainChannel } from "../../../runtime/channel/plain-channel.ts";
import type { Transport, TransportEvents } from "../../../runtime/transport/transport.ts";
import { join } from "./frames.ts";

/** A transport whose other end is the test, without any delay. */
export class DirectTransport implements Transport {
  readonly peer = "fuzz";
  readonly bufferedBytes = 0;
  events!: TransportEvents;
  written = 0;
  open = true;

  start(events: TransportEvents): void {
    this.events = events;
  }
  write(bytes: Uint8Array): boolean {
    this.written += bytes.length;
    return true;
  }
  close(): void {
    this.open = false;
  }
  destroy(): void {
    this.open = false;
  }
  pause(): void {}
  resume(): void {}

  /** The network ends it; told in any case, as a transport does. */
  end(): void {
    this.events.onClose({ kind: "failed", message: "the test is over" });
  }
}

/** What an unsealed end says first. */
export function plainHello(options: Omit<PlainChannelOptions, "role">, role: "dialer" | "listener"): Uint8Array {
  const output: Uint8Array[] = [];
  const events = {
    output: (bytes: Uint8Array) => void output.push(bytes),
    established() {},
    record() {},
    rotated() {},
    ended() {},
    illegal() {},
  };
  const channel = new PlainChannel({ ...options, role }, events);
  channel.start();
  channel.destroy();
  return join(...output);
}

export function plainRecord(kind: number, plaintext: Uint8Array): Uint8Array {
  const length = plaintext.length + 1;
  return join(Uint8Array.of(length >> 8, length & 0xff, kind), plaintext);
}

/** Damages a recorded stream of frames, as a seed says: whole frames lost, doubled or swapped, and bytes of them changed. */
export class Mutator {
  readonly #random: (length: number) => Uint8Array;

  constructor(random: (length: number) => Uint8Array) {
    this.#random = random;
  }

  /** A number below `limit`. */
  below(limit: number): number {
    const [a, b, c] = this.#random(3);
    return ((a! << 16) | (b! << 8) | c!) % limit;
  }

  mutate(frames: readonly Uint8Array[]): Uint8Array[] {
    const mutated = frames.map((frame) => frame.slice());
    for (let count = 1 + this.below(4); count > 0 && mutated.length > 0; count--) this.#mutateOnce(mutated);
    return mutated;
  }

  #mutateOnce(frames: Uint8Array[]): void {
    const at = this.below(frames.length);
    const frame = frames[at]!;
    const position = this.below(frame.length + 1);
    switch (this.below(9)) {
      case 0:
        frames.splice(at, 1);
        return;
      case 1:
        frames.splice(this.below(frames.length + 1), 0, frame.slice());
        return;
      case 2:
        frames.splice(this.below(frames.length), 0, ...frames.splice(at, 1));
        return;
      case 3:
        frames[at] = frame.slice(0, position);
        return;
      case 4:
        frames[at] = join(frame.subarray(0, position), this.#random(1 + this.below(12)), frame.subarray(position));
        return;
      case 5:
        frames[at] = join(frame.subarray(0, position), frame.subarray(position + this.below(8)));
        return;
      case 6:
        if (position < frame.length) frame[position] = this.#random(1)[0]!;
        return;
      case 7:
        if (position < frame.length) frame[position] = frame[position]! ^ (1 << this.below(8));
        return;
      default:
        // The type and flags, or the length.
        if (frame.length > 0) frame[Math.min(frame.length - 1, this.below(3))] = this.#random(1)[0]!;
    }
  }
}
