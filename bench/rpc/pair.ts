import { type Sides, startSides } from "../support/sides.ts";
import type { Usage } from "../support/usage.ts";
import type { TimeByPhase } from "./profiler.ts";
import type { Done, Task, UsageAfter, Watch } from "./tasks.ts";

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
  readonly #sides: Sides<boolean>;
  #notes = 0;

  private constructor(name: string, sides: Sides<boolean>) {
    this.name = name;
    this.takesNotes = sides.greeting;
    this.#sides = sides;
  }

  /** Undefined when a package that it needs is not installed. */
  static async start(name: string): Promise<Pair | undefined> {
    const sides = await startSides<boolean>(name, new URL("./", import.meta.url));
    return sides === undefined ? undefined : new Pair(name, sides);
  }

  async perform(task: Task): Promise<Measured> {
    const before = await this.#usage();
    const start = performance.now();
    const done = await this.#sides.client.ask<Done>(task);
    if (task.kind === "notes") this.#notes += done.count;
    const after = await this.#usage();
    return { ...done, wholeMilliseconds: performance.now() - start, serverCpu: after.cpu - before.cpu };
  }

  /** Where the time of both sides goes while a task is performed. */
  async profile(task: Task): Promise<{ readonly count: number; readonly client: TimeByPhase; readonly server: TimeByPhase }> {
    const { client, server } = this.#sides;
    await client.ask<true>({ watch: "start" } satisfies Watch);
    await server.ask<true>({ watch: "start" } satisfies Watch);
    const { count } = await this.perform(task);
    const stop: Watch = { watch: "stop" };
    return { count, server: await server.ask<TimeByPhase>(stop), client: await client.ask<TimeByPhase>(stop) };
  }

  /** When the server has read all notes. */
  #usage(): Promise<Usage> {
    return this.#sides.server.ask<Usage>({ notes: this.#notes } satisfies UsageAfter);
  }

  stop(): void {
    this.#sides.client.stop();
    this.#sides.server.stop();
  }
}
