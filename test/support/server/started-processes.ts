import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Certificate, selfSigned } from "../transport/certificate.ts";

const program = fileURLToPath(new URL("./processes.ts", import.meta.url));

/** What the processes show over TLS. */
export const certificate: Certificate = selfSigned();

/** A program that serves with several processes. */
export class StartedProcesses {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly exited: Promise<number | null>;
  endpoints: readonly string[] = [];
  serverKey = "";
  /** Of the processes that it had started by then. */
  pids: readonly number[] = [];

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    this.exited = new Promise((resolve) => child.once("exit", resolve));
  }

  /** The first process. */
  get pid(): number {
    return this.#child.pid!;
  }

  /**
   * Resolves when it listens.
   *
   * @param env what {@link program} is told besides
   */
  static async start(count: number, env: Readonly<Record<string, string>> = {}): Promise<StartedProcesses> {
    const args = ["--import", "tsx", "--conditions=source", program, String(count)];
    const child = spawn(process.execPath, args, {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, ...env, TEST_CERTIFICATE: JSON.stringify(certificate) },
    });
    const started = new StartedProcesses(child);
    const line = await started.line();
    if (line === undefined) throw new Error(`the program ended with ${await started.exited}`);
    Object.assign(started, JSON.parse(line));
    return started;
  }

  /** The next line that it prints; undefined when it has ended. */
  async line(): Promise<string | undefined> {
    return (await this.#lines.next()).value as string | undefined;
  }

  /** Has it do what {@link program} says. */
  tell(line: string): void {
    this.#child.stdin!.write(`${line}\n`);
  }

  /** Ends it, and resolves with its exit code. */
  async close(): Promise<number | null> {
    this.tell("close");
    return this.exited;
  }
}
