import cluster, { type Worker } from "node:cluster";
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { toHex } from "../../bytes/hex.ts";
import { consoleLog, type Log } from "../../command/log.ts";
import { checkCounts } from "../../common-options.ts";
import { systemRandom } from "../../crypto/random.ts";
import { Backoff } from "../../discovery/backoff.ts";
import { chanceOf } from "../../discovery/chance.ts";
import { systemClock } from "../../time/system-clock.ts";
import type { Timer, Timers } from "../../time/timers.ts";
import { timersOf } from "../../time/timers-of.ts";
import { isWindows } from "../../transport/unix-path.ts";
import type { GroupBroadcast, Spreader } from "../broadcast.ts";
import type { MoveOptions, MoveResult } from "../move.ts";
import type { HandoverStats, ServeOptions } from "../server-types.ts";
import { Exchange, type Handle, onceGone } from "./exchange.ts";
import { returnUntaken } from "./handing-over.ts";
import { envelopeOf, type Notice, noticeIn } from "./notice.ts";
import { IDENTITY_VARIABLE, SOCKETS_VARIABLE } from "./server-process.ts";
import { UnsentBroadcasts } from "./unsent-broadcasts.ts";

/** More than any machine has cores for. */
const MAX_PROCESSES = 1_024;
/** A process that lived so long did not die of how it began. */
const HEALTHY_MS = 60_000;
/** Notices that may wait for one process before broadcasts to it are dropped. */
const MAX_UNREAD = 16_384;
/** How soon the first successor of a dead process is started, at most. */
const RESTART_BASE_MS = 500;

const sharedSchemes = /^(?:ws|wss|tcp|tls):/i;

/** How many processes serve. Throws TypeError for impossible options. */
export function processesOf<Data>(options: ServeOptions<Data>): number {
  checkCounts(options, ["processes"]);
  const { processes = 1, listen } = options;
  if (processes > MAX_PROCESSES) throw new TypeError(`serve: \`processes\` is at most ${MAX_PROCESSES}, not ${processes}`);
  const alone =
    processes > 1 && Array.isArray(listen) ? listen.find((where) => typeof where !== "string" || !sharedSchemes.test(where)) : undefined;
  if (alone !== undefined) {
    const name = typeof alone === "string" ? alone : "what is no URL";
    throw new TypeError(`serve: several processes share ws:, wss:, tcp: and tls: addresses; ${name} can only be one process's`);
  }
  return processes;
}

/** Starts the processes of a server and others for those that die, and ends them. It serves nobody itself. */
export class Supervisor implements Spreader {
  readonly #count: number;
  readonly #identity: string | undefined;
  readonly #log: Log;
  readonly #timers: Timers;
  readonly #backoff: Backoff;
  readonly #workers = new Set<Worker>();
  /** Those that hear notices; the others have no sessions yet. */
  readonly #listening = new Set<Worker>();
  /** Notices to each that it has not read. */
  readonly #unread = new Map<Worker, UnsentBroadcasts>();
  /** Those that the log knows not to keep up. */
  readonly #deaf = new WeakSet<Worker>();
  readonly #exchange: Exchange;
  readonly #restarts = new Set<Timer>();
  #sockets = "";
  #entrances: string | undefined;
  #moves = 0;
  #ending: "drain" | "close" | undefined;
  #endpoints: readonly string[] = [];

  constructor(
    count: number,
    { identity, log = consoleLog, clock = systemClock, random = systemRandom }: Pick<ServeOptions, "identity" | "log" | "clock" | "random">,
  ) {
    if (Object.keys(cluster.workers ?? {}).length > 0)
      throw new TypeError(
        "serve: this program has worker processes already; `processes` can be given once, and not beside workers of the program's own",
      );
    this.#count = count;
    this.#identity = identity && toHex(identity.pair.publicKey);
    this.#log = log;
    this.#exchange = new Exchange(log);
    this.#timers = timersOf(clock);
    this.#backoff = new Backoff({ chance: chanceOf(random), baseMs: RESTART_BASE_MS });
  }

  get endpoints(): readonly string[] {
    return this.#endpoints;
  }

  /** Resolves when all of them listen. Rejects when one ends before that, and ends the others. */
  async start(): Promise<void> {
    // Notices carry bytes.
    cluster.setupPrimary({ serialization: "advanced" });
    this.#sockets = isWindows ? `zserver-${toHex(systemRandom(8))}` : await mkdtemp(path.join(tmpdir(), "zserver-"));
    process.on("exit", this.#clear);
    try {
      await Promise.all(Array.from({ length: this.#count }, () => this.#begin()));
    } catch (error) {
      await this.end("close");
      throw error;
    }
  }

  get handovers(): HandoverStats {
    const { passed } = this.#exchange;
    return { handedOver: passed, takenOver: passed, relayed: 0 };
  }

  get ready(): boolean {
    return ![...this.#unread.values()].some(({ full }) => full);
  }

  spread(broadcast: GroupBroadcast): void {
    this.tell({ kind: "broadcast", ...broadcast });
  }

  /** Tells all processes where clients find the server, those too that start later. */
  setEntrances(list: string): void {
    this.#entrances = list;
    this.tell({ kind: "entrances", list });
  }

  /** Has all processes ask their clients to go over. Resolves with what came of it in each; a process that dies meanwhile has moved nobody. */
  moveTo(list: string, options: MoveOptions): Promise<MoveResult[]> {
    this.#entrances = list;
    const id = this.#moves++;
    const asked = [...this.#listening];
    this.tell({ kind: "move", id, list, options });
    return Promise.all(
      asked.map(
        (worker) =>
          new Promise<MoveResult>((resolve) => {
            const settle = (result: MoveResult): void => {
              worker.off("message", heard).off("disconnect", left).off("exit", left);
              resolve(result);
            };
            const left = (): void => settle({ moved: 0, stayed: 0 });
            const heard = (message: unknown): void => {
              const notice = noticeIn(message);
              if (notice?.kind === "moved" && notice.id === id) settle(notice.result);
            };
            worker.on("message", heard).once("disconnect", left).once("exit", left);
          }),
      ),
    );
  }

  tell(notice: Notice, except?: Worker): void {
    for (const worker of this.#workers) if (worker !== except && worker.isConnected()) this.#send(worker, notice);
  }

  /** Of a process that does not read, what is bulky is dropped; that it ends is not. */
  #send(worker: Worker, notice: Notice): void {
    const unread = this.#unread.get(worker)!;
    if (notice.kind === "broadcast" && unread.full) {
      if (!this.#deaf.has(worker))
        this.#log({ level: "error", message: `process ${worker.process.pid} does not keep up with broadcasts; its members miss some` });
      this.#deaf.add(worker);
      return;
    }
    worker.send(envelopeOf(notice), unread.add(notice.kind === "broadcast" ? notice.message.length : 0));
  }

  /** Ends all processes in this way. Resolves when none of them serves any more. */
  async end(how: "drain" | "close"): Promise<void> {
    this.#ending = how;
    for (const restart of this.#restarts) restart.cancel();
    const all = Array.from(this.#workers, gone);
    this.tell({ kind: how });
    await Promise.all(all);
    process.off("exit", this.#clear);
    this.#clear();
  }

  readonly #clear = (): void => {
    if (!isWindows) rmSync(this.#sockets, { recursive: true, force: true });
  };

  /** Resolves when a new process listens. */
  #begin(): Promise<void> {
    const worker = cluster.fork({ [SOCKETS_VARIABLE]: this.#sockets, [IDENTITY_VARIABLE]: this.#identity });
    returnUntaken(worker);
    const began = this.#timers.now();
    this.#workers.add(worker);
    this.#unread.set(worker, new UnsentBroadcasts(MAX_UNREAD));
    return new Promise((resolve, reject) => {
      worker.on("message", (message, handle: unknown) => {
        const notice = noticeIn(message);
        if (notice?.kind === "connection") this.#exchange.pass(notice, handle as Handle | undefined, worker);
        else if (notice?.kind === "leaving") this.#exchange.remove(notice.route);
        else if (notice?.kind === "listening") {
          // What it said is read after its end has been told.
          if (!this.#workers.has(worker)) return;
          this.#exchange.add(notice.route, worker);
          this.#listening.add(worker);
          this.#endpoints = notice.endpoints;
          if (this.#entrances !== undefined) this.#send(worker, { kind: "entrances", list: this.#entrances });
          // It heard nothing before.
          if (this.#ending !== undefined) this.#send(worker, { kind: this.#ending });
          resolve();
        } else if (notice !== undefined && notice.kind !== "moved") this.tell(notice, worker);
      });
      gone(worker).then(() => {
        this.#workers.delete(worker);
        this.#unread.delete(worker);
        this.#listening.delete(worker);
      });
      const ended = (how: string): void => {
        reject(new Error(`serve: a process ended (${how}) before it listened; what it said stands above`));
        if (!worker.exitedAfterDisconnect && this.#ending === undefined) this.#restart(how, this.#timers.now() - began);
      };
      worker.once("exit", (code, signal) => ended(signal === null ? `code ${code}` : signal));
      worker.on("error", ({ message }) => {
        // One that could not be started never ends. Of the others it says what their end says too: that something did not reach them.
        if (worker.process.pid === undefined) ended(message);
      });
    });
  }

  #restart(how: string, livedMs: number): void {
    if (livedMs >= HEALTHY_MS) this.#backoff.reset();
    const waitMs = this.#backoff.next();
    this.#log({
      level: "error",
      message: `a process of the server ended (${how}); its sessions are lost. Another starts in ${Math.ceil(waitMs)} ms`,
    });
    const timer = this.#timers.after(waitMs, () => {
      this.#restarts.delete(timer);
      try {
        // What it says of itself stands on the console; it is tried again when it ends.
        this.#begin().catch(() => {});
      } catch (error) {
        this.#restart((error as Error).message, 0);
      }
    });
    this.#restarts.add(timer);
  }
}

function gone(worker: Worker): Promise<void> {
  return new Promise((resolve) => onceGone(worker, resolve));
}
