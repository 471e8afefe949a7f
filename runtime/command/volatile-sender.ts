import type { CommandError } from "../errors/command-error.ts";
import type { CallOptions } from "../schema/caller.ts";
import type { Outbox } from "../session/outbox.ts";
import type { SessionCore } from "../session/session-core.ts";
import { unsentError } from "./call-errors.ts";
import type { CommandFrames } from "./command-frames.ts";
import type { Submitted } from "./outgoing-call.ts";
import type { AnyCommand } from "./registry.ts";
import type { Sender } from "./sender.ts";

export interface VolatileSenderOptions {
  readonly core: SessionCore;
  readonly outbox: Outbox;
  readonly frames: CommandFrames;
  readonly sender: Sender;
  readonly host: VolatileHost;
}

/** Whose one-ways they are. */
export interface VolatileHost {
  /** Throws CommandError when nothing may be called. */
  check(command: AnyCommand, options: CallOptions): void;
  /** A one-way could not be sent at all. */
  oneWayFailed(error: CommandError): void;
}

/** A one-way that was sent or dropped. */
const over: Submitted & { readonly result: Promise<void> } = { result: Promise.resolve(), unsent: false };

/**
 * Sends volatile one-ways: at once, or not at all. They have no number and no credit, so nothing is kept of them. None overtakes what waits, for
 * then it is dropped: whatever starts at the peer starts in the order of the calls.
 */
export class VolatileSender {
  readonly #options: VolatileSenderOptions;
  /** One-ways that were dropped here. */
  dropped = 0;

  constructor(options: VolatileSenderOptions) {
    this.#options = options;
  }

  /** The result resolves also where the one-way is dropped; it rejects when it can't be called or encoded. */
  submit(command: AnyCommand, request: unknown, options: CallOptions): Submitted {
    try {
      this.#options.host.check(command, options);
      if (this.open) this.#send(command, request, options.timeoutMs ?? command.timeoutMs ?? 0);
      else this.dropped++;
      return over;
    } catch (cause) {
      const error = unsentError(command, cause);
      this.#options.host.oneWayFailed(error);
      const result = Promise.reject(error);
      result.catch(() => {});
      return { result, unsent: true };
    }
  }

  /** Whether one would be sent now. */
  get open(): boolean {
    const { core, outbox, sender } = this.#options;
    return !core.detached && sender.free && outbox.volatileRoom;
  }

  #send(command: AnyCommand, request: unknown, timeoutMs: number): void {
    const { frames, sender } = this.#options;
    // A name that got lost would make every later reference wrong: a numbered frame brings it.
    if (frames.number(command) === 0) sender.spendCredit(frames.introduce(command));
    frames.volatile(command, request, timeoutMs);
    sender.sent++;
  }
}
