import { WorkerProcess } from "../support/worker-process.ts";
import type { Done, Task, Usage, UsageAfter } from "./tasks.ts";

/** What became of a task, on both sides. */
export interface Measured extends Done {
  /** Until the server had read everything, in ms. */
  readonly wholeMilliseconds: number;
  /** Microseconds of CPU time that the server's process used. */
  readonly serverCpu: number;
}

/** A contender's server and its client, in a process each. */
export class Pair {
  readonly name: string;
  /** Whether it has messages without an answer. */
  readonly takesNotes: boolean;
  readonly #server: WorkerProcess;
  readonly #client: WorkerProcess;
  #notes = 0;

  private constructor(name: string, server: WorkerProcess, client: WorkerProcess, takesNotes: boolean) {
    this.name = name;
    this.takesNotes = takesNotes;
    // Else it would wait for answers for ever.
    void server.ended.then(() => client.stop());
    this.#server = server;
    this.#client = client;
  }

  /** Undefined when a package that it needs is not installed. */
  static async start(name: string): Promise<Pair | undefined> {
    const server = await WorkerProcess.start<string>(name, new URL("./server-process.ts", import.meta.url), [name]);
    if (server === undefined) return undefined;
    const client = await WorkerProcess.start<boolean>(name, new URL("./client-process.ts", import.meta.url), [name, server.greeting]);
    return new Pair(name, server.process, client!.process, client!.greeting);
  }

  async perform(task: Task): Promise<Measured> {
    const before = await this.#usage();
    const start = performance.now();
    const done = await this.#client.ask<Done>(task);
    if (task.kind === "notes") this.#notes += done.count;
    const after = await this.#usage();
    return { ...done, wholeMilliseconds: performance.now() - start, serverCpu: after.cpu - before.cpu };
  }

  /** When the server has read all notes. */
  #usage(): Promise<Usage> {
    return this.#server.ask<Usage>({ notes: this.#notes } satisfies UsageAfter);
  }

  stop(): void {
    this.#client.stop();
    this.#server.stop();
  }
}
