import { writeFailure } from "../../generated/zserver/protocol/v1/session.ts";
import type { Writer } from "../bytes/writer.ts";
import { changedError } from "../errors/changed-error.ts";
import type { Code } from "../errors/code.ts";
import { CommandError, type Outcome } from "../errors/command-error.ts";
import { FrameType } from "../session/frame.ts";
import type { PeerLimits } from "../session/limits.ts";
import type { Outbox } from "../session/outbox.ts";
import type { Priority } from "../session/priority.ts";
import type { SessionCore } from "../session/session-core.ts";
import { failureToWire } from "./failure.ts";
import type { AnyCommand } from "./registry.ts";
import type { StreamSink } from "./stream-writer.ts";
import type { TravellingType } from "./travelling.ts";
import { replyPart, writeMessage } from "./write-message.ts";

/**
 * Codes of what went wrong on the handler's side: a disk that is full, a file that is gone while it is sent. Whoever runs this process must find the cause
 * somewhere; causes of others, such as NOT_FOUND, are the peer's to bring about as often as it likes.
 */
const faultsOfThisSide: ReadonlySet<Code> = new Set(["INTERNAL", "ABORTED", "RESOURCE_EXHAUSTED"]);

/** A command of the peer. */
export interface Answered {
  readonly id: number;
  readonly command: AnyCommand;
  /** What travels as its reply. */
  readonly replyType: TravellingType;
  readonly priority: Priority;
}

export interface AnswersOptions {
  readonly core: SessionCore;
  readonly peerLimits: PeerLimits;
  /** Logs what the peer is not told, and returns the id under which it is found. */
  readonly incident: (what: string, error: unknown) => string;
}

/**
 * Writes the frames that answer the peer's commands, and decides what the peer is told of an error. A frame is written whole or not at all;
 * after the session's end nothing is.
 */
export class Answers {
  readonly #options: AnswersOptions;

  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  /** Throws what encoding throws, and CommandError RESOURCE_EXHAUSTED for a reply that is too large: see {@link unsendable}. */
  reply(to: Answered, reply: unknown): void {
    this.#message(FrameType.REPLY, to, reply);
  }

  /** Where the items of a stream go. What counts as credit is the size of an uncompressed one. */
  items(to: Answered, outbox: Pick<Outbox, "streamRoom">): StreamSink<unknown> {
    return {
      get room() {
        return outbox.streamRoom;
      },
      write: (item) => {
        try {
          return this.#message(FrameType.ITEM, to, item);
        } catch (error) {
          throw this.unsendable(to.command, error);
        }
      },
    };
  }

  end(to: Answered): void {
    this.#frame(FrameType.END, to, (writer) => writer.uintNumber(to.id));
  }

  /** The handler reads no more of what the caller streams. */
  cancelItems(to: Answered): void {
    this.#frame(FrameType.CANCEL, to, (writer) => writer.uintNumber(to.id));
  }

  /** An error that cannot be encoded is an incident of its own. */
  fail(to: Answered, error: CommandError): void {
    const { command } = to;
    const write = (failure: CommandError): number =>
      this.#frame(FrameType.FAIL, to, (writer) => {
        writer.uintNumber(to.id);
        writeFailure(writer, failureToWire(failure, command));
      });
    try {
      write(error);
    } catch (unsendable) {
      write(this.#incident(command, `the error of ${command.name} could not be encoded`, "failed", error.outcome, unsendable));
    }
  }

  /** What the caller is told of a reply or an item that could not be sent. */
  unsendable(command: AnyCommand, error: unknown): CommandError {
    if (CommandError.is(error) && error.code === "RESOURCE_EXHAUSTED") return error;
    const what = `the reply of ${command.name} could not be encoded`;
    return this.#incident(command, what, "gave a reply that its schema cannot hold", "MAY_HAVE_RUN", error);
  }

  /**
   * What the caller is told of something that a handler or an interceptor threw: a CommandError as it is, of anything else an incident's id. One that lays the
   * failure on this side and has a cause is an incident as well: it is this side's to mend, and its cause does not travel.
   */
  thrown(command: AnyCommand, error: unknown, outcome: Outcome): CommandError {
    const what = `the handler of ${command.name} failed`;
    if (!CommandError.is(error)) return this.#incident(command, what, "failed", outcome, error);
    const {
      code,
      cause,
      incident = faultsOfThisSide.has(code) && cause !== undefined ? this.#options.incident(what, error) : undefined,
    } = error;
    return changedError(error, { outcome, command: command.name, incident });
  }

  #message(type: FrameType, to: Answered, message: unknown): number {
    const { core, peerLimits } = this.#options;
    if (core.ended) return 0;
    // Without a closure: these are the frames that leave by the hundred thousand.
    const writer = core.begin(type, to.priority);
    const start = writer.position;
    let spared = 0;
    try {
      writer.uintNumber(to.id);
      spared = writeMessage(writer, to.replyType, message, peerLimits, to.command, replyPart);
    } catch (error) {
      core.outboxes.abandon();
      throw error;
    }
    const size = writer.position - start;
    core.end();
    return size + spared;
  }

  #frame(type: FrameType, { priority }: Answered, body: (writer: Writer) => void): number {
    const { core } = this.#options;
    if (core.ended) return 0;
    const writer = core.begin(type, priority);
    const start = writer.position;
    try {
      body(writer);
    } catch (error) {
      core.outboxes.abandon();
      throw error;
    }
    const size = writer.position - start;
    core.end();
    return size;
  }

  #incident({ name }: AnyCommand, what: string, told: string, outcome: Outcome, error: unknown): CommandError {
    const incident = this.#options.incident(what, error);
    return new CommandError("INTERNAL", `${name} ${told}; the log of its side has it under ${incident}`, {
      outcome,
      incident,
      command: name,
    });
  }
}
