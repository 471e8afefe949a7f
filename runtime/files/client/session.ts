import { Files, type FilesProxy } from "../../../generated/zserver/files/v1/files.ts";
import type { Session } from "../../command/session-type.ts";
import { InterruptibleWait } from "../../discovery/wait.ts";
import { CommandError } from "../../errors/command-error.ts";
import type { Timers } from "../../time/timers.ts";

/** A session whose other side serves files: what `connect` gives. */
export type FilesSession = Pick<Session<unknown>, "use" | "state" | "status">;

/** How often something is tried that comes damaged, or finds no place at the server. */
export const MAX_TRIES = 10;

/** The sessions of one transfer, over as many entrances of one server. */
export class Sessions {
  readonly all: readonly FilesSession[];
  readonly #wait: InterruptibleWait;
  readonly #signal: AbortSignal | undefined;

  /**
   * Throws TypeError for none.
   *
   * @param signal ends the wait for a place at the server
   */
  constructor(all: readonly FilesSession[], timers: Timers, signal?: AbortSignal) {
    if (all.length === 0) throw new TypeError("a transfer needs at least one session");
    this.all = all;
    this.#wait = new InterruptibleWait(timers);
    this.#signal = signal;
  }

  /** Those that are connected; where none is, those that may be again. */
  get usable(): readonly FilesSession[] {
    const open = this.all.filter(({ state }) => state === "open");
    return open.length > 0 ? open : this.all.filter(({ state }) => state !== "ended");
  }

  /** Makes one call; over the next session when one is lost with it, and again where the server says when it has a place. For calls that may run twice. */
  async call<T>(call: (files: FilesProxy) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#once(call);
      } catch (error) {
        if (!CommandError.is(error) || error.retryAfterMs === undefined || isLost(error) || tries === MAX_TRIES) throw error;
        await this.#wait.wait(error.retryAfterMs, this.#signal);
      }
    }
  }

  async #once<T>(call: (files: FilesProxy) => Promise<T>): Promise<T> {
    let lost: unknown;
    for (const session of [...this.usable, ...this.all]) {
      try {
        return await call(session.use(Files));
      } catch (error) {
        if (!isLost(error)) throw error;
        lost = error;
      }
    }
    throw lost;
  }
}

/** Whether the session is over, or its server takes nothing new: another session may do what this one does not. */
export function isLost(error: unknown): boolean {
  return CommandError.is(error) && (error.code === "SESSION_LOST" || error.code === "UNAVAILABLE");
}
