import type { Reader } from "../bytes/reader.ts";
import type { CommandError } from "../errors/command-error.ts";
import { decodeRest } from "../schema/codec.ts";
import type { Lane } from "../schema/service-type.ts";
import { shareOf } from "../session/priority.ts";
import { CommandContext } from "./command-context.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { IncomingClass } from "./incoming-class.ts";
import { IncomingCommand, isThenable } from "./incoming-command.ts";
import { OpenOneWays } from "./open-one-ways.ts";
import type { Registration } from "./registry.ts";

/** Nothing waits for what is not ordered. */
const noLane: Lane = { open() {} };

/**
 * The peer's one-ways. Nobody is told what becomes of one, so the usual one makes no command: its handler is called where its frame is read, and when it returns nothing is left. One
 * that has to wait, or whose handler takes its time, is a command until its end.
 */
export class IncomingOneWays {
  readonly #dispatcher: Dispatcher;
  /** Those that wait or run. */
  readonly #open = new OpenOneWays<IncomingCommand>();
  /** Of the one whose handler has not returned yet. */
  #passing: CommandContext | undefined;
  /** Of those that wait or run, how many run. */
  #running = 0;
  refused = 0;
  volatileRefused = 0;

  constructor(dispatcher: Dispatcher) {
    this.#dispatcher = dispatcher;
  }

  /** Those that have not ended. */
  get pending(): number {
    return this.#open.all.length + (this.#passing === undefined ? 0 : 1);
  }

  get running(): number {
    return this.#running;
  }

  /** A SEND frame whose head was read. */
  send(came: IncomingClass, registration: Registration, body: Reader, size: number): void {
    if (!this.#pass(came, registration, body, size, true))
      this.#push(came, this.#dispatcher.command(came, registration, 0, body, size), body);
  }

  /** A SEND_VOLATILE frame. It may take half the queue, which nobody else needs then, and is dropped beyond. */
  volatile(came: IncomingClass, registration: Registration, body: Reader, size: number): void {
    const { limits, retryAfterMs } = this.#dispatcher;
    const { length, bytes, priority } = came;
    const full = 2 * length >= shareOf(priority, limits.queuedCommands) || 2 * bytes >= shareOf(priority, limits.queuedBytes);
    if (full || body.missing !== undefined || (retryAfterMs > 0 && !registration.command.critical)) this.volatileRefused++;
    else if (!this.#pass(came, registration, body, size, false)) {
      const command = new IncomingCommand(this.#dispatcher, registration, came, 0, size);
      command.credited = false;
      this.#push(came, command, body);
    }
  }

  /** The turn of one that waited has come. */
  started(): void {
    this.#running++;
  }

  /** It has ended. Whether as many ran as may, so that the queues waited for this. */
  finished(command: IncomingCommand, most: number): boolean {
    this.#open.delete(command);
    return command.ran && this.#running-- === most;
  }

  /** The session is lost. */
  lost(error: CommandError): void {
    this.#passing?.abort(error);
    for (const command of [...this.#open.all]) command.lost(error);
  }

  #push(came: IncomingClass, command: IncomingCommand, body: Reader): void {
    this.#open.add(command);
    came.push(command, body);
  }

  /** Calls the handler of a usual one-way, if it may start now. */
  #pass(came: IncomingClass, registration: Registration, body: Reader, size: number, credited: boolean): boolean {
    const { intake } = came;
    if (!registration.direct || intake.flags !== 0 || body.missing !== undefined || !came.passes()) return false;
    const dispatcher = this.#dispatcher;
    const { command } = registration;
    dispatcher.starts(intake, credited ? size : -1);
    const deadlineAt = dispatcher.deadlineAt(intake.timeoutMs);
    const context = new CommandContext(command, deadlineAt, dispatcher);
    const outer = this.#passing;
    this.#passing = context;
    let started = false;
    try {
      const request = decodeRest(command.request, body, dispatcher.limits.decodeElements);
      started = true;
      const result = registration.handle(request, context, noLane);
      if (isThenable(result)) this.#keep(new IncomingCommand(dispatcher, registration, came, 0, size, deadlineAt), context, result);
    } catch (error) {
      this.refused++;
      if (context.stopped === undefined) dispatcher.answers.thrown(command, error, started ? "MAY_HAVE_RUN" : "NOT_RUN");
    }
    this.#passing = outer;
    dispatcher.idle();
    return true;
  }

  /** Its handler has not ended with its return. */
  #keep(command: IncomingCommand, context: CommandContext, result: PromiseLike<unknown>): void {
    this.#open.add(command);
    this.#running++;
    command.goOn(context, result);
  }
}
