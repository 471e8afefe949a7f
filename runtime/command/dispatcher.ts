import type { Reader } from "../bytes/reader.ts";
import { CommandError } from "../errors/command-error.ts";
import { decodeRest } from "../schema/codec.ts";
import type { Grantable } from "../session/credit.ts";
import { FrameType } from "../session/frame.ts";
import type { Limits } from "../session/limits.ts";
import type { Outbox } from "../session/outbox.ts";
import { ByPriority, Priority } from "../session/priority.ts";
import { ProtocolError } from "../session/protocol-error.ts";
import type { SessionCore } from "../session/session-core.ts";
import { Pace } from "../time/pace.ts";
import type { Timer } from "../time/timers.ts";
import { Answers } from "./answers.ts";
import { Barriers } from "./barriers.ts";
import { commandBegun } from "./command-begun.ts";
import { CommandTable } from "./command-table.ts";
import type { ParkedHandle, ParkedReplies } from "./deferred.ts";
import { limitError } from "./failure.ts";
import type { CommandReceiver, ReceiverOptions } from "./handler-side.ts";
import { IncomingClass } from "./incoming-class.ts";
import { IncomingCommand } from "./incoming-command.ts";
import { IncomingOneWays } from "./incoming-one-ways.ts";
import type { QueueHost } from "./incoming-queue.ts";
import { type Intake, Intakes } from "./intake.ts";
import { checkSize, type SizedCommand } from "./oversize.ts";
import { abandonedError, drainingError, lateError, letGoError, overloadedError } from "./refusals.ts";
import { type Registration, type Registry, resolveCommand, travellingForm } from "./registry.ts";
import type { SessionStreams } from "./session-streams.ts";
import type { Session } from "./session-type.ts";

// A constant of its own: every frame asks for it.
const { NORMAL } = Priority;

/** Handles the commands of the peer: accepts them within credit and limits, starts them in order, and keeps them until their end is sent. */
export class Dispatcher implements CommandReceiver, QueueHost {
  readonly #options: ReceiverOptions;
  readonly registry: Registry;
  readonly parked: ParkedReplies;
  readonly #core: SessionCore;
  readonly #intakes: Intakes<Registration>;
  readonly #classes: ByPriority<IncomingClass>;
  /** Commands whose end was not sent yet, by id. */
  readonly #open = new CommandTable<IncomingCommand>();
  /** Undefined until there was one. */
  #oneWays: IncomingOneWays | undefined;
  /** Undefined until there was one. */
  #barriers: Barriers | undefined;
  readonly #pace: Pace | undefined;
  readonly answers: Answers;
  #streams = 0;
  #parkedHere = 0;
  #holds = 0;
  draining = false;
  handled = 0;

  constructor(options: ReceiverOptions, registry: Registry, parked: ParkedReplies) {
    this.#options = options;
    this.registry = registry;
    this.parked = parked;
    this.#core = options.core;
    this.answers = new Answers(options);
    this.#intakes = new Intakes(options, this);
    const { commandsPerSecond } = options.limits;
    if (commandsPerSecond < Number.POSITIVE_INFINITY)
      this.#pace = new Pace(commandsPerSecond, commandsPerSecond, options.timers, () => this.#pump());
    this.#classes = new ByPriority(this.#makeClass(NORMAL));
  }

  get session(): Session {
    return this.#options.session;
  }

  get limits(): Limits {
    return this.#options.limits;
  }

  get streams(): SessionStreams {
    return this.#options.host.streams;
  }

  get pending(): number {
    return this.#open.size + (this.#oneWays?.pending ?? 0);
  }

  get oneWaysRefused(): number {
    return this.#oneWays?.refused ?? 0;
  }

  get volatileRefused(): number {
    return this.#oneWays?.volatileRefused ?? 0;
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

  hold(): () => void {
    this.#holds++;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#holds--;
      this.#pump();
    };
  }

  retry(): void {
    this.#pump();
  }

  request(body: Reader, size: number, priority: Priority): void {
    const came = this.#class(priority);
    const highest = this.#intakes.highestId;
    const id = came.intake.id(body);
    if (id <= highest && this.#open.get(id) !== undefined)
      throw new ProtocolError(`command id ${id} is that of a command of another class`);
    if (this.#open.size >= this.limits.commandsInFlight)
      throw new ProtocolError(`more than ${this.limits.commandsInFlight} commands are in flight (limit commandsInFlight)`);
    const command = this.command(came, this.#known(came.intake.head(body, size), id, body), id, body, size);
    if (command.stream && ++this.#streams > this.limits.streams)
      throw new ProtocolError(`more than ${this.limits.streams} streams are open (limit streams)`);
    this.#open.add(command);
    came.push(command, body);
  }

  send(body: Reader, size: number, priority: Priority): void {
    const came = this.#class(priority);
    const registration = this.#known(came.intake.head(body, size), 0, body);
    this.#oneWays ??= new IncomingOneWays(this);
    this.#oneWays.send(came, registration, body, size);
  }

  volatile(body: Reader, size: number, priority: Priority): void {
    const came = this.#class(priority);
    const registration = this.#known(came.intake.volatileHead(body), 0, body);
    this.#oneWays ??= new IncomingOneWays(this);
    this.#oneWays.volatile(came, registration, body, size);
  }

  cancel(id: number, priority: Priority): void {
    const command = this.#find(id, priority);
    if (command === undefined) return;
    const { name } = command.command;
    command.stop(new CommandError("CANCELLED", `${name} was cancelled by its caller`, { outcome: command.outcome, command: name }));
  }

  item(id: number, body: Reader, size: number, priority: Priority): void {
    const command = this.#find(id, priority);
    if (command === undefined || command.registration.refusal !== undefined) return;
    if (command.reader === undefined) throw new ProtocolError(`command ${id} takes no stream`);
    try {
      command.reader.push(size + (command.requestType.spared?.(body) ?? 0), () => {
        // The reader takes it in a later turn: nothing in it may refer to the record.
        body.views = false;
        checkSize(travellingForm(command.registration), body);
        return decodeRest(command.requestType, body, this.limits.decodeElements);
      });
    } catch (error) {
      if (!CommandError.is(error)) throw error;
      command.stop(this.answers.thrown(command.command, error, command.outcome));
    }
  }

  endOfItems(id: number, priority: Priority): void {
    const command = this.#find(id, priority);
    if (command === undefined || command.registration.refusal !== undefined) return;
    if (command.reader === undefined) throw new ProtocolError(`command ${id} takes no stream`);
    command.completeItems(command.reader);
  }

  credit(id: number, items: number, bytes: number): void {
    this.#intakes.checkStarted(id);
    this.#open.get(id)?.writer?.grant(items, bytes);
  }

  restate(): void {
    this.#intakes.restate();
    for (const command of this.#open.all) command.reader?.restate();
  }

  skip(body: Reader, priority: Priority): void {
    const came = this.#class(priority);
    came.intake.skip(body);
    came.skip();
  }

  commandOf(type: FrameType, body: Reader, priority: Priority): SizedCommand | undefined {
    if (type === FrameType.ITEM) return travellingForm(this.#open.get(body.uintNumber())?.registration);
    return commandBegun(type, body, this.registry, this.#class(priority).intake);
  }

  barrier(body: Reader, priority: Priority): void {
    if (body.position !== body.end) throw new ProtocolError("a BARRIER frame has something in it");
    this.#class(priority).barrier();
  }

  lost(why: () => CommandError): void {
    this.#pace?.stop();
    for (const came of this.#classes.all) came.clear();
    if (this.pending === 0) return;
    const error = why();
    for (const command of this.#open.all) command.lost(error);
    this.#oneWays?.lost(error);
  }

  // What commands ask of the dispatcher.

  /** On the timers' scale; 0 for none. */
  deadlineAt(timeoutMs: number): number {
    return timeoutMs === 0 ? 0 : this.now() + timeoutMs;
  }

  grant(command: IncomingCommand, window: Grantable): void {
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

  answerFailure(command: IncomingCommand, error: CommandError): void {
    if (command.id !== 0) this.answers.fail(command, error);
    else this.#oneWays!.refused++;
  }

  /** The next in order may start. */
  settled(command: IncomingCommand, failed: boolean): void {
    command.came.settled(command, failed);
  }

  /** The command's end was sent. */
  finished(command: IncomingCommand): void {
    if (command.id === 0) {
      if (this.#oneWays!.finished(command, this.limits.commandsInFlight)) this.#pump();
    } else {
      this.#open.delete(command.id);
      if (command.stream) {
        this.#streams--;
        this.#core.owed.forget(command.id);
      }
    }
    this.idle();
  }

  /** Something came to an end. */
  idle(): void {
    this.#options.host.idle();
  }

  /** A command that came, and is not to be called by its handler's side at once. */
  command(came: IncomingClass, registration: Registration, id: number, body: Reader, size: number): IncomingCommand {
    const command = new IncomingCommand(this, registration, came, id, size);
    const { name } = registration.command;
    if (body.missing !== undefined) command.stop(letGoError(name, body.missing));
    // Nobody can be told that a one-way is refused, so it still runs.
    if (this.draining && id !== 0) command.stop(drainingError(name));
    return command;
  }

  /** What stands for the command's name, checked against how it came, and its message against its size. */
  #known(registration: Registration, id: number, body: Reader): Registration {
    const { kind } = registration.command;
    if (registration.refusal === undefined && (kind === "one_way") !== (id === 0))
      throw new ProtocolError(`a ${kind} command came as ${id === 0 ? "SEND" : "REQUEST"}`);
    checkSize(travellingForm(registration), body);
    return registration;
  }

  // What the classes ask of the dispatcher.

  /** What a name stands for here. */
  resolve(name: string, kind: number): Registration {
    const { schemas, compression } = this.#options;
    return resolveCommand(this.registry, name, kind, schemas, compression);
  }

  mayStart(outbox: Outbox): boolean {
    return this.#holds === 0 && outbox.room && (this.#oneWays?.running ?? 0) < this.limits.commandsInFlight && (this.#pace?.open ?? true);
  }

  start(command: IncomingCommand, body: Reader, abandoned: boolean): void {
    if (command.credited) command.came.intake.taken(command.size);
    this.#pace?.take();
    const refusal = this.#refusal(command, abandoned);
    if (refusal !== undefined) {
      command.fail(refusal);
      return;
    }
    this.handled++;
    const { use } = command.registration;
    if (use !== undefined) use.calls++;
    if (command.id === 0) this.#oneWays!.started();
    command.run(body);
  }

  /** A one-way starts without having been a command; `size` is -1 where it took no credit. */
  starts(intake: Intake<Registration>, size: number): void {
    if (size >= 0) intake.taken(size);
    this.#pace?.take();
    this.handled++;
  }

  #refusal(command: IncomingCommand, abandoned: boolean): CommandError | undefined {
    const { name, critical } = command.command;
    if (abandoned) return abandonedError(name);
    const refusal = command.stopped ?? command.registration.refusal;
    if (refusal !== undefined) return refusal;
    // Nobody can be told that a one-way is refused, so it still runs.
    if (command.id !== 0 && this.retryAfterMs > 0 && !critical) return overloadedError(name, this.retryAfterMs);
    return command.waited && command.deadlineAt !== 0 && this.now() >= command.deadlineAt ? lateError(name) : undefined;
  }

  /** 0 unless new work is to be refused. */
  get retryAfterMs(): number {
    return this.#options.load?.retryAfterMs ?? 0;
  }

  /** The command, if it has not ended. */
  #find(id: number, priority: Priority): IncomingCommand | undefined {
    this.#intakes.of(priority).checkStarted(id);
    const command = this.#open.get(id);
    if (command !== undefined && command.priority !== priority)
      throw new ProtocolError(`a frame about command ${id} came in another class`);
    return command;
  }

  /** Starts what may start, the most urgent first. */
  #pump(): void {
    for (const came of this.#classes.all) came.pump();
  }

  reach(priority: Priority, barrier: number): boolean {
    this.#barriers ??= new Barriers();
    if (this.#barriers.reach(priority, barrier)) this.#pump();
    return barrier <= this.#barriers.opened;
  }

  #class(priority: Priority): IncomingClass {
    if (priority === NORMAL) return this.#classes.normal;
    return this.#classes.get(priority) ?? this.#classes.add(priority, this.#makeClass(priority));
  }

  #makeClass(priority: Priority): IncomingClass {
    return new IncomingClass(this.#intakes.of(priority), this.#core.outboxes.of(priority), this);
  }
}
