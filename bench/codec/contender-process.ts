import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Proof, Task } from "./process.ts";

/** Modules that export a `Contender` as `contender`. Those in bench/peers need `npm ci` there. */
const modules: Readonly<Record<string, string>> = {
  zgen: "./zgen.ts",
  "protobufjs-static": "../peers/codec/protobufjs-static.ts",
  "protobufjs-create": "../peers/codec/protobufjs-create.ts",
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
  readonly #child: ChildProcess;
  #errors = "";
  /** Undefined in place of an answer when the process has ended. */
  #answered: (answer: unknown) => void = () => {};

  private constructor(name: string) {
    const module = new URL(modules[name]!, import.meta.url).href;
    this.name = name;
    this.#child = fork(fileURLToPath(new URL("./process.ts", import.meta.url)), [module], { stdio: ["ignore", "ignore", "pipe", "ipc"] });
    this.#child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.#errors += text;
    });
    this.#child.on("message", (answer) => this.#answered(answer)).on("close", () => this.#answered(undefined));
  }

  /** Undefined when the contender can't be loaded for a package that is missing. */
  static async start(name: string): Promise<{ readonly process: ContenderProcess; readonly proof: Proof } | undefined> {
    const process = new ContenderProcess(name);
    const proof = (await process.#answer()) as Proof | undefined;
    if (proof !== undefined) return { process, proof };
    if (process.#errors.includes("ERR_MODULE_NOT_FOUND")) return undefined;
    throw new Error(`${name} does not start:\n${process.#errors}`);
  }

  /** Operations a second. */
  async measure(task: Task): Promise<number> {
    this.#child.send(task);
    const figure = (await this.#answer()) as number | undefined;
    if (figure === undefined) throw new Error(`${this.name} ended while it was measured:\n${this.#errors}`);
    return figure;
  }

  stop(): void {
    this.#child.kill();
  }

  #answer(): Promise<unknown> {
    return new Promise((resolve) => {
      this.#answered = resolve;
    });
  }
}
