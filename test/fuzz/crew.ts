import { type ChildProcess, fork } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Batch, BatchResult } from "./batch.ts";
import type { Totals } from "./totals.ts";

/** The descriptor under which a worker has the file that says which seed it is at. */
export const RUNNING_FD = 4;
const MAX_HEAP_MIB = 1_024;
/** How long a worker may be at one input: on a busy machine it takes much longer than the input's own time. */
const WATCH_MS = 30_000;

/** Has batches run by so many processes at a time, and adds what they came to. One that hangs or dies is named by the seed that it was at. */
export async function runBatches(batches: readonly Batch[], processes: number, totals: Totals, progress: () => void): Promise<void> {
  const waiting = [...batches];
  const folder = mkdtempSync(path.join(tmpdir(), "zserver-fuzz-"));
  const work = async (number: number): Promise<void> => {
    while (waiting.length > 0) await new Hand(path.join(folder, String(number))).work(waiting, totals, progress);
  };
  await Promise.all(Array.from({ length: Math.min(processes, batches.length) }, (_, number) => work(number)));
  rmSync(folder, { recursive: true });
}

/** One process, for as long as nothing is wrong with it. */
class Hand {
  readonly #file: number;
  readonly #child: ChildProcess;

  constructor(file: string) {
    this.#file = openSync(file, "w+");
    this.#child = fork(fileURLToPath(new URL("./worker.ts", import.meta.url)), {
      execArgv: [...process.execArgv, `--max-old-space-size=${MAX_HEAP_MIB}`],
      stdio: ["ignore", "inherit", "inherit", "ipc", this.#file],
    });
  }

  async work(waiting: Batch[], totals: Totals, progress: () => void): Promise<void> {
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
      const began = performance.now();
      const result = await this.#run(batch);
      if (typeof result === "string") {
        totals.failures.push({ target: batch.target, seed: this.#seed(), error: result });
        break;
      }
      totals.add(result, performance.now() - began);
      progress();
    }
    this.#child.kill("SIGKILL");
    closeSync(this.#file);
  }

  /** The result, or why there is none. */
  #run(batch: Batch): Promise<BatchResult | string> {
    return new Promise((resolve) => {
      const settle = (result: BatchResult | string): void => {
        clearInterval(watch);
        this.#child.removeAllListeners();
        resolve(result);
      };
      let before = Number.NaN;
      const watch = setInterval(() => {
        const now = this.#seed();
        if (now === before) settle("does not come to an end");
        before = now;
      }, WATCH_MS);
      this.#child.on("message", (result) => settle(received(result)));
      this.#child.on("exit", (code, signal) => settle(`the process ended with ${code ?? signal}`));
      this.#child.send(batch);
    });
  }

  #seed(): number {
    const seed = new Float64Array(1);
    readSync(this.#file, new Uint8Array(seed.buffer), 0, seed.byteLength, 0);
    return seed[0]!;
  }
}

function received(message: unknown): BatchResult {
  const result = message as Omit<BatchResult, "outcomes"> & { readonly outcomes: readonly (readonly [string, number])[] };
  return { ...result, outcomes: new Map(result.outcomes) };
}
