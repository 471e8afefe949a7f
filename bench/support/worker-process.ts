import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { withoutLoader } from "./plain.ts";

/** A process that answers one question at a time. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  /** Settles when the process has ended: how it did, and what it said. */
  readonly ended: Promise<string>;
  #errors = "";
  #over = false;
  #because: string | undefined;
  /** Undefined in place of an answer when the process has ended. */
  #answered: (answer: unknown) => void = () => {};

  private constructor(name: string, module: URL, args: readonly string[]) {
    const file = fileURLToPath(module);
    const { execArgv } = globalThis.process;
    this.#child = fork(file, args, {
      execArgv: file.endsWith(".ts") ? execArgv : withoutLoader(execArgv),
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.#errors += text;
    });
    this.#child.on("message", (answer) => this.#answered(answer));
    this.ended = new Promise((resolve) => {
      this.#child.on("close", (code, signal) =>
        resolve(this.#because ?? `${name} ended (${signal ?? `code ${code}`}) while it was measured:\n${this.#errors}`),
      );
    });
    void this.ended.then(() => {
      this.#over = true;
      this.#answered(undefined);
    });
  }

  /** What the module says first is its greeting. Undefined when a package that it needs is not installed. */
  static async start<Greeting>(
    name: string,
    module: URL,
    args: readonly string[],
  ): Promise<{ readonly process: WorkerProcess; readonly greeting: Greeting } | undefined> {
    const process = new WorkerProcess(name, module, args);
    const greeting = (await process.#answer()) as Greeting | undefined;
    if (greeting !== undefined) return { process, greeting };
    if (process.#errors.includes("ERR_MODULE_NOT_FOUND")) return undefined;
    throw new Error(`${name} does not start:\n${process.#errors}`);
  }

  /** Throws when the process ends instead of answering. */
  async ask<Answer>(question: object): Promise<Answer> {
    // A process that has ended takes no question; that it has, is told below.
    this.#child.send(question, () => {});
    const answer = (await this.#answer()) as Answer | undefined;
    if (answer === undefined) throw new Error(await this.ended);
    return answer;
  }

  /** @param because of which other end, which is then told in place of this one's */
  stop(because?: string): void {
    this.#because ??= because;
    this.#child.kill();
  }

  #answer(): Promise<unknown> {
    return new Promise((resolve) => {
      // One that ended while nothing was asked of it answers nobody; waiting for it, this process would leave without a word.
      if (this.#over) resolve(undefined);
      else this.#answered = resolve;
    });
  }
}
