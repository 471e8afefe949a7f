import { readFailure } from "../../generated/zserver/protocol/v1/session.ts";
import type { Reader } from "../bytes/reader.ts";
import { CommandError } from "../errors/command-error.ts";
import type { Caller, CallOptions } from "../schema/caller.ts";
import type { CommandType } from "../schema/service-type.ts";
import { countOf } from "../session/counts.ts";
import { FrameType } from "../session/frame.ts";
import type { Limits, PeerLimits } from "../session/limits.ts";
import type { Priority } from "../session/priority.ts";
import { ProtocolError } from "../session/protocol-error.ts";
import type { SessionCore } from "../session/session-core.ts";
import type { SessionEnd } from "../session/session-end.ts";
import type { Timers } from "../time/timers.ts";
import { lostError, unsentError } from "./call-errors.ts";
import { checkCallOptions } from "./call-options.ts";
import { CommandTable } from "./command-table.ts";
import { failureFromWire, limitError } from "./failure.ts";
import { type BatchPlace, noBatch, OutgoingCall, type Submitted } from "./outgoing-call.ts";
import { type OutgoingClass, OutgoingClasses } from "./outgoing-class.ts";
import { OutgoingStreams, type Requests } from "./outgoing-stream.ts";
import { abandonedError } from "./refusals.ts";
import type { AnyCommand } from "./registry.ts";
import type { SessionSchemas } from "./schema/session-schemas.ts";
import type { LostOneWays } from "./sent-one-ways.ts";
import type { SessionStreams } from "./session-streams.ts";
import type { Compression } from "./travelling.ts";

export interface CallerOptions {
  readonly core: SessionCore;
  readonly schemas: SessionSchemas;
  readonly limits: Limits;
  readonly peerLimits: PeerLimits;
  readonly compression?: Compression | undefined;
  readonly timers: Timers;
  /** A client's command ids are odd, a server's even. */
  readonly role: "client" | "server";
  /** Deadline of unary commands whose schema states none. */
  readonly defaultTimeoutMs: number;
  /** How long a send may wait for room or credit. */
  readonly sendTimeoutMs: number;
  readonly host: CallerHost;
}

/** Whose commands they are. */
export interface CallerHost {
  readonly streams: SessionStreams;
  /** A one-way was not sent. */
  oneWayFailed(error: CommandError): void;
  /** The session ended, and nobody knows of these one-ways whether they were accepted. */
  oneWaysLost(lost: LostOneWays): void;
  /** Something came to an end; somebody may wait for that. */
  idle(): void;
}

/** The options of a call without any: nothing to check. */
const noOptions: CallOptions = {};
/** What every one-way that leaves at once comes to. */
const sentAtOnce: Submitted & { readonly result: Promise<void> } = { result: Promise.resolve(), unsent: false };

/** Calls the commands of the peer, and settles each call exactly once. */
export class SessionCaller implements Caller {
  readonly #options: CallerOptions;
  readonly #core: SessionCore;
  readonly classes: OutgoingClasses;
  readonly #streams: OutgoingStreams;
  #calls = new CommandTable<OutgoingCall>();
  #pending = 0;
  #pendingStreams = 0;
  #nextId: number;
  #refusal: ((command: string) => CommandError) | undefined;

  constructor(options: CallerOptions) {
    this.#options = options;
    this.#core = options.core;
    this.#nextId = options.role === "client" ? 1 : 2;
    this.#streams = new OutgoingStreams(options, this);
    this.classes = new OutgoingClasses(options, this);
  }

  /** Whether anything is expected of the peer: an answer, room or credit. */
  get waiting(): boolean {
    return this.#pending > 0 || this.classes.waiting;
  }

  /** Calls whose end the peer has not sent. */
  get pending(): number {
    return this.#pending;
  }

  unary<Q, QI, R, RI>(command: CommandType<Q, QI, R, RI, "unary">, request: QI, options: CallOptions = noOptions): Promise<R> {
    return this.submit(command as AnyCommand, request, options).result as Promise<R>;
  }

  oneWay<Q, QI, R, RI>(command: CommandType<Q, QI, R, RI, "one_way">, request: QI, options: CallOptions = noOptions): Promise<void> {
    return this.submit(command as AnyCommand, request, options).result as Promise<void>;
  }

  serverStream<Q, QI, R, RI>(
    command: CommandType<Q, QI, R, RI, "server_stream">,
    request: QI,
    options: CallOptions = noOptions,
  ): AsyncIterable<R> {
    return this.#openStream(command as AnyCommand, request, undefined, options).reader as AsyncIterable<R>;
  }

  clientStream<Q, QI, R, RI>(
    command: CommandType<Q, QI, R, RI, "client_stream">,
    requests: AsyncIterable<QI> | Iterable<QI>,
    options: CallOptions = noOptions,
  ): Promise<R> {
    return this.#openStream(command as AnyCommand, undefined, requests, options).result as Promise<R>;
  }

  bidiStream<Q, QI, R, RI>(
    command: CommandType<Q, QI, R, RI, "bidi_stream">,
    requests: AsyncIterable<QI> | Iterable<QI>,
    options: CallOptions = noOptions,
  ): AsyncIterable<R> {
    return this.#openStream(command as AnyCommand, undefined, requests, options).reader as AsyncIterable<R>;
  }

  /** Sends a unary or one-way command. The rejection of a one-way is handled, counted and reported. */
  submit(called: AnyCommand, request: unknown, options: CallOptions, place: BatchPlace = noBatch): Submitted {
    const command = this.classes.travelling(called);
    if (command.kind === "one_way") return this.#submitOneWay(command, request, options, place);
    const call = new OutgoingCall(command, place, this.classes.of(place.priority ?? command.priority));
    this.#start(call, request, options);
    return call;
  }

  /** Counts a one-way that was not sent, and reports it. */
  oneWayFailed(error: CommandError): void {
    this.#options.host.oneWayFailed(error);
  }

  /** Refuses commands from now on: draining. */
  refuse(refusal: (command: string) => CommandError): void {
    this.#refusal = refusal;
  }

  /** There may be room again. */
  retry(): void {
    this.classes.retry();
  }

  /** A frame about a command of this side. */
  frame(type: FrameType, id: number, body: Reader, size: number, priority: Priority): void {
    const call = this.#calls.get(id);
    if (call === undefined) {
      if (id >= this.#nextId) throw new ProtocolError(`command ${id} was never started`);
      return;
    }
    if (call.leaves.priority !== priority) throw new ProtocolError(`a frame about command ${id} came in another class`);
    const { decodeElements } = this.#options.limits;
    if (type === FrameType.ITEM) {
      const unreadable = call.item(body, size, decodeElements);
      if (unreadable !== undefined) this.cancel(call, unreadable);
      return;
    }
    if (type === FrameType.CANCEL) {
      call.stopRequests();
      return;
    }
    let failure: CommandError | undefined;
    if (type === FrameType.REPLY) failure = call.reply(body, decodeElements);
    else if (type === FrameType.END) call.finish();
    else if (type === FrameType.FAIL) failure = failureFromWire(readFailure(body, body.end), call.command.name);
    else throw new ProtocolError(`a frame of type ${type} for a command of this side`);
    if (failure !== undefined) this.#fail(call, failure);
    this.#calls.delete(id);
    if (call.stream) this.#core.owed.forget(id);
    this.#uncount(call);
  }

  /** The command of an answer that is still coming. */
  commandOf(id: number): AnyCommand | undefined {
    return this.#calls.get(id)?.command;
  }

  credit(id: number, items: number, bytes: number, priority: Priority): void {
    if (id === 0) {
      const credited = this.classes.find(priority);
      if (credited === undefined) throw new ProtocolError(`credit for commands of class ${priority}, in which none was sent`);
      if (credited.sender.grant(items, bytes)) credited.sender.retry();
    } else if (id >= this.#nextId) throw new ProtocolError(`credit for command ${id}, which was never started`);
    else this.#calls.get(id)?.writer?.grant(items, bytes);
  }

  /** Gives a call up: its caller gets the error, the peer is told. The peer's end is still awaited, so that its slot stays counted. */
  cancel(call: OutgoingCall, error: CommandError): void {
    if (call.settled) return;
    this.#fail(call, error);
    if (!call.sent || this.#core.ended) return;
    this.#core.begin(FrameType.CANCEL, call.leaves.priority).uintNumber(call.id);
    this.#core.end();
  }

  /** Tells every open window again: the session goes on over another connection. Not of commands that the peer has yet to see. */
  restate(): void {
    for (const call of this.#calls.all) if (call.sequence <= call.leaves.outbox.accepted) call.reader?.restate();
  }

  /** Whether somebody still waits for the command with this id. */
  wants(id: number): boolean {
    return this.#calls.get(id)?.settled === false;
  }

  /** The peer never accepted this command and never will: its end is not awaited. */
  voided(id: number): void {
    const call = this.#calls.get(id);
    if (call === undefined) return;
    const { name } = call.command;
    this.#fail(
      call,
      new CommandError("DEADLINE_EXCEEDED", `${name}: no connection within its time`, { outcome: "NOT_RUN", command: name }),
    );
    this.#calls.delete(id);
    this.#core.owed.forget(id);
    this.#uncount(call);
  }

  /** A one-way that was never accepted goes as VOID. Its promise has resolved, so its failure is told as an event. */
  oneWayTooLate(number: number, priority: Priority): void {
    const error = this.classes.find(priority)?.sentOneWays.tooLate(number);
    if (error !== undefined) this.oneWayFailed(error);
  }

  /** Every pending item is rejected, with what is known of it. */
  lost(end: SessionEnd): void {
    this.#refusal = (command) => lostError(end, command, "NOT_RUN");
    this.classes.lost(end);
    for (const call of this.#calls.all) {
      const { outbox, priority } = call.leaves;
      const notRun = call.sequence > outbox.flushed || (end.accepted !== undefined && call.sequence > countOf(end.accepted, priority));
      this.#fail(call, lostError(end, call.command.name, notRun ? "NOT_RUN" : "MAY_HAVE_RUN"));
      this.#uncount(call);
    }
    this.#calls = new CommandTable();
  }

  #submitOneWay(command: AnyCommand, request: unknown, options: CallOptions, place: BatchPlace): Submitted {
    const leaves = this.classes.of(place.priority ?? command.priority);
    // In a batch others wait for it to end, so there it must arrive.
    if (command.delivery === "VOLATILE" && place === noBatch) return leaves.volatile.submit(command, request, options);
    if (this.#sendsAtOnce(leaves, command, request, options, place)) return sentAtOnce;
    const call = new OutgoingCall(command, place, leaves);
    call.result.catch(() => {});
    this.#start(call, request, options);
    return call;
  }

  /** The usual way of a one-way, which makes no object. What does not go well is left to the unusual way. */
  #sendsAtOnce(leaves: OutgoingClass, command: AnyCommand, request: unknown, options: CallOptions, place: BatchPlace): boolean {
    if (this.#refusal !== undefined || place.after?.unsent || !leaves.sender.free) return false;
    try {
      this.check(command, options);
      leaves.sender.spend(this.#oneWay(leaves, command, request, false, place.flags, options.timeoutMs ?? command.timeoutMs ?? 0));
      return true;
    } catch {
      return false;
    }
  }

  #openStream(command: AnyCommand, request: unknown, requests: Requests | undefined, options: CallOptions): OutgoingCall {
    const call = new OutgoingCall(this.classes.travelling(command), noBatch, this.classes.of(command.priority));
    this.#streams.attach(call);
    // A stream tells its failure to its reader; the promise is only for those without one.
    if (call.reader !== undefined) call.result.catch(() => {});
    this.#start(call, request, options);
    if (call.writer !== undefined) this.#streams.pump(call, call.writer, requests!);
    return call;
  }

  #start(call: OutgoingCall, request: unknown, options: CallOptions): void {
    const { command } = call;
    const { timers, defaultTimeoutMs } = this.#options;
    try {
      this.check(command, options);
      if (call.answered) this.#checkInFlight(call);
      const timeoutMs = options.timeoutMs ?? (command.timeoutMs || (command.kind === "unary" ? defaultTimeoutMs : 0));
      call.timeoutMs = timeoutMs;
      call.leaves.sender.send(call, request);
      if (call.settled) return;
      this.#count(call);
      if (timeoutMs > 0) timers.start(call, timeoutMs);
      if (options.signal !== undefined) this.#listen(call, options.signal);
    } catch (error) {
      this.#fail(call, unsentError(command, error));
    }
  }

  /** Throws CommandError when nothing may be called, TypeError for impossible options. */
  check(command: AnyCommand, options: CallOptions): void {
    if (this.#refusal !== undefined) throw this.#refusal(command.name);
    if (options === noOptions) return;
    checkCallOptions(options);
    if (options.signal?.aborted) {
      const { reason } = options.signal;
      throw new CommandError("CANCELLED", "cancelled before it was sent", { outcome: "NOT_RUN", cause: reason });
    }
  }

  #checkInFlight({ command, stream }: OutgoingCall): void {
    const { commandsInFlight, streams } = this.#options.peerLimits;
    if (this.#pending >= commandsInFlight)
      throw limitError("commandsInFlight", commandsInFlight, `${this.#pending} commands are in flight`, command);
    if (stream && this.#pendingStreams >= streams)
      throw limitError("streams", streams, `${this.#pendingStreams} streams are open`, command);
  }

  /** Writes a call's first frame and returns the size that counts as credit. Throws CommandError. */
  write(call: OutgoingCall, request: unknown, encoded: boolean): number {
    const { command, place, leaves } = call;
    if (place.after?.unsent) throw abandonedError(command.name);
    // What waited has its message encoded, and is in the wheel.
    const timeoutMs = encoded && call.timeoutMs > 0 ? Math.max(1, call.due - this.#options.timers.now()) : call.timeoutMs;
    if (!call.answered) {
      const size = this.#oneWay(leaves, command, request, encoded, place.flags, timeoutMs);
      call.sent = true;
      call.succeed(undefined);
      return size;
    }
    const id = this.#nextId;
    const size = leaves.frames.command(id, command, request, encoded, place.flags, timeoutMs);
    this.#nextId += 2;
    call.id = id;
    call.sequence = leaves.outbox.numbered;
    call.sent = true;
    this.#calls.add(call);
    call.idle?.start();
    call.writer?.retry();
    return size;
  }

  #oneWay(leaves: OutgoingClass, command: AnyCommand, request: unknown, encoded: boolean, flags: number, timeoutMs: number): number {
    const size = leaves.frames.command(0, command, request, encoded, flags, timeoutMs);
    const { numbered, accepted } = leaves.outbox;
    leaves.sentOneWays.add(command, numbered, accepted);
    return size;
  }

  /** Gives a call up for a caller that wants no answer any more, or has waited too long for one. */
  stop(call: OutgoingCall, code: "DEADLINE_EXCEEDED" | "CANCELLED", what: string, cause?: unknown): void {
    const { name } = call.command;
    const outcome = this.#mayHaveLeft(call) ? "MAY_HAVE_RUN" : "NOT_RUN";
    this.cancel(call, new CommandError(code, `${name}: ${what}`, { outcome, command: name, cause }));
  }

  /** What no transport was given while there is none goes as VOID to the next one, once its caller has given up. */
  #mayHaveLeft({ sent, sequence, leaves }: OutgoingCall): boolean {
    return sent && !(this.#core.detached && sequence > leaves.outbox.flushed);
  }

  #listen(call: OutgoingCall, signal: AbortSignal): void {
    const abort = (): void => this.stop(call, "CANCELLED", "cancelled by its caller", signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    call.unlisten = () => signal.removeEventListener("abort", abort);
  }

  /** A call has had its time. */
  late(call: OutgoingCall): void {
    this.stop(call, "DEADLINE_EXCEEDED", `no answer within ${call.timeoutMs} ms (timeoutMs)`);
  }

  /** A call that waited will not be sent. */
  unsent(call: OutgoingCall, error: unknown): void {
    this.#fail(call, unsentError(call.command, error));
  }

  #fail(call: OutgoingCall, error: CommandError): void {
    if (call.settled) return;
    call.fail(error);
    if (!call.sent) this.#uncount(call);
    if (!call.answered) this.oneWayFailed(error);
  }

  #count(call: OutgoingCall): void {
    if (!call.answered) return;
    call.counted = true;
    this.#pending++;
    if (call.stream) this.#pendingStreams++;
  }

  #uncount(call: OutgoingCall): void {
    if (!call.counted) return;
    call.counted = false;
    this.#pending--;
    if (call.stream) this.#pendingStreams--;
    this.#options.host.idle();
  }
}
