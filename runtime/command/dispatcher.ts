import { Failure } from "../../generated/zserver/protocol/v1/session.ts";
import type { Reader } from "../bytes/reader.ts";
import { CommandError, type Outcome } from "../errors/command-error.ts";
import { CreditWindow } from "../session/credit.ts";
import { CommandFlag, FrameType, kindNumbers } from "../session/frame.ts";
import type { Limits, PeerLimits } from "../session/limits.ts";
import { ProtocolError } from "../session/protocol-error.ts";
import type { Session as SessionCore } from "../session/session.ts";
import type { Timer, Timers } from "../time/timers.ts";
import type { ParkedCommand, ParkedReplies } from "./deferred.ts";
import { failureToWire, limitError } from "./failure.ts";
import { IncomingCommand } from "./incoming-command.ts";
import { CommandNumbers } from "./names.ts";
import { IncomingQueue } from "./incoming-queue.ts";
import type { AnyCommand, Registration, Registry } from "./registry.ts";
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
  /** Something came to an end; somebody may wait for that. */
  readonly idle: () => void;
}

/** Handles the commands of the peer: accepts them within credit and limits, starts them in order, and sends what comes of them. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #core: SessionCore;
  readonly #numbers: CommandNumbers<Registration>;
  readonly #window: CreditWindow;
  readonly #open = new Map<number, IncomingCommand>();
  readonly #oneWays = new Set<IncomingCommand>();
  readonly #queue: IncomingQueue;
  #lastId = 0;
  #streams = 0;
  #parkedHere = 0;
  draining = false;
  handled = 0;
  oneWaysRefused = 0;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#core = options.core;
    this.#window = new CreditWindow(options.limits.queuedCommands, options.limits.queuedBytes);
    this.#numbers = new CommandNumbers(options.limits.commandNames, (name, kind) => resolve(options.registry, name, kind));
    this.#queue = new IncomingQueue({
      mayStart: () => this.#core.outbox.room && this.#oneWays.size < options.limits.commandsInFlight,
      start: (command, body) => this.#start(command, body),
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

  /** Commands whose end was not sent yet. */
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

  request(body: Reader, size: number): void {
    const id = body.uintNumber();
    if (id <= this.#lastId || id % 2 !== this.#options.peerParity)
      throw new ProtocolError(`command id ${id} does not follow ${this.#lastId}`);
    this.#lastId = id;
    if (this.#open.size >= this.limits.commandsInFlight)
      throw new ProtocolError(`more than ${this.limits.commandsInFlight} commands are in flight (limit commandsInFlight)`);
    const command = this.#accept(id, body, size);
    this.#open.set(id, command);
    if (command.stream && ++this.#streams > this.limits.streams)
      throw new ProtocolError(`more than ${this.limits.streams} streams are open (limit streams)`);
    this.#queue.push(command, body);
  }

  send(body: Reader, size: number): void {
    const command = this.#accept(0, body, size);
    this.#queue.push(command, body);
  }

  cancel(id: number): void {
    const command = this.#find(id);
    if (command === undefined) return;
    const { name } = command.registration.command;
    command.stop(new CommandError("CANCELLED", `${name} was cancelled by its caller`, { outcome: outcomeOf(command), command: name }));
  }

  item(id: number, body: Reader, size: number): void {
    const command = this.#find(id);
    if (command === undefined) return;
    if (command.registration.refusal !== undefined) return;
    if (command.reader === undefined) throw new ProtocolError(`command ${id} takes no stream`);
    const { request } = command.registration.command;
    try {
      command.reader.push(size, () => {
        body.elements = Math.min(body.elements, request.maxElements || body.elements);
        return request.read(body, body.end);
      });
    } catch (error) {
      if (!CommandError.is(error)) throw error;
      command.stop(error);
    }
  }

  endOfItems(id: number): void {
    const command = this.#find(id);
    if (command !== undefined && command.reader === undefined && command.registration.refusal === undefined)
      throw new ProtocolError(`command ${id} takes no stream`);
    command?.reader?.finish();
  }

  credit(id: number, items: number, bytes: number): void {
    this.#find(id)?.writer?.grant(items, bytes);
  }

  /** The session is lost: everything under way is stopped, nothing more is sent. */
  lost(error: CommandError): void {
    this.#queue.clear();
    for (const command of [...this.#open.values(), ...this.#oneWays]) command.stop(error);
  }

  // What commands ask of the dispatcher.

  grant(command: IncomingCommand, window: CreditWindow): void {
    if (command.state !== "ended") this.#core.grant(command.id, window);
  }

  park(command: IncomingCommand, deadlineAt: number): { readonly handle: number; readonly token: string } {
    const limit = this.limits.parkedReplies;
    const type = command.registration.command;
    if (this.#parkedHere >= limit)
      throw limitError("parkedReplies", limit, `${this.#parkedHere} replies of this session are parked`, type, "MAY_HAVE_RUN");
    this.#parkedHere++;
    const parked: ParkedCommand = { command: type, reply: (reply) => command.reply(reply), fail: (error) => command.fail(error) };
    return this.#options.parked.park(parked, deadlineAt);
  }

  unpark(handle: number): void {
    this.#parkedHere--;
    this.#options.parked.unpark(handle);
  }

  itemSink(command: IncomingCommand): StreamSink<unknown> {
    const { outbox } = this.#core;
    return {
      get room() {
        return outbox.room;
      },
      write: (item) => this.#sendMessage(FrameType.ITEM, command, item),
    };
  }

  sendReply(command: IncomingCommand, reply: unknown): void {
    this.#sendMessage(FrameType.REPLY, command, reply);
  }

  sendEnd(command: IncomingCommand): void {
    if (this.#core.ended) return;
    this.#core.begin(FrameType.END).uintNumber(command.id);
    this.#core.end();
  }

  sendFailure(command: IncomingCommand, error: CommandError): void {
    if (command.id === 0) this.oneWaysRefused++;
    else this.#fail(command.id, error, command.registration.command);
  }

  /** What the caller is told of an error that a handler threw. */
  handlerError(command: IncomingCommand, error: unknown, outcome: Outcome): CommandError {
    const { name } = command.registration.command;
    if (CommandError.is(error)) {
      const { code, message, details, incident, cause } = error;
      return new CommandError(code, message, { outcome, details, incident, command: name, cause });
    }
    const incident = this.#options.incident(`the handler of ${name} failed`, error);
    return new CommandError("INTERNAL", `${name} failed; the server's log has it under ${incident}`, { outcome, incident, command: name });
  }

  /** What the caller is told when a handler's reply cannot be sent. */
  replyError(command: IncomingCommand, error: unknown): CommandError {
    if (CommandError.is(error) && error.code === "RESOURCE_EXHAUSTED") return error;
    const { name } = command.registration.command;
    const incident = this.#options.incident(`the reply of ${name} could not be encoded`, error);
    return new CommandError("INTERNAL", `${name} gave a reply that its schema cannot hold; the server's log has it under ${incident}`, {
      incident,
      command: name,
    });
  }

  /** The next in order may start. */
  settled(command: IncomingCommand, failed: boolean): void {
    this.#queue.settled(command, failed);
  }

  /** The command's end was sent. */
  finished(command: IncomingCommand): void {
    if (command.id === 0) this.#oneWays.delete(command);
    else {
      this.#open.delete(command.id);
      if (command.stream) this.#streams--;
      this.#core.forget(command.id);
    }
    this.#options.idle();
  }

  #accept(id: number, body: Reader, size: number): IncomingCommand {
    const registration = this.#numbers.read(body);
    const flags = body.uint32();
    const timeoutMs = body.uintNumber();
    if (flags > 3) throw new ProtocolError(`unknown command flags ${flags}`);
    if (flags === CommandFlag.STOP_ON_ERROR) throw new ProtocolError("a command stops others on error but is not ordered");
    if (!this.#window.receive(size)) throw new ProtocolError("a command was sent without credit");
    return new IncomingCommand(this, registration, id, flags, timeoutMs === 0 ? 0 : this.now() + timeoutMs, size);
  }

  #start(command: IncomingCommand, body: Reader): void {
    if (this.#window.take(command.size)) this.#core.grant(0, this.#window);
    const refusal = this.#refusal(command);
    if (refusal !== undefined) {
      command.fail(refusal);
      return;
    }
    this.handled++;
    if (command.id === 0) this.#oneWays.add(command);
    command.run(body);
  }

  #refusal(command: IncomingCommand): CommandError | undefined {
    const { name } = command.registration.command;
    const aborted = this.#queue.refuses(command);
    const refusal = aborted ?? command.stopped ?? command.registration.refusal;
    if (refusal !== undefined) return refusal;
    if (command.deadlineAt !== 0 && this.now() >= command.deadlineAt)
      return new CommandError("DEADLINE_EXCEEDED", `${name} waited for its turn until its deadline`, { outcome: "NOT_RUN" });
    if (this.draining)
      return new CommandError("UNAVAILABLE", `${name}: this side takes no new commands, it is draining`, { outcome: "NOT_RUN" });
    return undefined;
  }

  #find(id: number): IncomingCommand | undefined {
    if (id > this.#lastId) throw new ProtocolError(`command ${id} was never started`);
    return this.#open.get(id);
  }

  #sendMessage(type: typeof FrameType.REPLY | typeof FrameType.ITEM, command: IncomingCommand, message: unknown): number {
    const core = this.#core;
    if (core.ended) return 0;
    const writer = core.begin(type);
    const start = writer.position;
    writer.uintNumber(command.id);
    const body = writer.position;
    try {
      command.registration.command.reply.write(writer, message);
      const limit = this.peerLimits.messageBytes;
      const bytes = writer.position - body;
      if (bytes > limit)
        throw limitError("messageBytes", limit, `its reply has ${bytes} bytes`, command.registration.command, "MAY_HAVE_RUN");
    } catch (error) {
      core.outbox.abandon();
      throw error;
    }
    const size = writer.position - start;
    core.end();
    return size;
  }

  #fail(id: number, error: CommandError, command: AnyCommand): void {
    if (this.#core.ended) return;
    const writer = this.#core.begin(FrameType.FAIL);
    writer.uintNumber(id);
    Failure.write(writer, failureToWire(error, command));
    this.#core.end();
  }
}

function outcomeOf(command: IncomingCommand): Outcome {
  return command.state === "queued" ? "NOT_RUN" : "MAY_HAVE_RUN";
}

/** What a name stands for here. A name that nobody registered, or registered as another kind, becomes a command that always refuses. */
function resolve(registry: Registry, name: string, kind: number): Registration {
  const registration = registry.commands.get(name);
  if (registration === undefined)
    return refusing(name, new CommandError("UNIMPLEMENTED", `${name} is not implemented here`, { outcome: "NOT_RUN" }));
  const { command } = registration;
  if (kindNumbers[command.kind] === kind) return registration;
  return refusing(name, new CommandError("SCHEMA_MISMATCH", `${name} is ${command.kind} here, not kind ${kind}`, { outcome: "NOT_RUN" }));
}

function refusing(name: string, error: CommandError): Registration {
  const nothing = { name: "", maxElements: 0, write() {}, read: () => undefined };
  const command: AnyCommand = {
    name,
    method: "",
    kind: "unary",
    request: nothing,
    reply: nothing,
    timeoutMs: 0,
    deferred: false,
    ordered: false,
    errors: [],
  };
  return { command, handle: () => undefined, refusal: error };
}
