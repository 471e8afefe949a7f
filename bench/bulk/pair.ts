import { plain } from "../support/plain.ts";
import { type Sides, startSides } from "../support/sides.ts";
import type { Usage } from "../support/usage.ts";
import type { BulkDone, BulkTask } from "./tasks.ts";

/** What became of a task, on both sides. */
export interface BulkMeasured extends BulkDone {
  /** Microseconds of CPU time that the server's process used. */
  readonly serverCpu: number;
  /** Bytes: the most that the server's resident set ever was. */
  readonly serverPeakRss: number;
}

/** A contender's server and its client, in a process each. */
export class BulkPair {
  readonly name: string;
  readonly #sides: Sides<boolean>;

  private constructor(name: string, sides: Sides<boolean>) {
    this.name = name;
    this.#sides = sides;
  }

  /** Undefined when a package that it needs is not installed. */
  static async start(name: string): Promise<BulkPair | undefined> {
    const sides = await startSides<boolean>(name, new URL("./", import.meta.url), plain);
    return sides === undefined ? undefined : new BulkPair(name, sides);
  }

  async perform(task: BulkTask): Promise<BulkMeasured> {
    const { client, server } = this.#sides;
    const before = await server.ask<Usage>({});
    const done = await client.ask<BulkDone>(task);
    const after = await server.ask<Usage>({});
    return { ...done, serverCpu: after.cpu - before.cpu, serverPeakRss: after.peakRss };
  }

  stop(): void {
    this.#sides.client.stop();
    this.#sides.server.stop();
  }
}
