import { createIdentity } from "zserver";
import { serializeIdentity } from "zserver/keys";
import { WorkerProcess } from "../support/worker-process.ts";
import type { ClientInit, ClientTask, ServerInit, ServerState, ServerTask, Worked } from "./tasks.ts";

/** Sizes of a crew. */
export interface CrewInit {
  readonly servers: number;
  readonly clients: number;
  /** What clients connect by. */
  readonly scheme: "ws" | "tcp";
}

/** What clients have done together. */
export interface WorkedTogether {
  /** Of the slowest process. */
  readonly milliseconds: number;
  readonly cpu: number;
  /** Sorted. */
  readonly latencies: Float64Array;
  readonly lost: number;
}

/** A server of several processes, and several processes of its clients. */
export class Crew {
  readonly #server: WorkerProcess;
  readonly #clients: readonly WorkerProcess[];
  #failure: string | undefined;

  private constructor(server: WorkerProcess, clients: readonly WorkerProcess[]) {
    this.#server = server;
    this.#clients = clients;
  }

  /** Each process of clients has an address of the server to itself: from one address to another there are some 28,000 ports. */
  static async start({ servers, clients, scheme }: CrewInit): Promise<Crew> {
    const listen = Array.from({ length: clients }, (_, index) => `${scheme}://127.0.0.${index + 1}:0`);
    const init: ServerInit = { processes: servers, listen, identity: serializeIdentity(createIdentity()) };
    const server = (await startProcess<{ readonly endpoints: readonly string[]; readonly serverKey: string }>("server", init))!;
    const { endpoints, serverKey } = server.greeting;
    const started = await Promise.all(endpoints.map((endpoint) => startProcess<true>("client", { endpoint, serverKey })));
    const crew: Crew = new Crew(
      server.process,
      started.map((client) => client!.process),
    );
    // Else the others would wait for answers for ever.
    for (const each of [crew.#server, ...crew.#clients])
      void each.ended.then((how) => {
        crew.#failure ??= how;
        crew.stop();
      });
    return crew;
  }

  /** How the process ended that did so first, and what it said; the others end because of it. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** What all processes of the server are, the one that started them first. */
  look(collected = false): Promise<readonly ServerState[]> {
    return this.server<readonly ServerState[]>({ kind: "look", collected });
  }

  server<Answer>(task: ServerTask): Promise<Answer> {
    return this.#server.ask<Answer>(task);
  }

  /** Asks all processes of clients. @param task for each, by its index */
  clients<Answer>(task: (index: number) => ClientTask): Promise<Answer[]> {
    return Promise.all(this.#clients.map((client, index) => client.ask<Answer>(task(index))));
  }

  async work(task: (index: number) => ClientTask): Promise<WorkedTogether> {
    const all = await this.clients<Worked>(task);
    return {
      milliseconds: Math.max(...all.map(({ milliseconds }) => milliseconds)),
      cpu: all.reduce((sum, { cpu }) => sum + cpu, 0),
      latencies: Float64Array.from(all.flatMap(({ latencies }) => latencies)).sort(),
      lost: all.reduce((sum, { lost }) => sum + lost, 0),
    };
  }

  /** Milliseconds until the event of this turn, which the process that started the others sends to a group, has come to all sessions. */
  async broadcast(turn: number): Promise<number> {
    const heard = this.clients<number>(() => ({ kind: "hear", turn }));
    const start = Date.now();
    await this.server<true>({ kind: "broadcast", turn });
    return Math.max(...(await heard)) - start;
  }

  stop(): void {
    for (const each of [this.#server, ...this.#clients]) each.stop();
  }
}

const startProcess = <Greeting>(side: "server" | "client", init: ServerInit | ClientInit) =>
  WorkerProcess.start<Greeting>(side, new URL(`${side}-process.ts`, import.meta.url), [JSON.stringify(init)]);

/** How long this part of the calls took at most, in ms; 0 when there was none. */
export function quantile({ latencies }: WorkedTogether, part: number): number {
  return latencies[Math.min(latencies.length - 1, Math.floor(part * latencies.length))] ?? 0;
}

export const sumOf = <T>(all: readonly T[], of: (one: T) => number): number => all.reduce((sum, one) => sum + of(one), 0);

/** So many of `all` are the part of this index, of as many as there are. */
export const share = (all: number, parts: number, index: number): number =>
  Math.floor((all * (index + 1)) / parts) - Math.floor((all * index) / parts);
