import type { Reader } from "../bytes/reader.ts";
import { CommandError } from "../errors/command-error.ts";
import { ProtocolError } from "../session/protocol-error.ts";
import type { Timer } from "../time/timers.ts";
import type { AnyCommand } from "./registry.ts";
import type { StreamReader } from "./stream-reader.ts";
import type { StreamWriter } from "./stream-writer.ts";

/** A command of this side, from its call until the peer has sent its end. */
export class OutgoingCall {
  readonly command: AnyCommand;
  /** 0 until it is sent. */
  id = 0;
  /** The number of its first frame; what the peer did not accept was not run. */
  sequence = 0;
  /** The caller has its answer; only the peer's end is awaited. */
  settled = false;
  timer: Timer | undefined;
  /** Takes the listener off the caller's AbortSignal. */
  unlisten: (() => void) | undefined;
  readonly reader: StreamReader<unknown> | undefined;
  readonly writer: StreamWriter<unknown> | undefined;
  readonly #resolve: (reply: unknown) => void;
  readonly #reject: (error: CommandError) => void;

  constructor(
    command: AnyCommand,
    resolve: (reply: unknown) => void,
    reject: (error: CommandError) => void,
    reader?: StreamReader<unknown>,
    writer?: StreamWriter<unknown>,
  ) {
    this.command = command;
    this.#resolve = resolve;
    this.#reject = reject;
    this.reader = reader;
    this.writer = writer;
  }

  /** The peer's REPLY. */
  reply(body: Reader, elements: number): void {
    if (this.settled) return;
    if (this.reader !== undefined) throw new ProtocolError(`${this.command.name} answers with a stream, not with a reply`);
    let reply: unknown;
    try {
      reply = this.#decode(body, elements);
    } catch (error) {
      this.fail(unreadable(this.command, error));
      return;
    }
    this.settle();
    this.#resolve(reply);
  }

  /** The peer's ITEM. Returns an error when the item cannot be read: the call has failed, and the peer is to be told. */
  item(body: Reader, size: number, elements: number): CommandError | undefined {
    if (this.reader === undefined) throw new ProtocolError(`${this.command.name} does not answer with a stream`);
    try {
      this.reader.push(size, () => this.#decode(body, elements));
      return undefined;
    } catch (error) {
      if (!CommandError.is(error)) throw error;
      return unreadable(this.command, error);
    }
  }

  /** The peer's END. */
  finish(): void {
    if (this.settled) return;
    if (this.reader === undefined) throw new ProtocolError(`${this.command.name} does not answer with a stream`);
    this.settle();
    this.reader.finish();
    this.#resolve(undefined);
  }

  fail(error: CommandError): void {
    if (this.settled) return;
    this.settle();
    this.reader?.fail(error);
    this.#reject(error);
  }

  /** The caller has left its stream: nobody is told anything. */
  settle(): void {
    this.settled = true;
    this.timer?.cancel();
    this.unlisten?.();
    this.writer?.stop();
  }

  #decode(body: Reader, elements: number): unknown {
    const { reply } = this.command;
    body.elements = Math.min(elements, reply.maxElements || elements);
    return reply.read(body, body.end);
  }
}

function unreadable(command: AnyCommand, error: unknown): CommandError {
  const code = CommandError.is(error) && error.code === "RESOURCE_EXHAUSTED" ? "RESOURCE_EXHAUSTED" : "INTERNAL";
  const message = `${command.name}: what the peer answered cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  return new CommandError(code, message, { outcome: "MAY_HAVE_RUN", command: command.name, cause: error });
}
