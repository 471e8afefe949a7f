import { CommandError } from "../errors/command-error.ts";
import type { DeferredContext, DeferredReply, Principal } from "./context.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { IncomingCommand } from "./incoming-command.ts";
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
  #deferred: { readonly reply: DeferredReply; readonly handle: number } | undefined;

  constructor(incoming: IncomingCommand, dispatcher: Dispatcher) {
    this.command = incoming.registration.command;
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
    if (!this.command.deferred) throw new CommandError("FAILED_PRECONDITION", `${this.command.name} is not marked deferred in its schema`);
    this.#deferred ??= this.#park();
    return this.#deferred.reply;
  }

  isDeferred(result: unknown): boolean {
    return this.#deferred !== undefined && result === this.#deferred.reply;
  }

  abort(error: CommandError): void {
    this.#controller?.abort(error);
  }

  /** The command is over: its token names nothing any more. */
  end(): void {
    if (this.#deferred !== undefined) this.#dispatcher.unpark(this.#deferred.handle);
  }

  #park(): { readonly reply: DeferredReply; readonly handle: number } {
    const context = this;
    const dispatcher = this.#dispatcher;
    const { deadline } = this;
    const { handle, token } = dispatcher.park(this.#incoming, deadline?.getTime() ?? 0);
    const reply: DeferredReply = {
      token,
      deadline,
      get signal() {
        return context.signal;
      },
      reply: (message) => dispatcher.parked.reply(this.command, token, message),
      fail: (error) => dispatcher.parked.fail(this.command, token, error),
    };
    return { reply, handle };
  }
}
