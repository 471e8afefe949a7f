import type { Reader } from "../bytes/reader.ts";
import { CommandError } from "../errors/command-error.ts";
import { decodeRest } from "../schema/codec.ts";
import type { CommandPriority } from "../schema/service-type.ts";
import { ProtocolError } from "../session/protocol-error.ts";
import { WheelTimer } from "../time/wheel-timer.ts";
import { unreadableError } from "./call-errors.ts";
import type { IdleDeadline } from "./idle-deadline.ts";
import type { OutgoingClass } from "./outgoing-class.ts";
import type { StreamReader } from "./stream-reader.ts";
import type { StreamWriter } from "./stream-writer.ts";
import type { TravellingCommand } from "./travelling.ts";

/** A command of this side that was submitted. */
export interface Submitted {
  readonly result: Promise<unknown>;
  /** It failed before it was sent. */
  readonly unsent: boolean;
}

/** Where a command stands in its batch. */
export interface BatchPlace {
  /** See {@link CommandFlag}. */
  readonly flags: number;
  /** The class of all members; undefined for a command that belongs to no batch, which has its own. */
  readonly priority: CommandPriority | undefined;
  /** The member before it, without whose success it must not run. */
  readonly after: Submitted | undefined;
}

/** The place of a command that belongs to no batch. */
export const noBatch: BatchPlace = { flags: 0, priority: undefined, after: undefined };

/** A command of this side, from its call until the peer has sent its end. */
export class OutgoingCall extends WheelTimer implements Submitted {
  /** As it travels. */
  readonly command: TravellingCommand;
  readonly place: BatchPlace;
  readonly leaves: OutgoingClass;
  readonly result: Promise<unknown>;
  /** 0 until it is sent, and for one-ways. */
  id = 0;
  /** The number of its first frame; what the peer did not accept was not run. */
  sequence = 0;
  sent = false;
  /** The caller has its answer; only the peer's end is awaited. */
  settled = false;
  /** Whether it counts against the limits of what is in flight. */
  counted = false;
  /** How long its caller waits, from the call on; 0 for ever. */
  timeoutMs = 0;
  /** Takes the listener off the caller's AbortSignal. */
  unlisten: (() => void) | undefined;
  /** Takes the call out of the send queue. */
  leave: (() => void) | undefined;
  reader: StreamReader<unknown> | undefined;
  writer: StreamWriter<unknown> | undefined;
  /** Of the command, where its schema has one. */
  idle: IdleDeadline | undefined;
  #resolve!: (reply: unknown) => void;
  #reject!: (error: CommandError) => void;

  constructor(command: TravellingCommand, place: BatchPlace, leaves: OutgoingClass) {
    super();
    this.command = command;
    this.place = place;
    this.leaves = leaves;
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Its time is over. */
  expire(): void {
    this.leaves.host.late(this);
  }

  get unsent(): boolean {
    return this.settled && !this.sent;
  }

  get stream(): boolean {
    return this.reader !== undefined || this.writer !== undefined;
  }

  get answered(): boolean {
    return this.command.kind !== "one_way";
  }

  /** The peer's REPLY. Returns an error when it cannot be read. */
  reply(body: Reader, elements: number): CommandError | undefined {
    if (this.settled) return undefined;
    if (this.reader !== undefined) throw new ProtocolError(`${this.command.name} answers with a stream, not with a reply`);
    let reply: unknown;
    try {
      reply = this.#decode(body, elements);
    } catch (error) {
      return unreadableError(this.command, error);
    }
    this.succeed(reply);
    return undefined;
  }

  /** The peer's ITEM. Returns an error when it cannot be read. */
  item(body: Reader, size: number, elements: number): CommandError | undefined {
    if (this.reader === undefined) throw new ProtocolError(`${this.command.name} does not answer with a stream`);
    try {
      this.reader.push(size + (this.command.reply.spared?.(body) ?? 0), () => this.#decode(body, elements));
      return undefined;
    } catch (error) {
      if (!CommandError.is(error)) throw error;
      return unreadableError(this.command, error);
    }
  }

  /** The peer's CANCEL: its handler reads no more requests, and goes on without them. */
  stopRequests(): void {
    if (this.writer === undefined) throw new ProtocolError(`${this.command.name} streams nothing that its handler could leave`);
    this.writer.stop();
    if (this.reader === undefined) this.idle?.stop();
  }

  /** The peer's END. */
  finish(): void {
    if (this.settled) return;
    if (this.reader === undefined) throw new ProtocolError(`${this.command.name} does not answer with a stream`);
    this.succeed(undefined);
    this.reader.complete();
  }

  succeed(reply: unknown): void {
    this.#settle();
    this.#resolve(reply);
  }

  fail(error: CommandError): void {
    this.#settle();
    this.reader?.fail(error);
    this.#reject(error);
  }

  #settle(): void {
    this.settled = true;
    this.disarm();
    this.idle?.stop();
    this.unlisten?.();
    this.leave?.();
    this.writer?.stop();
    this.reader?.close();
  }

  #decode(body: Reader, elements: number): unknown {
    // Whoever awaits the answer reads it in a later turn: nothing in it may refer to the record.
    body.views = false;
    return decodeRest(this.command.reply, body, elements);
  }
}
