import type { SendHandle } from "node:child_process";
import type { Worker } from "node:cluster";
import { type ConnectionNotice, envelopeOf } from "./notice.ts";

/** Connections that may wait for one process: it takes one in each turn of its event loop. */
const WAITING_CONNECTIONS = 4_096;

/** What travels as itself from process to process. */
export interface Handle {
  close(): void;
}

/** Passes connections between the processes of a server, which only the primary can do: kernel sockets travel between a process and those that it has started. */
export class Exchange {
  readonly #byRoute = new Map<string, Worker>();
  readonly #waiting = new WeakMap<Worker, number>();

  /** From here on this process is found by its route. */
  add(route: string, worker: Worker): void {
    this.#byRoute.set(route, worker);
    const remove = (): void => void this.#byRoute.delete(route);
    worker.once("disconnect", remove).once("exit", remove);
  }

  /** @param handle undefined when the kernel could not give it to this process: the client finds the connection ended */
  pass(notice: ConnectionNotice, handle: Handle | undefined, from: Worker): void {
    if (handle === undefined) return;
    const worker = this.#byRoute.get(notice.route) ?? from;
    const waiting = this.#waiting.get(worker) ?? 0;
    if (waiting === WAITING_CONNECTIONS || !worker.isConnected()) {
      // Its session may be there: the client comes again.
      handle.close();
      return;
    }
    this.#waiting.set(worker, waiting + 1);
    worker.process.send(envelopeOf(notice), handle as unknown as SendHandle, undefined, () => {
      this.#waiting.set(worker, this.#waiting.get(worker)! - 1);
      handle.close();
    });
  }
}
