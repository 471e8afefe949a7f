import { Writer } from "../bytes/writer.ts";
import { writeFields } from "../schema/codec.ts";
import { elementBound } from "../schema/element-bound.ts";
import { writeFrame } from "../session/attachment.ts";
import { FrameType, kindNumbers } from "../session/frame.ts";
import type { PeerLimits } from "../session/limits.ts";
import { unsentError } from "./call-errors.ts";
import type { AnyCommand } from "./registry.ts";
import type { TravellingCommand } from "./travelling.ts";

/** A whole frame that several sessions send. */
export interface SharedFrame {
  /** Nobody changes it. */
  readonly bytes: Uint8Array;
  /** The size of its body, which is what credit counts. */
  readonly size: number;
}

/**
 * A one-way that many sessions send. Its message is encoded once, and a frame is made once for each number that the command has in one of the sessions: most
 * of them introduced the same names in the same order, and so have one frame in common, with the memory that it takes until they have acknowledged it.
 */
export class SharedOneWay {
  readonly command: AnyCommand;
  /** In milliseconds, whole; 0: for ever. */
  readonly timeoutMs: number;
  /** Encoded. Nobody changes it. */
  readonly message: Uint8Array;
  readonly #elements: number;
  /** By the number of the command; 0 introduces it. */
  readonly #frames: SharedFrame[] = [];
  /** The same, of sessions that take it compressed. */
  readonly #compressed: SharedFrame[] = [];

  /** Throws CommandError for a message that cannot be encoded. */
  constructor(command: AnyCommand, message: unknown, timeoutMs: number) {
    this.command = command;
    this.timeoutMs = Math.ceil(timeoutMs);
    const writer = new Writer();
    try {
      writeFields(writer, command.request, message);
    } catch (error) {
      throw unsentError(command, error);
    }
    this.message = writer.view();
    this.#elements = writer.elements;
  }

  /** Whether a peer with these limits takes the message. */
  fits({ messageBytes, decodeElements }: PeerLimits): boolean {
    const { maxElements } = this.command.request;
    return this.message.length <= messageBytes && this.#elements <= elementBound(maxElements, decodeElements);
  }

  /**
   * The frame for a session in which the command has this number; 0 where its name is not introduced.
   *
   * @param travelling the command as it travels there
   */
  frame(number: number, travelling: TravellingCommand): SharedFrame {
    const frames = travelling.form === undefined ? this.#frames : this.#compressed;
    frames[number] ??= this.#make(number, travelling);
    return frames[number];
  }

  #make(number: number, travelling: TravellingCommand): SharedFrame {
    const { name, kind, delivery } = this.command;
    const writer = new Writer(this.message.length + 32);
    const volatile = delivery === "VOLATILE";
    let start = 0;
    writeFrame(writer, volatile ? FrameType.SEND_VOLATILE : FrameType.SEND, (body) => {
      start = body.position;
      body.uint32(number);
      if (number === 0) {
        body.string(name);
        body.uint32(kindNumbers[kind] + (travelling.form ?? 0));
      }
      if (!volatile) body.uint32(0);
      body.uintNumber(this.timeoutMs);
      const message = body.position;
      body.raw(this.message);
      travelling.request.pack?.(body, message);
      start = body.position - start;
    });
    return { bytes: writer.view(), size: start };
  }
}
