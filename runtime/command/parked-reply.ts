import type { CommandError } from "../errors/command-error.ts";
import type { CommandContext } from "./command-context.ts";
import type { DeferredReply } from "./context.ts";
import type { ParkedHandle, ParkedReplies } from "./deferred.ts";

/** What `context.defer()` returns. */
export class ParkedReply implements DeferredReply {
  readonly handle: ParkedHandle;
  readonly #parked: ParkedReplies;
  readonly #context: CommandContext;

  constructor(parked: ParkedReplies, handle: ParkedHandle, context: CommandContext) {
    this.#parked = parked;
    this.handle = handle;
    this.#context = context;
  }

  get token(): string {
    return this.#parked.token(this.handle);
  }

  get deadline(): Date | undefined {
    const { deadlineAt } = this.handle;
    return deadlineAt === 0 ? undefined : new Date(deadlineAt);
  }

  get signal(): AbortSignal {
    return this.#context.signal;
  }

  async reply(reply: unknown): Promise<void> {
    this.#parked.find(this.#context.command, this.handle).giveReply(reply);
  }

  async fail(error: CommandError): Promise<void> {
    this.#parked.find(this.#context.command, this.handle).giveFailure(error);
  }
}
