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

/** The process of one contender, which works only while it is asked to. */
export class ContenderProcess {
  readonly name: string;
  readonly #process: WorkerProcess;

  private constructor(name: string, process: WorkerProcess) {
    this.name = name;
    this.#process = process;
  }

  /** Undefined when the contender can't be loaded for a package that is missing. */
  static async start(name: string): Promise<{ readonly process: ContenderProcess; readonly proof: Proof } | undefined> {
    const module = new URL(modules[name]!, import.meta.url).href;
    const started = await WorkerProcess.start<Proof>(name, new URL("./process.ts", import.meta.url), [module]);
    return started && { process: new ContenderProcess(name, started.process), proof: started.greeting };
  }

  /** Operations a second. */
  measure(task: Task): Promise<number> {
    return this.#process.ask<number>(task);
  }

  stop(): void {
    this.#process.stop();
  }
}
