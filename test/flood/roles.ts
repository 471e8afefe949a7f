import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What the processes of a flood tell one another. */
export interface ServerConfig {
  readonly listen: string;
  /** Whether the flood's addresses, which are of this machine, are counted like those of others. */
  readonly counted: boolean;
}
export interface ServerReady {
  readonly endpoint: string;
  readonly serverKey: string;
}
/** What the server saw until it was asked. */
export interface ServerAccount {
  readonly failed: Readonly<Record<string, number>>;
  readonly heapBytes: number;
  /** Turns of its event loop: the longest, and the one that 1 % exceed, in milliseconds. */
  readonly longestTurnMs: number;
  readonly slowTurnMs: number;
}
export interface SessionConfig extends ServerReady {
  readonly pauseMs: number;
}
export interface FloodConfig extends ServerReady {
  readonly handshakes: number;
  /** How many addresses of this machine it comes from. */
  readonly addresses: number;
  /** Connections that are being opened at once. */
  readonly opening: number;
}
/** What the flood met. */
export interface FloodAccount {
  readonly sent: number;
  /** Told OVERLOADED, answered with message 2, cut, and still waiting for anything. */
  readonly refused: number;
  readonly answered: number;
  readonly cut: number;
  readonly tookMs: number;
}

/** A process of the flood, which answers what it is asked, one question at a time. */
export class Role {
  readonly #child: ChildProcess;

  constructor(file: string) {
    this.#child = fork(fileURLToPath(new URL(file, import.meta.url)), { execArgv: process.execArgv });
  }

  ask<Answer>(question: string, body: unknown = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const gone = (code: number | null): void => reject(new Error(`a process ended with ${code} when it was asked for ${question}`));
      this.#child.once("exit", gone);
      this.#child.once("message", (answer) => {
        this.#child.off("exit", gone);
        resolve(answer as Answer);
      });
      this.#child.send({ question, body });
    });
  }

  end(): void {
    this.#child.kill();
  }
}

/** The other end of a {@link Role}: answers each question with what its function returns. */
export function answer(answers: Readonly<Record<string, (body: never) => unknown>>): void {
  process.on("message", ({ question, body }: { question: string; body: never }) => {
    Promise.resolve(answers[question]!(body)).then((reply) => process.send!(reply));
  });
  // Nobody is left to answer.
  process.on("disconnect", () => process.exit());
}
