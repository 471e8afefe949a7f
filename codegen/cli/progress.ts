import type { Terminal } from "./terminal.ts";

/** Work that ends sooner needs no word, in milliseconds. */
const PATIENCE_MS = 1_000;
/** From one word to the next. */
const STEP_MS = 100;

/** Says how far long work has come, on terminals that can take a line back. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  #next: number;
  #shown = false;
  #what = "";
  #done = 0;

  constructor(terminal: Terminal, now: () => number = () => performance.now()) {
    this.#terminal = terminal;
    this.#now = now;
    this.#next = now() + PATIENCE_MS;
  }

  /** One more of this kind is done: `reading`, `writing`. */
  step(what: string): void {
    this.#done = what === this.#what ? this.#done + 1 : 1;
    this.#what = what;
    const now = this.#now();
    if (this.#terminal.status === undefined || now < this.#next) return;
    this.#next = now + STEP_MS;
    this.#shown = true;
    this.#terminal.status(`${what}: ${this.#done} files`);
  }

  /** Takes back what was said. */
  end(): void {
    if (this.#shown) this.#terminal.status?.("");
    this.#shown = false;
  }
}
