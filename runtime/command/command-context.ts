import type { CommandError } from "../errors/command-error.ts";
import type { DeferredContext, DeferredReply, Principal } from "./context.ts";
import { replyRefused } from "./deferred.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { IncomingCommand } from "./incoming-command.ts";
import { ParkedReply } from "./parked-reply.ts";
import type { AnyCommand } from "./registry.ts";
import type { Session } from "./session-type.ts";
import { ContextValues } from "./values.ts";

/** What a handler holds of its command. Its signal and values exist only once somebody asks for them. */
export class CommandContext implements DeferredContext {
  readonly command: AnyCommand;
  readonly #deadlineAt: number;
  readonly #dispatcher: Dispatcher;
  readonly #incoming: IncomingCommand | undefined;
  /** Why the command was stopped. */
  stopped: CommandError | undefined;
  #controller: AbortController | undefined;
  #values: ContextValues | undefined;
  #reply: ParkedReply | undefined;

  /**
   * @param deadlineAt on the timers' scale; 0 for none
   * @param incoming whose reply may be parked
   */
  constructor(command: AnyCommand, deadlineAt: number, dispatcher: Dispatcher, incoming?: IncomingCommand) {
    this.command = command;
    this.#deadlineAt = deadlineAt;
    this.#dispatcher = dispatcher;
    this.#incoming = incoming;
  }

  get session(): Session<never> {
    return this.#dispatcher.session as Session<never>;
  }

  get principal(): Principal {
    return this.#dispatcher.session.principal;
  }

  get values(): ContextValues {
    this.#values ??= new ContextValues();
    return this.#values;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.stopped !== undefined) this.#controller.abort(this.stopped);
    }
    return this.#controller.signal;
  }

  get deadline(): Date | undefined {
    const remaining = this.remainingMs();
    return remaining === undefined ? undefined : new Date(this.#dispatcher.wallNow() + remaining);
  }

  remainingMs(): number | undefined {
    return this.#deadlineAt === 0 ? undefined : Math.max(0, this.#deadlineAt - this.#dispatcher.now());
  }

  defer(): DeferredReply {
    this.#reply ??= this.#park();
    return this.#reply;
  }

  isDeferred(result: unknown): boolean {
    return this.#reply !== undefined && result === this.#reply;
  }

  abort(error: CommandError): void {
    this.stopped = error;
    this.#controller?.abort(error);
  }

  /** The command is over: its token names nothing any more. */
  end(): void {
    if (this.#reply !== undefined) this.#dispatcher.unpark(this.#reply.handle);
  }

  #park(): ParkedReply {
    const incoming = this.#incoming;
    if (!this.command.deferred || incoming === undefined)
      throw replyRefused("FAILED_PRECONDITION", "its schema does not mark it deferred", this.command);
    if (incoming.state === "ended") throw replyRefused("FAILED_PRECONDITION", "the command has ended", this.command);
    const handle = this.#dispatcher.park(incoming, this.deadline?.getTime() ?? 0);
    return new ParkedReply(this.#dispatcher.parked, handle, this);
  }
}
