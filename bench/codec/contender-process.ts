import { WorkerProcess } from "../support/worker-process.ts";
import type { Proof, Task } from "./process.ts";

/** Modules that export a `Contender` as `contender`. Those in bench/peers need `npm ci` there. */
const modules: Readonly<Record<string, string>> = {
  zgen: "./zgen.ts",
  "by-hand": "./by-hand.ts",
  "protobufjs-static": "../peers/codec/protobufjs-static.ts",
  "protobufjs-create": "../peers/codec/protobufjs-create.ts",
  "protobufjs-verify": "../peers/codec/protobufjs-verify.ts",
  "protobufjs-reflection": "../peers/codec/protobufjs-reflection.ts",
  "protobuf-es": "../peers/codec/protobuf-es.ts",
  "ts-proto": "../peers/codec/ts-proto.ts",
  msgpackr: "../peers/codec/msgpackr.ts",
  JSON: "./json.ts",
};

export const contenderNames: readonly string[] = Object.keys(modules);

/** So many processes has each contender: equal code differs by a tenth from one to the next, by what V8 made of it. */
export const starts = 3;

/** The processes of one contender. Each works only while it is asked to. */
export class ContenderProcesses {
  readonly name: string;
  readonly #processes: readonly WorkerProcess[];

  private constructor(name: string, processes: readonly WorkerProcess[]) {
    this.name = name;
    this.#processes = processes;
  }

  /** Undefined when the contender can't be loaded for a package that is missing. */
  static async start(name: string): Promise<{ readonly processes: ContenderProcesses; readonly proof: Proof } | undefined> {
    const module = new URL(modules[name]!, import.meta.url).href;
    const processes: WorkerProcess[] = [];
    let proof: Proof | undefined;
    for (let i = 0; i < starts; i++) {
      const started = await WorkerProcess.start<Proof>(name, new URL("./process.ts", import.meta.url), [module]);
      if (started === undefined) return undefined;
      processes.push(started.process);
      proof = started.greeting;
    }
    return { processes: new ContenderProcesses(name, processes), proof: proof! };
  }

  /** Operations a second, in one process after the other. */
  measure(task: Task, round: number): Promise<number> {
    return this.#processes[round % starts]!.ask<number>(task);
  }

  stop(): void {
    for (const process of this.#processes) process.stop();
  }
}
