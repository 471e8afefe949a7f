import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** What a process of the example can be asked to do, each by its name. Results travel as JSON. */
export type Steps = Readonly<Record<string, () => unknown>>;

interface Ask {
  readonly id: number;
  readonly step: string;
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** Does, in this process, what the story asks for. */
export function answerSteps(steps: Steps): void {
  process.on("message", async ({ id, step }: Ask) => {
    try {
      process.send?.({ id, result: await steps[step]?.() });
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? error.message : String(error) });
    }
  });
  process.send?.({ id: 0 });
}

/** A process of the example, as the story sees it. */
export class Actor {
  readonly #child: ChildProcess;
  readonly #open = new Map<number, (answer: Answer) => void>();
  #asked = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on("message", (answer: Answer) => this.#open.get(answer.id)?.(answer));
    child.on("exit", (code) => {
      for (const [id, settle] of this.#open) settle({ id, error: `the process ended with code ${code}` });
    });
  }

  /** Starts `file`, which calls {@link answerSteps} when it is ready. */
  static async start(file: string, ...args: string[]): Promise<Actor> {
    const actor = new Actor(fork(fileURLToPath(new URL(file, import.meta.url)), args));
    await actor.#answer(0);
    return actor;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Asks for a step and waits for what it returns. */
  async ask<Result = void>(step: string): Promise<Result> {
    const id = ++this.#asked;
    const answer = this.#answer(id);
    this.#child.send({ id, step } satisfies Ask);
    return (await answer) as Result;
  }

  /** Lets go of the process and waits until it has ended by itself. */
  async exited(): Promise<number | null> {
    if (this.#child.connected) this.#child.disconnect();
    if (!this.#hasEnded()) await once(this.#child, "exit");
    return this.#child.exitCode;
  }

  /** Ends the process, if it has not ended. */
  async stop(): Promise<void> {
    this.#child.kill();
    if (!this.#hasEnded()) await once(this.#child, "exit");
  }

  #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async #answer(id: number): Promise<unknown> {
    const { error, result } = await new Promise<Answer>((settle) => this.#open.set(id, settle));
    this.#open.delete(id);
    if (error !== undefined) throw new Error(error);
    return result;
  }
}
