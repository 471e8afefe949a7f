import type { Reader } from "../bytes/reader.ts";
import { CommandError, type Outcome } from "../errors/command-error.ts";
import { decodeRest } from "../schema/codec.ts";
import type { Lane } from "../schema/service-type.ts";
import { CommandFlag } from "../session/frame.ts";
import type { Priority } from "../session/priority.ts";
import type { Timer } from "../time/timers.ts";
import { idleText } from "./call-errors.ts";
import { mapItems } from "./adapter.ts";
import { CommandContext } from "./command-context.ts";
import { type ParkedCommand, replyRefused, unsentReply } from "./deferred.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { IncomingClass } from "./incoming-class.ts";
import type { IdleDeadline } from "./idle-deadline.ts";
import { compose, type Next } from "./interceptor.ts";
import type { AnyCommand, Registration } from "./registry.ts";
import { StreamReader } from "./stream-reader.ts";
import type { StreamWriter } from "./stream-writer.ts";
import type { TravellingType } from "./travelling.ts";

/** A command of the peer, from its arrival until its end is sent. */
export class IncomingCommand implements ParkedCommand, Lane {
  /** 0 for one-ways, which are not answered. */
  readonly id: number;
  readonly registration: Registration;
  readonly came: IncomingClass;
  readonly flags: number;
  /** On the timers' scale; 0 for none. */
  readonly deadlineAt: number;
  /** The request's bytes while the command waits for its turn. */
  payload: Uint8Array | undefined;
  /** Bytes of its frame's body. */
  readonly size: number;
  /** It could not start when it came. */
  waited = false;
  /** Among the open one-ways. */
  place = -1;
  /** Whether it counts against the command credit; volatile one-ways do not. */
  credited = true;
  /** Its turn came and it was not refused. */
  ran = false;
  state: "queued" | "running" | "parked" | "ended" = "queued";
  /** Why it was stopped: cancelled, late, lost or refused. */
  stopped: CommandError | undefined;
  readonly reader: StreamReader<unknown> | undefined;
  readonly writer: StreamWriter<unknown> | undefined;
  readonly #idle: IdleDeadline | undefined;
  readonly #dispatcher: Dispatcher;
  #context: CommandContext | undefined;
  #timer: Timer | undefined;
  /** The handler itself was called. */
  #started = false;

  /**
   * @param came the class whose intake has just read its head
   * @param deadlineAt on the timers' scale; default: as the head says
   */
  constructor(
    dispatcher: Dispatcher,
    registration: Registration,
    came: IncomingClass,
    id: number,
    size: number,
    deadlineAt: number = dispatcher.deadlineAt(came.intake.timeoutMs),
  ) {
    this.#dispatcher = dispatcher;
    this.registration = registration;
    this.came = came;
    this.id = id;
    this.flags = came.intake.flags;
    this.deadlineAt = deadlineAt;
    this.size = size;
    const { kind, idleTimeoutMs = 0 } = registration.command;
    if (kind === "client_stream" || kind === "bidi_stream") {
      const window = dispatcher.streams.window(false);
      this.reader = new StreamReader(window, { grant: () => dispatcher.grant(this, window), abandoned: () => this.#leaveItems() });
    }
    // Whoever sends items must have somewhere to keep the credit that comes before the handler runs.
    if (kind === "server_stream" || kind === "bidi_stream")
      this.writer = dispatcher.streams.writer(came.priority, dispatcher.answers.items(this, came.outbox));
    if (idleTimeoutMs > 0) this.#idle = dispatcher.streams.idle(idleTimeoutMs, () => this.stop(this.#lateError(idleText(this.command))));
    if (this.reader !== undefined) this.reader.idle = this.#idle;
    if (this.writer !== undefined) this.writer.idle = this.#idle;
  }

  get priority(): Priority {
    return this.came.priority;
  }

  get command(): AnyCommand {
    return this.registration.command;
  }

  /** What travels: a peer may have an earlier form of the command, and it may be compressed. */
  get requestType(): TravellingType {
    const { compressed, adaptation, command } = this.registration;
    return (compressed ?? adaptation ?? command).request;
  }

  get replyType(): TravellingType {
    const { compressed, adaptation, command } = this.registration;
    return (compressed ?? adaptation ?? command).reply;
  }

  /** The next command starts only when this one has ended: because its caller, or the schema of this side, says so. */
  get ordered(): boolean {
    return this.command.ordered || (this.flags & CommandFlag.ORDERED) !== 0;
  }

  /** Later commands wait for it: until it has ended, or has opened its lane. */
  get holds(): boolean {
    return this.ordered || this.takesBlob;
  }

  /** Its handler is not called before a blob's head has come, so that it may hold its class before it really started. */
  get takesBlob(): boolean {
    return this.command.blob?.takes === true;
  }

  /** See {@link Lane}. */
  open(): void {
    if (!this.ordered) this.#dispatcher.settled(this, false);
  }

  /** Whether the handler may have run by now. */
  get outcome(): Outcome {
    return this.#started ? "MAY_HAVE_RUN" : "NOT_RUN";
  }

  get stream(): boolean {
    return this.reader !== undefined || this.writer !== undefined;
  }

  /** Calls the handler. The request is read before this returns. */
  run(body: Reader): void {
    this.state = "running";
    this.ran = true;
    try {
      const request = this.reader === undefined ? this.#decode(body) : this.#items(this.reader, "lift");
      this.#idle?.start();
      const context = new CommandContext(this.command, this.deadlineAt, this.#dispatcher, this);
      this.#context = context;
      const result = this.#invoke(request, context);
      if (this.writer !== undefined) this.#answerStream(this.writer, result);
      else if (isThenable(result)) this.#await(result);
      else this.#answer(result);
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Its handler was called before there was a command, and takes its time. */
  goOn(context: CommandContext, result: PromiseLike<unknown>): void {
    this.state = "running";
    this.ran = this.#started = true;
    this.#context = context;
    this.stopped = context.stopped;
    try {
      this.#await(result);
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** The peer gave up, the deadline passed or the session is lost: the handler's signal fires, its streams end. */
  stop(error: CommandError): void {
    if (this.stopped !== undefined || this.state === "ended") return;
    this.stopped = error;
    this.payload = undefined;
    this.#timer?.cancel();
    this.#idle?.stop();
    this.reader?.fail(error);
    this.#context?.abort(error);
    this.writer?.stop();
    if (this.state === "parked") this.fail(error);
  }

  /** The session is lost. */
  lost(error: CommandError): void {
    if (this.state === "queued") this.fail(error);
    else this.stop(error);
  }

  /** Ends the command with an error. */
  fail(error: CommandError): void {
    if (this.state === "ended") return;
    this.#dispatcher.answerFailure(this, error);
    this.#finish(true);
  }

  /** The caller said that its last item was sent. Throws ProtocolError when it says so twice. */
  completeItems(reader: StreamReader<unknown>): void {
    reader.complete();
    // The reply is a matter of the command's own deadline.
    if (this.writer === undefined) this.#idle?.stop();
  }

  giveReply(reply: unknown): void {
    this.#checkAwaited();
    try {
      this.#reply(reply);
    } catch (error) {
      throw unsentReply(this.command, error);
    }
  }

  giveFailure(error: unknown): void {
    this.#checkAwaited();
    this.fail(this.#dispatcher.answers.thrown(this.command, error, "MAY_HAVE_RUN"));
  }

  /** The handler goes on without the rest of what its caller streams. */
  #leaveItems(): void {
    if (this.state !== "running" || this.stopped !== undefined) return;
    this.#dispatcher.answers.cancelItems(this);
    if (this.writer === undefined) this.#idle?.stop();
  }

  #decode(body: Reader): unknown {
    // An interceptor may take its time before it lets the handler see the request.
    body.views = this.#dispatcher.registry.interceptors.length === 0;
    const request = decodeRest(this.requestType, body, this.#dispatcher.limits.decodeElements);
    const { adaptation } = this.registration;
    return adaptation === undefined ? request : adaptation.lift(request);
  }

  /** The items of a stream, in the form that the handler knows or the one that travels. */
  #items(items: AsyncIterable<unknown> | Iterable<unknown>, convert: "lift" | "lower"): AsyncIterable<unknown> | Iterable<unknown> {
    const { adaptation } = this.registration;
    return adaptation === undefined ? items : mapItems(items, adaptation[convert]);
  }

  #invoke(request: unknown, context: CommandContext): unknown {
    const { interceptors } = this.#dispatcher.registry;
    const { handle, command } = this.registration;
    if (interceptors.length === 0) {
      this.#started = true;
      return handle(request, context, this);
    }
    const innermost: Next = async (call) => {
      if (this.#started) throw new CommandError("FAILED_PRECONDITION", `${command.name}: its handler runs at most once`);
      if (this.stopped !== undefined) throw this.stopped;
      this.#started = true;
      return handle(call.request, context, this);
    };
    const { session, signal, values } = context;
    return compose(interceptors, innermost)({ side: "handler", command, request, session, signal, values });
  }

  #await(result: PromiseLike<unknown>): void {
    this.#armDeadline();
    result.then(
      (reply) => this.#answer(reply),
      (error: unknown) => this.#refuse(error),
    );
  }

  /** Sends the reply. Throws CommandError when it cannot be sent; the command goes on then. */
  #reply(reply: unknown): void {
    const { adaptation } = this.registration;
    this.#dispatcher.answers.reply(this, adaptation === undefined ? reply : adaptation.lower(reply));
    this.#finish(false);
  }

  #answer(result: unknown): void {
    if (this.state === "ended") return;
    if (this.id === 0) this.#finish(false);
    else if (this.stopped !== undefined) this.fail(this.stopped);
    else if (this.#context!.isDeferred(result)) this.#park();
    else {
      try {
        this.#reply(result);
      } catch (error) {
        this.fail(this.#dispatcher.answers.unsendable(this.command, error));
      }
    }
  }

  #refuse(error: unknown): void {
    if (this.state === "ended") return;
    this.fail(this.stopped ?? this.#dispatcher.answers.thrown(this.command, error, this.outcome));
  }

  #park(): void {
    this.state = "parked";
    this.#armDeadline();
    this.#dispatcher.settled(this, false);
  }

  #answerStream(writer: StreamWriter<unknown>, result: unknown): void {
    this.#armDeadline();
    const pump = async (items: unknown): Promise<boolean> => {
      if (isIterable(items)) return writer.pump(this.#items(items, "lower"));
      throw new TypeError(`the handler of ${this.command.name} did not return an iterable`);
    };
    // Pumped at once where it can be: the body of a generator is the handler, and handlers start in order.
    const pumped = isThenable(result) ? Promise.resolve(result).then(pump) : pump(result);
    pumped.then(
      (whole) => {
        if (this.state === "ended") return;
        if (!whole) return this.fail(this.stopped!);
        this.#dispatcher.answers.end(this);
        this.#finish(false);
      },
      (error: unknown) => this.#refuse(error),
    );
  }

  #checkAwaited(): void {
    if (this.stopped?.code === "DEADLINE_EXCEEDED") throw replyRefused("DEADLINE_EXCEEDED", "its caller stopped waiting", this.command);
    if (this.stopped !== undefined) throw replyRefused("FAILED_PRECONDITION", "its caller has gone", this.command);
  }

  /** A reply that is parked late has its time already. */
  #armDeadline(): void {
    if (this.deadlineAt === 0 || this.stopped !== undefined) return;
    this.#timer ??= this.#dispatcher.after(this.deadlineAt, () => this.stop(this.#lateError("it did not end in time")));
  }

  #lateError(what: string): CommandError {
    const { name } = this.command;
    return new CommandError("DEADLINE_EXCEEDED", `${name}: ${what}`, { outcome: this.outcome, command: name });
  }

  #finish(failed: boolean): void {
    const settledBefore = this.state === "parked";
    this.state = "ended";
    this.#timer?.cancel();
    this.#idle?.stop();
    this.#context?.end();
    this.reader?.finish();
    this.reader?.close();
    this.writer?.stop();
    this.#dispatcher.finished(this);
    if (!settledBefore) this.#dispatcher.settled(this, failed);
  }
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}

function isIterable(value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> {
  return typeof value === "object" && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value);
}
