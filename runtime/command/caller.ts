import { Failure } from "../../generated/zserver/protocol/v1/session.ts";
import type { Reader } from "../bytes/reader.ts";
import { CommandError, type Outcome } from "../errors/command-error.ts";
import type { Caller, CallOptions } from "../schema/caller.ts";
import type { CommandType } from "../schema/service-type.ts";
import { CreditBudget, type CreditWindow } from "../session/credit.ts";
import { FrameType } from "../session/frame.ts";
import type { Limits, PeerLimits } from "../session/limits.ts";
import { ProtocolError } from "../session/protocol-error.ts";
import type { Session as SessionCore } from "../session/session.ts";
import type { SessionEnd } from "../session/session-end.ts";
import type { Timers } from "../time/timers.ts";
import { CommandFrames } from "./command-frames.ts";
import { failureFromWire, limitError } from "./failure.ts";
import { OutgoingCall } from "./outgoing-call.ts";
import type { AnyCommand } from "./registry.ts";
import { SendQueue, type WaitingSend } from "./send-queue.ts";
import { StreamReader } from "./stream-reader.ts";
import { type StreamSink, StreamWriter } from "./stream-writer.ts";

export interface CallerOptions {
  readonly core: SessionCore;
  readonly limits: Limits;
  readonly peerLimits: PeerLimits;
  readonly timers: Timers;
  /** The first command id of this side: 1 at the client, 2 at the server. */
  readonly firstId: 1 | 2;
  /** Deadline of unary commands whose schema states none. */
  readonly defaultTimeoutMs: number;
  /** How long a send may wait for room or credit. */
  readonly sendTimeoutMs: number;
  readonly oneWayFailed: (error: CommandError) => void;
  /** Something came to an end; somebody may wait for that. */
  readonly idle: () => void;
}

/** What a caller says about one command besides its message. */
export interface Submission extends CallOptions {
  /** See {@link CommandFlag}. */
  readonly flags?: number;
}

/** One promise for every one-way that left at once. */
const sent: Promise<void> = Promise.resolve();

/** Sends the commands of this side, and settles each exactly once. */
export class SessionCaller implements Caller {
  readonly #options: CallerOptions;
  readonly #core: SessionCore;
  readonly #frames: CommandFrames;
  readonly #budget: CreditBudget;
  readonly #queue: SendQueue;
  readonly #calls = new Map<number, OutgoingCall>();
  #waitingCalls = 0;
  #nextId: number;
  #streams = 0;
  #refusal: ((command: string) => CommandError) | undefined;
  sent = 0;
  oneWaysFailed = 0;

  constructor(options: CallerOptions) {
    this.#options = options;
    this.#core = options.core;
    this.#nextId = options.firstId;
    const { queuedCommands, queuedBytes } = options.peerLimits;
    this.#budget = new CreditBudget(queuedCommands, queuedBytes);
    this.#frames = new CommandFrames(options.core, options.peerLimits);
    this.#queue = new SendQueue(options.timers, options.sendTimeoutMs, () => this.#maySend);
  }

  /** Calls without an answer. */
  get pending(): number {
    return this.#calls.size + this.#waitingCalls;
  }

  get queue(): SendQueue {
    return this.#queue;
  }

  unary<Q, QI, R, RI>(command: CommandType<Q, QI, R, RI, "unary">, request: QI, options?: CallOptions): Promise<R> {
    return this.submit(command as AnyCommand, request, options ?? {}).reply as Promise<R>;
  }

  oneWay<Q, QI, R, RI>(command: CommandType<Q, QI, R, RI, "one_way">, request: QI, options?: CallOptions): Promise<void> {
    return this.submitOneWay(command as AnyCommand, request, options ?? {}).sent;
  }

  serverStream<Q, QI, R, RI>(command: CommandType<Q, QI, R, RI, "server_stream">, request: QI, options?: CallOptions): AsyncIterable<R> {
    return this.#openStream(command as AnyCommand, request, undefined, options ?? {}).reader as AsyncIterable<R>;
  }

  clientStream<Q, QI, R, RI>(
    command: CommandType<Q, QI, R, RI, "client_stream">,
    requests: AsyncIterable<QI> | Iterable<QI>,
    options?: CallOptions,
  ): Promise<R> {
    return this.#openStream(command as AnyCommand, undefined, requests, options ?? {}).reply as Promise<R>;
  }

  bidiStream<Q, QI, R, RI>(
    command: CommandType<Q, QI, R, RI, "bidi_stream">,
    requests: AsyncIterable<QI> | Iterable<QI>,
    options?: CallOptions,
  ): AsyncIterable<R> {
    return this.#openStream(command as AnyCommand, undefined, requests, options ?? {}).reader as AsyncIterable<R>;
  }

  /** A unary command. `failed` tells whether it could not even be submitted; its reply is rejected then. */
  submit(command: AnyCommand, request: unknown, options: Submission): { readonly reply: Promise<unknown>; readonly failed: boolean } {
    let call!: OutgoingCall;
    const reply = new Promise<unknown>((resolve, reject) => {
      call = new OutgoingCall(command, resolve, reject);
    });
    this.#start(call, request, options, options.timeoutMs ?? (command.timeoutMs || this.#options.defaultTimeoutMs));
    return { reply, failed: call.settled };
  }

  /** A one-way command. The promise settles when it was taken for sending; its rejection is handled, counted and reported. */
  submitOneWay(command: AnyCommand, request: unknown, options: Submission): { readonly sent: Promise<void>; readonly failed: boolean } {
    const timeoutMs = options.timeoutMs ?? command.timeoutMs;
    try {
      this.#check(command, options.signal);
      if (this.#queue.empty && this.#maySend) {
        this.#spend(this.#frames.oneWay(command, request, options.flags ?? 0, timeoutMs));
        return { sent, failed: false };
      }
      return { sent: this.#handled(this.#waitOneWay(command, request, options, timeoutMs)), failed: false };
    } catch (error) {
      return { sent: this.#handled(Promise.reject(asCommandError(command, error))), failed: true };
    }
  }

  /** Refuses commands from now on: draining. */
  refuse(refusal: (command: string) => CommandError): void {
    this.#refusal = refusal;
  }

  /** There may be room or credit again. */
  retry(): void {
    this.#queue.pump();
    for (const call of this.#calls.values()) call.writer?.retry();
  }

  /** A frame about a command of this side. */
  frame(type: FrameType, id: number, body: Reader, size: number): void {
    const call = this.#calls.get(id);
    if (call === undefined) {
      if (id >= this.#nextId) throw new ProtocolError(`command ${id} was never started`);
      return;
    }
    const { decodeElements } = this.#options.limits;
    if (type === FrameType.ITEM) {
      const error = call.item(body, size, decodeElements);
      if (error !== undefined) this.cancel(call, error);
      return;
    }
    if (type === FrameType.REPLY) call.reply(body, decodeElements);
    else if (type === FrameType.END) call.finish();
    else if (type === FrameType.FAIL) call.fail(failureFromWire(Failure.read(body, body.end), call.command.name));
    else throw new ProtocolError(`a frame of type ${type} for a command of this side`);
    this.#forget(call);
  }

  credit(id: number, items: number, bytes: number): void {
    if (id === 0) {
      this.#budget.grant(items, bytes);
      this.#queue.pump();
    } else if (id >= this.#nextId) throw new ProtocolError(`credit for command ${id}, which was never started`);
    else this.#calls.get(id)?.writer?.grant(items, bytes);
  }

  /** Gives a call up: its caller gets the error, the peer is told. The peer's end is still awaited, so that its slot stays counted. */
  cancel(call: OutgoingCall, error: CommandError): void {
    if (call.settled) return;
    call.fail(error);
    if (call.id === 0 || this.#core.ended) return;
    this.#core.begin(FrameType.CANCEL).uintNumber(call.id);
    this.#core.end();
  }

  /** Every pending item is rejected, with what is known of it. */
  lost(end: SessionEnd): void {
    this.#refusal = (command) => lostError(end, command, "NOT_RUN");
    const { flushed } = this.#core.outbox;
    this.#queue.clear((waiting) => lostError(end, waiting.command, "NOT_RUN"));
    for (const call of this.#calls.values()) {
      const notRun = call.sequence > flushed || (end.accepted !== undefined && call.sequence > end.accepted);
      call.fail(lostError(end, call.command.name, notRun ? "NOT_RUN" : "MAY_HAVE_RUN"));
    }
    this.#calls.clear();
  }

  get #maySend(): boolean {
    return this.#core.outbox.room && this.#budget.open;
  }

  #openStream(
    command: AnyCommand,
    request: unknown,
    requests: AsyncIterable<unknown> | Iterable<unknown> | undefined,
    options: Submission,
  ): { readonly reply: Promise<unknown>; readonly reader: StreamReader<unknown> | undefined } {
    let call!: OutgoingCall;
    const reader = command.kind === "client_stream" ? undefined : this.#reader(() => call);
    const writer =
      requests === undefined
        ? undefined
        : new StreamWriter<unknown>(
            this.#streamBudget(),
            this.#sink(() => call),
          );
    const reply = new Promise<unknown>((resolve, reject) => {
      call = new OutgoingCall(command, resolve, reject, reader, writer);
    });
    // A stream tells its failure to its reader; the promise is only for those without one.
    if (reader !== undefined) reply.catch(() => {});
    const limit = this.#options.peerLimits.streams;
    if (this.#streams >= limit) call.fail(limitError("streams", limit, `${this.#streams} streams are open`, command));
    else this.#start(call, request, options, options.timeoutMs ?? command.timeoutMs);
    if (requests !== undefined && !call.settled) this.#pump(call, requests);
    return { reply, reader };
  }

  #pump(call: OutgoingCall, requests: AsyncIterable<unknown> | Iterable<unknown>): void {
    call.writer!.pump(requests).then(
      (whole) => {
        if (!whole || call.settled || this.#core.ended) return;
        this.#core.begin(FrameType.END).uintNumber(call.id);
        this.#core.end();
      },
      (error: unknown) => this.cancel(call, sourceError(call.command, error)),
    );
  }

  #start(call: OutgoingCall, request: unknown, options: Submission, timeoutMs: number): void {
    const { command } = call;
    try {
      this.#check(command, options.signal);
      const limit = this.#options.peerLimits.commandsInFlight;
      if (this.pending >= limit) throw limitError("commandsInFlight", limit, `${this.pending} commands are in flight`, command);
      if (this.#queue.empty && this.#maySend) this.#write(call, request, false, options.flags ?? 0, timeoutMs);
      else this.#wait(call, request, options.flags ?? 0, timeoutMs);
    } catch (error) {
      call.fail(asCommandError(command, error));
      return;
    }
    if (timeoutMs > 0)
      call.timer = this.#options.timers.after(timeoutMs, () =>
        this.#stop(call, "DEADLINE_EXCEEDED", `no answer within ${timeoutMs} ms (timeoutMs)`),
      );
    if (options.signal !== undefined) this.#listen(call, options.signal);
  }

  #check(command: AnyCommand, signal: AbortSignal | undefined): void {
    if (this.#refusal !== undefined) throw this.#refusal(command.name);
    if (signal?.aborted)
      throw new CommandError("CANCELLED", `${command.name} was cancelled before it was sent`, {
        outcome: "NOT_RUN",
        command: command.name,
      });
  }

  #write(call: OutgoingCall, request: unknown, encoded: boolean, flags: number, timeoutMs: number): void {
    const id = this.#nextId;
    const size = this.#frames.request(id, call.command, request, encoded, flags, timeoutMs);
    this.#nextId += 2;
    call.id = id;
    call.sequence = this.#core.outbox.numbered;
    this.#calls.set(id, call);
    if (call.reader !== undefined || call.writer !== undefined) this.#streams++;
    this.#spend(size);
  }

  #wait(call: OutgoingCall, request: unknown, flags: number, timeoutMs: number): void {
    const { command } = call;
    // Encoded now: whoever called may change the object while it waits.
    const encoded = this.#frames.encode(command, request);
    this.#waitingCalls++;
    const leave = this.#enqueue(command, encoded.length, {
      send: () => {
        this.#waitingCalls--;
        try {
          this.#write(call, encoded, true, flags, timeoutMs);
          call.writer?.retry();
        } catch (error) {
          call.fail(asCommandError(command, error));
        }
      },
      fail: (error) => {
        this.#waitingCalls--;
        call.fail(error);
        this.#options.idle();
      },
    });
    call.unlisten = () => {
      if (call.id === 0 && leave()) this.#waitingCalls--;
    };
  }

  #waitOneWay(command: AnyCommand, request: unknown, options: Submission, timeoutMs: number): Promise<void> {
    const encoded = this.#frames.encode(command, request);
    return new Promise((resolve, reject) => {
      this.#enqueue(command, encoded.length, {
        send: () => {
          try {
            this.#spend(this.#frames.oneWay(command, encoded, options.flags ?? 0, timeoutMs, true));
            resolve();
          } catch (error) {
            reject(error);
          }
        },
        fail: reject,
      });
    });
  }

  #enqueue(command: AnyCommand, size: number, entry: Pick<WaitingSend, "send" | "fail">): () => boolean {
    const { waitingSends, outboxBytes } = this.#options.limits;
    if (this.#queue.length >= waitingSends)
      throw limitError("waitingSends", waitingSends, `${this.#queue.length} sends wait for room`, command);
    if (this.#queue.bytes + size > Math.max(outboxBytes, size))
      throw limitError("outboxBytes", outboxBytes, `${this.#queue.bytes} bytes wait for room`, command);
    const ms = this.#options.sendTimeoutMs;
    const expired = (): CommandError =>
      new CommandError("RESOURCE_EXHAUSTED", `${command.name}: the peer took nothing for ${ms} ms (sendTimeoutMs)`, {
        outcome: "NOT_RUN",
        command: command.name,
      });
    return this.#queue.push({ ...entry, command: command.name, expired, size });
  }

  #stop(call: OutgoingCall, code: "DEADLINE_EXCEEDED" | "CANCELLED", what: string, cause?: unknown): void {
    const { name } = call.command;
    const outcome = call.id === 0 ? "NOT_RUN" : "MAY_HAVE_RUN";
    this.cancel(call, new CommandError(code, `${name}: ${what}`, { outcome, command: name, cause }));
  }

  #listen(call: OutgoingCall, signal: AbortSignal): void {
    const abort = (): void => this.#stop(call, "CANCELLED", "cancelled by its caller", signal.reason);
    const earlier = call.unlisten;
    signal.addEventListener("abort", abort, { once: true });
    call.unlisten = () => {
      signal.removeEventListener("abort", abort);
      earlier?.();
    };
  }

  #forget(call: OutgoingCall): void {
    call.settle();
    this.#calls.delete(call.id);
    if (call.reader !== undefined || call.writer !== undefined) this.#streams--;
    this.#core.forget(call.id);
    this.#options.idle();
  }

  #spend(size: number): void {
    this.sent++;
    this.#budget.spend(size);
  }

  #handled(promise: Promise<void>): Promise<void> {
    promise.catch((error: unknown) => {
      this.oneWaysFailed++;
      if (CommandError.is(error)) this.#options.oneWayFailed(error);
    });
    return promise;
  }

  #reader(call: () => OutgoingCall): StreamReader<unknown> {
    const { streamItems, streamBytes } = this.#options.limits;
    return new StreamReader(streamItems, streamBytes, {
      grant: (window: CreditWindow) => {
        if (this.#calls.has(call().id)) this.#core.grant(call().id, window);
      },
      abandoned: () => this.#stop(call(), "CANCELLED", "its reader left"),
    });
  }

  #streamBudget(): CreditBudget {
    const { streamItems, streamBytes } = this.#options.peerLimits;
    return new CreditBudget(streamItems, streamBytes);
  }

  #sink(call: () => OutgoingCall): StreamSink<unknown> {
    const { outbox } = this.#core;
    return {
      get room() {
        return call().id !== 0 && outbox.room;
      },
      write: (item) => this.#frames.item(call().id, call().command, item),
    };
  }
}

function lostError(end: SessionEnd, command: string, outcome: Outcome): CommandError {
  const message = `${command}: the session ended before it did (${end.reason}${end.message === "" ? "" : `: ${end.message}`})`;
  return new CommandError("SESSION_LOST", message, { outcome, command });
}

function asCommandError(command: AnyCommand, error: unknown): CommandError {
  if (!CommandError.is(error))
    return new CommandError("INTERNAL", `${command.name}: ${String(error)}`, { outcome: "NOT_RUN", command: command.name, cause: error });
  if (error.command !== undefined) return error;
  const { code, message, outcome, details, cause } = error;
  return new CommandError(code, `${command.name}: ${message}`, { outcome, details, cause, command: command.name });
}

function sourceError(command: AnyCommand, error: unknown): CommandError {
  if (CommandError.is(error)) return asCommandError(command, error);
  return new CommandError("CANCELLED", `${command.name}: the source of its stream failed`, {
    outcome: "MAY_HAVE_RUN",
    command: command.name,
    cause: error,
  });
}
