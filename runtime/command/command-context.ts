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
  readonly #incoming: IncomingCommand;
  readonly #dispatcher: Dispatcher;
  #controller: AbortController | undefined;
  #values: ContextValues | undefined;
  #reply: ParkedReply | undefined;

  constructor(incoming: IncomingCommand, dispatcher: Dispatcher) {
    this.command = incoming.command;
    this.#incoming = incoming;
    this.#dispatcher = dispatcher;
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
      if (this.#incoming.stopped !== undefined) this.#controller.abort(this.#incoming.stopped);
    }
    return this.#controller.signal;
  }

  get deadline(): Date | undefined {
    const remaining = this.remainingMs();
    return remaining === undefined ? undefined : new Date(this.#dispatcher.wallNow() + remaining);
  }

  remainingMs(): number | undefined {
    const { deadlineAt } = this.#incoming;
    return deadlineAt === 0 ? undefined : Math.max(0, deadlineAt - this.#dispatcher.now());
  }

  defer(): DeferredReply {
    this.#reply ??= this.#park();
    return this.#reply;
  }

  isDeferred(result: unknown): boolean {
    return this.#reply !== undefined && result === this.#reply;
  }

  abort(error: CommandError): void {
    this.#controller?.abort(error);
  }

  /** The command is over: its token names nothing any more. */
  end(): void {
    if (this.#reply !== undefined) this.#dispatcher.unpark(this.#reply.handle);
  }

  #park(): ParkedReply {
    if (!this.command.deferred) throw replyRefused("FAILED_PRECONDITION", "its schema does not mark it deferred", this.command);
    if (this.#incoming.state === "ended") throw replyRefused("FAILED_PRECONDITION", "the command has ended", this.command);
    const handle = this.#dispatcher.park(this.#incoming, this.deadline?.getTime() ?? 0);
    return new ParkedReply(this.#dispatcher.parked, handle, this);
  }
}
