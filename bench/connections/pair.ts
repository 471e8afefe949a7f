import { type Sides, startSides } from "../support/sides.ts";
import type { Usage } from "../support/usage.ts";
import type { ConnectionsDone, ConnectionsTask } from "./tasks.ts";

/** Asks the process of a server for its Usage. */
export interface UsageAfter {
  /** When its garbage has been collected. */
  readonly collected: boolean;
}

/** A contender's server and its client, in a process each. */
export class ConnectionsPair {
  readonly name: string;
  readonly #sides: Sides<boolean>;

  private constructor(name: string, sides: Sides<boolean>) {
    this.name = name;
    this.#sides = sides;
  }

  static async start(name: string): Promise<ConnectionsPair | undefined> {
    const sides = await startSides<boolean>(name, new URL("./", import.meta.url));
    return sides === undefined ? undefined : new ConnectionsPair(name, sides);
  }

  perform(task: ConnectionsTask): Promise<ConnectionsDone> {
    return this.#sides.client.ask<ConnectionsDone>(task);
  }

  server(question: UsageAfter): Promise<Usage> {
    return this.#sides.server.ask<Usage>(question);
  }

  stop(): void {
    this.#sides.client.stop();
    this.#sides.server.stop();
  }
}
