import type { SessionCore } from "../session/session-core.ts";

/** The flushes of one session that are under way. */
export class Flushes {
  /** What rejects each. */
  #waiting: Set<() => void> | undefined;

  /**
   * @param begin calls back when all is accepted
   * @param lost the error of a session that ends first
   */
  add(begin: (done: () => void) => void, lost: () => Error): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(lost());
      this.#waiting ??= new Set();
      const waiting = this.#waiting;
      waiting.add(fail);
      begin(() => {
        waiting.delete(fail);
        resolve();
      });
    });
  }

  /** The session has ended. */
  lost(): void {
    for (const fail of this.#waiting ?? []) fail();
    this.#waiting?.clear();
  }
}

/** Calls back when the peer has accepted all that was sent until now, which it is asked to say at once. */
export function whenAccepted(core: Pick<SessionCore, "outboxes" | "ping">, done: () => void): void {
  core.outboxes.whenAcknowledged(done);
  if (core.outboxes.ask()) core.ping(() => {});
}
