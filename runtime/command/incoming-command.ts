import type { Reader } from "../bytes/reader.ts";
import { CommandError } from "../errors/command-error.ts";
import { CreditBudget } from "../session/credit.ts";
import { CommandFlag } from "../session/frame.ts";
import type { Timer } from "../time/timers.ts";
import { CommandContext } from "./command-context.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { compose, type Next } from "./interceptor.ts";
import type { Registration } from "./registry.ts";
import { StreamReader } from "./stream-reader.ts";
import { StreamWriter } from "./stream-writer.ts";

/** A command of the peer, from its arrival until its end is sent. */
export class IncomingCommand {
  /** 0 for one-ways, which are not answered. */
  readonly id: number;
  readonly registration: Registration;
  readonly flags: number;
  /** On the timers' scale; 0 for none. */
  readonly deadlineAt: number;
  /** The request's bytes while the command waits for its turn. */
  payload: Uint8Array | undefined;
  /** Bytes that count against the command credit. */
  readonly size: number;
  state: "queued" | "running" | "parked" | "ended" = "queued";
  /** Why it was stopped: cancelled, late or lost. */
  stopped: CommandError | undefined;
  readonly reader: StreamReader<unknown> | undefined;
  writer: StreamWriter<unknown> | undefined;
  readonly #dispatcher: Dispatcher;
  #context: CommandContext | undefined;
  #timer: Timer | undefined;
  /** Whether the handler itself was called: until then every failure is NOT_RUN. */
  #started = false;

  constructor(dispatcher: Dispatcher, registration: Registration, id: number, flags: number, deadlineAt: number, size: number) {
    this.#dispatcher = dispatcher;
    this.registration = registration;
    this.id = id;
    this.flags = registration.command.ordered ? flags | CommandFlag.ORDERED : flags;
    this.deadlineAt = deadlineAt;
    this.size = size;
    const { kind } = registration.command;
    if (kind === "client_stream" || kind === "bidi_stream") {
      const { streamItems, streamBytes } = dispatcher.limits;
      this.reader = new StreamReader(streamItems, streamBytes, { grant: (window) => dispatcher.grant(this, window), abandoned() {} });
    }
    // Whoever sends items must have somewhere to keep the credit that comes before the handler runs.
    if (kind === "server_stream" || kind === "bidi_stream") {
      const { streamItems, streamBytes } = dispatcher.peerLimits;
      this.writer = new StreamWriter(new CreditBudget(streamItems, streamBytes), dispatcher.itemSink(this));
    }
  }

  get ordered(): boolean {
    return (this.flags & CommandFlag.ORDERED) !== 0;
  }

  get stream(): boolean {
    return this.reader !== undefined || this.writer !== undefined;
  }

  /** Calls the handler. The request is read before this returns. */
  run(body: Reader): void {
    this.state = "running";
    try {
      const request = this.reader ?? this.#decode(body);
      const context = new CommandContext(this, this.#dispatcher);
      this.#context = context;
      const result = this.#invoke(request, context);
      if (this.writer !== undefined) this.#answerStream(result);
      else if (isThenable(result)) {
        this.#armDeadline();
        result.then(this.#answer, this.#refuse);
      } else this.#answer(result);
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** The peer gave up, the deadline passed or the session is lost: the handler's signal fires, its streams end. */
  stop(error: CommandError): void {
    if (this.stopped !== undefined || this.state === "ended") return;
    this.stopped = error;
    this.payload = undefined;
    this.reader?.fail(error);
    this.#context?.abort(error);
    this.writer?.stop();
    if (this.state === "parked") this.fail(error);
  }

  /** Sends the reply of a running or parked command. Throws CommandError when it cannot be encoded; the command goes on then. */
  reply(reply: unknown): void {
    this.#dispatcher.sendReply(this, reply);
    this.#finish(false);
  }

  fail(error: CommandError): void {
    this.#dispatcher.sendFailure(this, error);
    this.#finish(true);
  }

  #decode(body: Reader): unknown {
    const { request } = this.registration.command;
    body.elements = Math.min(body.elements, request.maxElements || body.elements);
    return request.read(body, body.end);
  }

  #invoke(request: unknown, context: CommandContext): unknown {
    const { interceptors } = this.#dispatcher.registry;
    const { handle, command } = this.registration;
    if (interceptors.length === 0) {
      this.#started = true;
      return handle(request, context);
    }
    const innermost: Next = async (call) => {
      this.#started = true;
      return handle(call.request, context);
    };
    const { session, signal, values } = context;
    return compose(interceptors, innermost)({ side: "handler", command, request, session, signal, values });
  }

  readonly #answer = (result: unknown): void => {
    if (this.state === "ended") return;
    if (this.stopped !== undefined) this.fail(this.stopped);
    else if (this.id === 0) this.#finish(false);
    else if (this.#context!.isDeferred(result)) this.#park();
    else {
      try {
        this.reply(result);
      } catch (error) {
        this.fail(this.#dispatcher.replyError(this, error));
      }
    }
  };

  readonly #refuse = (error: unknown): void => {
    if (this.state === "ended") return;
    this.fail(this.stopped ?? this.#dispatcher.handlerError(this, error, this.#started ? "MAY_HAVE_RUN" : "NOT_RUN"));
  };

  #park(): void {
    this.state = "parked";
    this.#armDeadline();
    this.#dispatcher.settled(this, false);
    if (this.stopped !== undefined) this.fail(this.stopped);
  }

  #answerStream(result: unknown): void {
    this.#armDeadline();
    const source = isThenable(result) ? result : undefined;
    const pumped = source === undefined ? this.#pump(result) : source.then((items) => this.#pump(items));
    pumped.then((whole) => {
      if (this.state === "ended") return;
      if (!whole || this.stopped !== undefined) return this.fail(this.stopped ?? new CommandError("CANCELLED", "the stream was stopped"));
      this.#dispatcher.sendEnd(this);
      this.#finish(false);
    }, this.#refuse);
  }

  async #pump(items: unknown): Promise<boolean> {
    if (!isIterable(items)) throw new TypeError(`the handler of ${this.registration.command.name} did not return an iterable`);
    return this.writer!.pump(items);
  }

  #armDeadline(): void {
    if (this.deadlineAt === 0 || this.#timer !== undefined) return;
    this.#timer = this.#dispatcher.after(this.deadlineAt, () => {
      const { name } = this.registration.command;
      this.stop(new CommandError("DEADLINE_EXCEEDED", `${name} did not end in time`, { command: name }));
    });
  }

  #finish(failed: boolean): void {
    const settledBefore = this.state === "parked";
    this.state = "ended";
    this.#timer?.cancel();
    this.#context?.end();
    this.reader?.finish();
    this.writer?.stop();
    this.#dispatcher.finished(this);
    if (!settledBefore) this.#dispatcher.settled(this, failed);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}

function isIterable(value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> {
  return typeof value === "object" && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value);
}
