import { Writer } from "../bytes/writer.ts";
import { FrameType } from "../session/frame.ts";
import type { PeerLimits } from "../session/limits.ts";
import type { Priority } from "../session/priority.ts";
import type { SessionCore } from "../session/session-core.ts";
import { limitError } from "./failure.ts";
import { CommandNames, type IntroducedNames } from "./names.ts";
import type { AnyCommand } from "./registry.ts";
import type { SessionSchemas } from "./schema/session-schemas.ts";
import { requestPart, writeMessage } from "./write-message.ts";

/**
 * Writes the frames of this side's commands in one class of priority. A frame is written whole or not at all: what cannot be encoded or exceeds a limit of the peer
 * is taken back and throws CommandError, NOT_RUN. Most methods return the size of the body, which is what credit counts.
 */
export class CommandFrames extends CommandNames {
  readonly #core: SessionCore;
  readonly limits: PeerLimits;
  readonly #schemas: SessionSchemas;
  readonly #priority: Priority;
  readonly #all: IntroducedNames;

  /** @param all counts the names of all classes */
  constructor(core: SessionCore, limits: PeerLimits, schemas: SessionSchemas, priority: Priority, all: IntroducedNames) {
    super();
    this.#core = core;
    this.limits = limits;
    this.#schemas = schemas;
    this.#priority = priority;
    this.#all = all;
  }

  /**
   * A REQUEST, or the SEND of a one-way.
   *
   * @param id 0 for one-ways
   * @param encoded whether `request` already is the message's encoding
   */
  command(id: number, command: AnyCommand, request: unknown, encoded: boolean, flags: number, timeoutMs: number): number {
    // Without a closure: these are the frames that leave by the hundred thousand.
    const number = this.number(command);
    const writer = this.#core.begin(id === 0 ? FrameType.SEND : FrameType.REQUEST, this.#priority);
    const start = writer.position;
    try {
      if (id !== 0) writer.uintNumber(id);
      this.#reference(writer, command, number);
      writer.uint32(flags);
      writer.uintNumber(Math.ceil(timeoutMs));
      // A command that takes a stream starts without a message.
      if (command.kind !== "client_stream" && command.kind !== "bidi_stream") this.#message(writer, command, request, encoded);
    } catch (error) {
      this.#core.outboxes.abandon();
      throw error;
    }
    const size = this.#end(writer, start);
    if (number === 0) this.introduced(command);
    return size;
  }

  /** Introduces a command's name, which was not, and starts nothing. */
  introduce(command: AnyCommand): number {
    const size = this.#frame(FrameType.VOID, (writer) => {
      writer.uintNumber(0);
      writer.uint32(0);
      this.#reference(writer, command, 0);
      return 0;
    });
    this.introduced(command);
    return size;
  }

  /** A one-way that may be lost; its name was introduced before. */
  volatile(command: AnyCommand, request: unknown, timeoutMs: number): void {
    this.#frame(FrameType.SEND_VOLATILE, (writer) => {
      this.write(writer, command, this.number(command));
      writer.uintNumber(Math.ceil(timeoutMs));
      return this.#message(writer, command, request, false);
    });
  }

  /** Whether one more name may be introduced. */
  get takesNames(): boolean {
    return this.#all.names < this.limits.commandNames;
  }

  /** Sends a whole frame, which was made for the number of its command and may be others' too: see {@link SessionCore.put}. */
  whole(command: AnyCommand, number: number, frame: Uint8Array, atOnce = false): void {
    this.#core.put(frame, this.#priority, atOnce);
    if (number === 0) this.introduced(command);
  }

  /** The size counts as if nothing was compressed: it is the receiver's memory that it costs. */
  item(id: number, command: AnyCommand, item: unknown): number {
    return this.#frame(FrameType.ITEM, (writer) => {
      writer.uintNumber(id);
      return this.#message(writer, command, item, false);
    });
  }

  /** The encoding of a request that has to wait; checked as if it left now. */
  encode(command: AnyCommand, request: unknown): Uint8Array {
    if (command.kind === "client_stream" || command.kind === "bidi_stream") return new Uint8Array();
    const writer = new Writer();
    this.#message(writer, command, request, false);
    return writer.finish();
  }

  /** @param body returns how many bytes fewer it takes than it would uncompressed */
  #frame(type: FrameType, body: (writer: Writer) => number): number {
    const writer = this.#core.begin(type, this.#priority);
    const start = writer.position;
    let spared: number;
    try {
      spared = body(writer);
    } catch (error) {
      this.#core.outboxes.abandon();
      throw error;
    }
    return this.#end(writer, start) + spared;
  }

  #end(writer: Writer, start: number): number {
    const size = writer.position - start;
    this.#core.end();
    return size;
  }

  /** The frame that carried the name is on its way: its number counts from now on. */
  override introduced(command: AnyCommand): void {
    super.introduced(command);
    this.#all.names++;
  }

  #reference(writer: Writer, command: AnyCommand, number: number): void {
    if (number === 0) this.#checkFirst(command);
    this.write(writer, command, number);
  }

  /** What is asked once for each command of a session and class. */
  #checkFirst(command: AnyCommand): void {
    const limit = this.limits.commandNames;
    if (this.#all.names >= limit) throw limitError("commandNames", limit, `${this.#all.names} different commands were called`, command);
    const refusal = this.#schemas.callRefusal(command.name);
    if (refusal !== undefined) throw refusal;
  }

  #message(writer: Writer, command: AnyCommand, message: unknown, encoded: boolean): number {
    if (!encoded) return writeMessage(writer, command.request, message, this.limits, command, requestPart);
    writer.raw(message as Uint8Array);
    return 0;
  }
}
