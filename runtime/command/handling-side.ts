import type { CommandError } from "../errors/command-error.ts";
import type { CommandType } from "../schema/service-type.ts";
import { ParkedReplies } from "./deferred.ts";
import { Dispatcher } from "./dispatcher.ts";
import type { CommandReceiver, HandlerSide, HandlerSideOptions, ReceiverOptions } from "./handler-side.ts";
import { makeRegistry, type Registry } from "./registry.ts";

/** A side with handlers. It comes with `implement`, so that programs without handlers carry none of what they need. */
export class HandlingSide implements HandlerSide {
  readonly #registry: Registry;
  readonly #parked: ParkedReplies;

  /** Throws TypeError as {@link makeRegistry} does. */
  constructor({ side, implementations, interceptors, key, ...parked }: HandlerSideOptions) {
    this.#registry = makeRegistry(side, implementations, interceptors);
    this.#parked = new ParkedReplies({ ...parked, key: key() });
  }

  receiver(options: ReceiverOptions): CommandReceiver {
    return new Dispatcher(options, this.#registry, this.#parked);
  }

  reply(command: CommandType, token: string, reply: unknown): Promise<void> {
    return this.#parked.reply(command, token, reply);
  }

  fail(command: CommandType, token: string, error: CommandError): Promise<void> {
    return this.#parked.fail(command, token, error);
  }
}
