import type { SendHandle } from "node:child_process";
import type { Worker } from "node:cluster";
import type { Log } from "../../command/log.ts";
import { type ConnectionNotice, envelopeOf } from "./notice.ts";

/** Connections that may wait for one process: it takes one in each turn of its event loop. */
const WAITING_CONNECTIONS = 4_096;

/** What travels as itself from process to process. */
export interface Handle {
  close(): void;
}

/** A connection on its way. */
interface Passing {
  readonly notice: ConnectionNotice;
  readonly handle: Handle;
  readonly from: Worker;
}

/**
 * Passes connections between the processes of a server, which only the primary can do: kernel sockets travel between a process and those that it has started. A process gets one at
 * a time, since Node says nothing of those that it keeps for a process that has died.
 */
export class Exchange {
  readonly #byRoute = new Map<string, Worker>();
  /** In the order in which they came; the first has been given to Node. */
  readonly #waiting = new Map<Worker, Passing[]>();
  /** Those that the log knows not to keep up. */
  readonly #slow = new WeakSet<Worker>();
  readonly #log: Log;
  #passed = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Connections that have left for their process, or back. */
  get passed(): number {
    return this.#passed;
  }

  /** From here on this process is found by its route. */
  add(route: string, worker: Worker): void {
    this.#byRoute.set(route, worker);
    onceGone(worker, () => this.remove(route));
  }

  /** From here on nobody is there: what shows this route stays where it came. */
  remove(route: string): void {
    this.#byRoute.delete(route);
  }

  /** @param handle undefined when the kernel could not give it to this process: the client finds the connection ended */
  pass(notice: ConnectionNotice, handle: Handle | undefined, from: Worker): void {
    if (handle !== undefined) this.#deliver({ notice, handle, from }, this.#byRoute.get(notice.route) ?? from);
  }

  #deliver(passing: Passing, worker: Worker): void {
    const waiting = worker.isConnected() ? (this.#waiting.get(worker) ?? this.#open(worker)) : undefined;
    if (waiting === undefined || waiting.length === WAITING_CONNECTIONS) {
      // Its session may be there: the client comes again.
      passing.handle.close();
      if (waiting !== undefined) this.#tell(worker);
      return;
    }
    if (waiting.push(passing) === 1) this.#send(worker, waiting);
  }

  #tell(worker: Worker): void {
    if (this.#slow.has(worker)) return;
    this.#slow.add(worker);
    const { pid } = worker.process;
    this.#log({
      level: "warn",
      message: `process ${pid} does not take the connections of its sessions as fast as they come; some clients come again`,
    });
  }

  #open(worker: Worker): Passing[] {
    const waiting: Passing[] = [];
    this.#waiting.set(worker, waiting);
    onceGone(worker, () => {
      this.#waiting.delete(worker);
      for (const passing of waiting.splice(0)) {
        if (passing.from === worker) passing.handle.close();
        else this.#deliver(passing, passing.from);
      }
    });
    return waiting;
  }

  #send(worker: Worker, waiting: Passing[]): void {
    const { notice, handle } = waiting[0]!;
    worker.process.send(envelopeOf(notice), handle as unknown as SendHandle, undefined, () => {
      // Else it has gone back meanwhile.
      if (waiting[0]?.handle !== handle) return;
      this.#passed++;
      handle.close();
      waiting.shift();
      if (waiting.length > 0) this.#send(worker, waiting);
    });
  }
}

/** Calls when a process no longer serves. One that dies as it is given a connection may never say that it is disconnected. */
export function onceGone(worker: Worker, gone: () => void): void {
  worker.once("disconnect", gone).once("exit", gone);
}
