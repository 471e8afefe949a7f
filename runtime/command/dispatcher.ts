import type { Reader } from "../bytes/reader.ts";
import { CommandError } from "../errors/command-error.ts";
import { decodeRest } from "../schema/codec.ts";
import { CreditWindow } from "../session/credit.ts";
import { CommandFlag, FrameType, maxBodyBytes } from "../session/frame.ts";
import type { Limits, PeerLimits } from "../session/limits.ts";
import { ProtocolError } from "../session/protocol-error.ts";
import type { Session as SessionCore } from "../session/session.ts";
import { Pace } from "../time/pace.ts";
import type { Timer, Timers } from "../time/timers.ts";
import { Answers } from "./answers.ts";
import type { ParkedHandle, ParkedReplies } from "./deferred.ts";
import { limitError } from "./failure.ts";
import { IncomingCommand } from "./incoming-command.ts";
import { IncomingQueue } from "./incoming-queue.ts";
import type { Load } from "./load.ts";
import { CommandNumbers } from "./names.ts";
import { type Registration, type Registry, resolveCommand } from "./registry.ts";
import type { Session } from "./session-type.ts";
import type { StreamSink } from "./stream-writer.ts";

export interface DispatcherOptions {
  readonly core: SessionCore;
  readonly session: Session;
  readonly registry: Registry;
  /** 1 when the peer is the client, whose command ids are odd; 0 when it is the server. */
  readonly peerParity: 0 | 1;
  readonly limits: Limits;
  readonly peerLimits: PeerLimits;
  readonly timers: Timers;
  readonly wallNow: () => number;
  readonly parked: ParkedReplies;
  /** Logs what the peer is not told, and returns the id under which it is found. */
  readonly incident: (what: string, error: unknown) => string;
  /** Default: new work is always taken. */
  readonly load?: Load | undefined;
  /** Something came to an end; somebody may wait for that. */
  readonly idle: () => void;
}

/** Handles the commands of the peer: accepts them within credit and limits, starts them in order, and keeps them until their end is sent. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #core: SessionCore;
  readonly #numbers: CommandNumbers<Registration>;
  readonly #window: CreditWindow;
  /** Commands whose end was not sent yet, by id. */
  readonly #open = new Map<number, IncomingCommand>();
  /** One-ways that wait or run. */
  readonly #oneWays = new Set<IncomingCommand>();
  readonly #queue: IncomingQueue;
  readonly #pace: Pace | undefined;
  readonly answers: Answers;
  #lastId = 0;
  #lastFlags = 0;
  #streams = 0;
  #runningOneWays = 0;
  #parkedHere = 0;
  /** Answered commands that arrive from now on are refused. */
  draining = false;
  handled = 0;
  oneWaysRefused = 0;
  volatileRefused = 0;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#core = options.core;
    this.answers = new Answers(options);
    this.#window = new CreditWindow(options.limits.queuedCommands, options.limits.queuedBytes);
    this.#numbers = new CommandNumbers(options.limits.commandNames, (name, kind) => resolveCommand(options.registry, name, kind));
    const { commandsPerSecond } = options.limits;
    if (commandsPerSecond < Number.POSITIVE_INFINITY)
      this.#pace = new Pace(commandsPerSecond, commandsPerSecond, options.timers, () => this.#queue.pump());
    this.#queue = new IncomingQueue({
      mayStart: () => this.#core.outbox.room && this.#runningOneWays < options.limits.commandsInFlight && (this.#pace?.open ?? true),
      start: (command, body, abandoned) => this.#start(command, body, abandoned),
    });
  }

  get session(): Session {
    return this.#options.session;
  }

  get registry(): Registry {
    return this.#options.registry;
  }

  get limits(): Limits {
    return this.#options.limits;
  }

  get peerLimits(): PeerLimits {
    return this.#options.peerLimits;
  }

  get parked(): ParkedReplies {
    return this.#options.parked;
  }

  /** Commands that wait, run or are parked. */
  get pending(): number {
    return this.#open.size + this.#oneWays.size;
  }

  now(): number {
    return this.#options.timers.now();
  }

  wallNow(): number {
    return this.#options.wallNow();
  }

  after(at: number, run: () => void): Timer {
    return this.#options.timers.after(Math.max(0, at - this.now()), run);
  }

  /** Starts nothing until the returned function is called. */
  hold(): () => void {
    return this.#queue.pause();
  }

  /** There may be room for replies again. */
  retry(): void {
    this.#queue.pump();
    for (const command of this.#open.values()) command.writer?.retry();
  }

  /** A REQUEST frame. */
  request(body: Reader, size: number): void {
    const id = body.uintNumber();
    this.#follow(id);
    if (this.#open.size >= this.limits.commandsInFlight)
      throw new ProtocolError(`more than ${this.limits.commandsInFlight} commands are in flight (limit commandsInFlight)`);
    const command = this.#accept(id, body, size);
    if (command.stream && ++this.#streams > this.limits.streams)
      throw new ProtocolError(`more than ${this.limits.streams} streams are open (limit streams)`);
    this.#open.set(id, command);
    this.#queue.push(command, body);
  }

  /** A SEND frame. */
  send(body: Reader, size: number): void {
    const command = this.#accept(0, body, size);
    this.#oneWays.add(command);
    this.#queue.push(command, body);
  }

  /** A SEND_VOLATILE frame. It may take half the queue, which nobody else needs then, and is dropped beyond. */
  volatile(body: Reader, size: number): void {
    const registration = this.#numbers.readKnown(body);
    const timeoutMs = body.uintNumber();
    this.#checkKind(registration, 0);
    this.#lastFlags = 0;
    const { queuedCommands, queuedBytes } = this.limits;
    const full = 2 * this.#queue.length >= queuedCommands || 2 * this.#queue.bytes >= queuedBytes;
    if (full || (this.#retryAfterMs > 0 && !registration.command.critical)) {
      this.volatileRefused++;
      return;
    }
    const command = new IncomingCommand(this, registration, 0, 0, this.#deadlineAt(timeoutMs), size);
    command.credited = false;
    this.#oneWays.add(command);
    this.#queue.push(command, body);
  }

  cancel(id: number): void {
    const command = this.#find(id);
    if (command === undefined) return;
    const { name } = command.command;
    command.stop(new CommandError("CANCELLED", `${name} was cancelled by its caller`, { outcome: command.outcome, command: name }));
  }

  item(id: number, body: Reader, size: number): void {
    const command = this.#find(id);
    if (command === undefined || command.registration.refusal !== undefined) return;
    if (command.reader === undefined) throw new ProtocolError(`command ${id} takes no stream`);
    try {
      command.reader.push(size, () => {
        // The reader takes it in a later turn: nothing in it may refer to the record.
        body.views = false;
        return decodeRest(command.command.request, body, this.limits.decodeElements);
      });
    } catch (error) {
      if (!CommandError.is(error)) throw error;
      command.stop(this.answers.thrown(command.command, error, command.outcome));
    }
  }

  endOfItems(id: number): void {
    const command = this.#find(id);
    if (command === undefined || command.registration.refusal !== undefined) return;
    if (command.reader === undefined) throw new ProtocolError(`command ${id} takes no stream`);
    command.reader.complete();
  }

  credit(id: number, items: number, bytes: number): void {
    this.#find(id)?.writer?.grant(items, bytes);
  }

  /** Tells every open window again: the session goes on over another connection. */
  restate(): void {
    this.#core.owed.grant(0, this.#window);
    for (const command of this.#open.values()) command.reader?.restate();
  }

  /** A VOID frame: what stood here was given up before it was accepted. */
  skip(body: Reader): void {
    const id = body.uintNumber();
    if (id !== 0) this.#follow(id);
    const size = body.uint32();
    const most = maxBodyBytes(FrameType.REQUEST, this.limits.messageBytes);
    if (size > most) throw new ProtocolError(`a VOID frame stands for ${size} bytes; the limit is ${most}`);
    if (!this.#window.receive(size)) throw new ProtocolError("a command was sent without credit");
    if (this.#window.take(size)) this.#core.owed.grant(0, this.#window);
    if (body.position < body.end) this.#numbers.read(body);
    if (body.position !== body.end) throw new ProtocolError("a VOID frame has more in it than an id and a name");
    this.#lastFlags = CommandFlag.ORDERED;
    this.#queue.skip();
  }

  /** The session is lost: everything under way is stopped, nothing more is sent. */
  lost(error: CommandError): void {
    this.#pace?.stop();
    this.#queue.clear();
    for (const command of [...this.#open.values(), ...this.#oneWays]) {
      if (command.state === "queued") command.fail(error);
      else command.stop(error);
    }
  }

  // What commands ask of the dispatcher.

  grant(command: IncomingCommand, window: CreditWindow): void {
    if (command.state !== "ended") this.#core.owed.grant(command.id, window);
  }

  park(command: IncomingCommand, deadlineAt: number): ParkedHandle {
    const limit = this.limits.parkedReplies;
    if (this.#parkedHere >= limit)
      throw limitError("parkedReplies", limit, `${this.#parkedHere} replies of this session are parked`, command.command, "MAY_HAVE_RUN");
    this.#parkedHere++;
    return this.parked.park(command, deadlineAt);
  }

  unpark(handle: ParkedHandle): void {
    this.#parkedHere--;
    this.parked.unpark(handle);
  }

  itemSink(command: IncomingCommand): StreamSink<unknown> {
    const { answers } = this;
    const { outbox } = this.#core;
    return {
      get room() {
        return outbox.room;
      },
      write: (item) => {
        try {
          return answers.item(command.id, command.command, item);
        } catch (error) {
          throw answers.unsendable(command.command, error);
        }
      },
    };
  }

  answerFailure(command: IncomingCommand, error: CommandError): void {
    if (command.id !== 0) this.answers.fail(command.id, command.command, error);
    else this.oneWaysRefused++;
  }

  /** The next in order may start. */
  settled(command: IncomingCommand, failed: boolean): void {
    this.#queue.settled(command, failed);
  }

  /** The command's end was sent. */
  finished(command: IncomingCommand): void {
    if (command.id === 0) this.#finishedOneWay(command);
    else {
      this.#open.delete(command.id);
      if (command.stream) this.#streams--;
      this.#core.owed.forget(command.id);
    }
    this.#options.idle();
  }

  #follow(id: number): void {
    if (id <= this.#lastId || id % 2 !== this.#options.peerParity)
      throw new ProtocolError(`command id ${id} does not follow ${this.#lastId}`);
    this.#lastId = id;
  }

  #accept(id: number, body: Reader, size: number): IncomingCommand {
    const registration = this.#numbers.read(body);
    const flags = body.uint32();
    const timeoutMs = body.uintNumber();
    this.#checkFlags(flags);
    this.#checkKind(registration, id);
    if (!this.#window.receive(size)) throw new ProtocolError("a command was sent without credit");
    const command = new IncomingCommand(this, registration, id, flags, this.#deadlineAt(timeoutMs), size);
    const { name } = registration.command;
    // Nobody can be told that a one-way is refused, so it still runs.
    if (this.draining && id !== 0)
      command.stop(new CommandError("UNAVAILABLE", `${name}: this side takes no new commands, it is draining`, { outcome: "NOT_RUN" }));
    return command;
  }

  #checkKind({ command: { kind }, refusal }: Registration, id: number): void {
    if (refusal === undefined && (kind === "one_way") !== (id === 0))
      throw new ProtocolError(`a ${kind} command came as ${id === 0 ? "SEND" : "REQUEST"}`);
  }

  #deadlineAt(timeoutMs: number): number {
    return timeoutMs === 0 ? 0 : this.now() + timeoutMs;
  }

  #checkFlags(flags: number): void {
    if (flags > (CommandFlag.ORDERED | CommandFlag.AFTER_SUCCESS)) throw new ProtocolError(`unknown command flags ${flags}`);
    if ((flags & CommandFlag.AFTER_SUCCESS) !== 0 && (this.#lastFlags & CommandFlag.ORDERED) === 0)
      throw new ProtocolError("a command depends on the one before it, which is not ordered");
    this.#lastFlags = flags;
  }

  #start(command: IncomingCommand, body: Reader, abandoned: boolean): void {
    if (command.credited && this.#window.take(command.size)) this.#core.owed.grant(0, this.#window);
    this.#pace?.take();
    const refusal = this.#refusal(command, abandoned);
    if (refusal !== undefined) {
      command.fail(refusal);
      return;
    }
    this.handled++;
    if (command.id === 0) this.#runningOneWays++;
    command.run(body);
  }

  #refusal(command: IncomingCommand, abandoned: boolean): CommandError | undefined {
    const { name } = command.command;
    if (abandoned) return new CommandError("ABORTED", `${name}: the command before it in its batch failed`, { outcome: "NOT_RUN" });
    const refusal = command.stopped ?? command.registration.refusal;
    if (refusal !== undefined) return refusal;
    // Nobody can be told that a one-way is refused, so it still runs.
    if (this.#retryAfterMs > 0 && command.id !== 0 && !command.command.critical)
      return new CommandError("RESOURCE_EXHAUSTED", `${name}: this side is overloaded and takes no new commands`, {
        outcome: "NOT_RUN",
        retryAfterMs: this.#retryAfterMs,
      });
    if (command.deadlineAt !== 0 && this.now() >= command.deadlineAt)
      return new CommandError("DEADLINE_EXCEEDED", `${name} waited for its turn until its deadline`, { outcome: "NOT_RUN" });
    return undefined;
  }

  /** 0 unless new work is to be refused. */
  get #retryAfterMs(): number {
    return this.#options.load?.retryAfterMs ?? 0;
  }

  #finishedOneWay(command: IncomingCommand): void {
    this.#oneWays.delete(command);
    if (!command.ran) return;
    // Where as many run as may, the queue waits for this.
    if (this.#runningOneWays-- === this.limits.commandsInFlight) this.#queue.pump();
  }

  /** The command, if it has not ended. */
  #find(id: number): IncomingCommand | undefined {
    if (id > this.#lastId) throw new ProtocolError(`command ${id} was never started`);
    return this.#open.get(id);
  }
}
