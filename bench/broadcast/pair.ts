import { setTimeout } from "node:timers/promises";
import { type Sides, startSides } from "../support/sides.ts";
import type { ClientTask, ServerState, ServerTask } from "./tasks.ts";

/** Longer than an acknowledgement waits: what a broadcast costs afterwards is part of what it costs. */
const SETTLING_MS = 400;

/** A contender's server and its clients, in a process each. */
export class BroadcastPair {
  readonly name: string;
  readonly #clients: number;
  readonly #sides: Sides<boolean>;
  #broadcasts = 0;

  private constructor(name: string, clients: number, sides: Sides<boolean>) {
    this.name = name;
    this.#clients = clients;
    this.#sides = sides;
  }

  /** Resolves when all clients listen. */
  static async start(name: string, clients: number): Promise<BroadcastPair | undefined> {
    const sides = await startSides<boolean>(name, new URL("./", import.meta.url));
    if (sides === undefined) return undefined;
    const pair = new BroadcastPair(name, clients, sides);
    await pair.#client({ kind: "connect", clients });
    while ((await pair.#server({ kind: "look" })).listeners < clients) await setTimeout(20);
    return pair;
  }

  /**
   * Broadcasts so often, each when all clients have heard the last one. Returns the server's microseconds of CPU time a delivery.
   *
   * @param pauseMs from one to the next, at least
   */
  async measure(broadcasts: number, pauseMs: number): Promise<number> {
    const { cpu } = await this.#server({ kind: "look" });
    for (let turn = 0; turn < broadcasts; turn++) {
      const pause = setTimeout(pauseMs);
      await this.#server({ kind: "broadcast", turn });
      this.#broadcasts++;
      await this.#client({ kind: "hear", broadcasts: this.#broadcasts * this.#clients });
      if (pauseMs > 0) await pause;
    }
    await setTimeout(SETTLING_MS);
    return ((await this.#server({ kind: "look" })).cpu - cpu) / (broadcasts * this.#clients);
  }

  stop(): void {
    this.#sides.client.stop();
    this.#sides.server.stop();
  }

  #server(task: ServerTask): Promise<ServerState> {
    return this.#sides.server.ask<ServerState>(task);
  }

  #client(task: ClientTask): Promise<number> {
    return this.#sides.client.ask<number>(task);
  }
}
