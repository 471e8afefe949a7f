import { Files, type FilesProxy } from "../../../generated/zserver/files/v1/files.ts";
import type { Session } from "../../command/session-type.ts";
import { CommandError } from "../../errors/command-error.ts";

/** A session whose other side serves files: what `connect` gives. */
export type FilesSession = Pick<Session<unknown>, "use" | "state" | "status">;

/** The sessions of one transfer, over as many entrances of one server. */
export class Sessions {
  readonly all: readonly FilesSession[];

  /** Throws TypeError for none. */
  constructor(all: readonly FilesSession[]) {
    if (all.length === 0) throw new TypeError("a transfer needs at least one session");
    this.all = all;
  }

  /** Those that are connected; where none is, those that may be again. */
  get usable(): readonly FilesSession[] {
    const open = this.all.filter(({ state }) => state === "open");
    return open.length > 0 ? open : this.all.filter(({ state }) => state !== "ended");
  }

  /** Makes one call; over the next session when one is lost with it. For calls that may run twice. */
  async call<T>(call: (files: FilesProxy) => Promise<T>): Promise<T> {
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
