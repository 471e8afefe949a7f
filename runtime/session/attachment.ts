import { Writer } from "../bytes/writer.ts";
import { RecordKind } from "../channel/channel.ts";
import type { Timer, Timers } from "../time/timers.ts";
import { type FrameType, frameHeader } from "./frame.ts";
import { FrameAssembler } from "./frame-assembler.ts";
import { Liveness, type LivenessHost } from "./liveness.ts";
import type { SessionLink } from "./session-options.ts";

/** What a session has of one connection, and loses with it: frames in pieces, pings, and whether the peer lives. */
export class Attachment {
  readonly link: SessionLink;
  readonly frames: FrameAssembler;
  /** The record that is read now must not hold numbered frames. */
  quiet = false;
  pings = 0;
  pongs = 0;
  readonly #timers: Timers;
  #liveness: Liveness | undefined;
  #helloTimer: Timer | undefined;

  /** @param maxBody the largest body, in bytes, that a frame of this type may have */
  constructor(link: SessionLink, timers: Timers, maxBody: (type: number) => number) {
    this.link = link;
    this.#timers = timers;
    this.frames = new FrameAssembler(maxBody);
  }

  /** Gives the peer its time for its first frame. */
  awaitHello(timeoutMs: number, expired: () => void): void {
    this.#helloTimer = this.#timers.after(timeoutMs, expired);
  }

  /** The first frame has come: from here on the peer's life is watched. */
  watch(host: LivenessHost, timeoutMs: number, quietMs: number): void {
    this.#helloTimer?.cancel();
    this.#liveness = new Liveness(this.#timers, host, timeoutMs, quietMs);
  }

  /** Bytes came from the peer, be they whole records or not. */
  heard(): void {
    this.#liveness?.heard();
  }

  /** Something is outstanding from now on. */
  expect(): void {
    this.#liveness?.expect();
  }

  /** Sends one frame without a number at once, before anything that waits. */
  send(type: FrameType, body: (writer: Writer) => void): void {
    const writer = new Writer();
    writeFrame(writer, type, body);
    this.link.send(RecordKind.QUIET, writer.view());
  }

  /** Nothing comes of this connection any more. */
  stop(): void {
    this.#helloTimer?.cancel();
    this.#liveness?.stop();
    this.frames.drop();
  }
}

/** Writes one whole frame. */
export function writeFrame(writer: Writer, type: FrameType, body: (writer: Writer) => void): void {
  writer.uint32(frameHeader(type));
  const mark = writer.open();
  body(writer);
  writer.close(mark);
}
