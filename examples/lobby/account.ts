/** What the story tells: a line for each thing that happened, measured in this run, and whether it was what had to happen. */
export class Account {
  #missing = 0;
  readonly #began = performance.now();
  readonly #print: (line: string) => void;

  constructor(print: (line: string) => void = console.log) {
    this.#print = print;
  }

  /** Prints a fact. One that does not hold is marked, and makes the whole run fail. */
  fact(holds: boolean, text: string): void {
    if (!holds) this.#missing++;
    this.#print(`${holds ? "  ok  " : "  MISSING  "}${text}`);
  }

  /** Text that belongs to the fact before it, as it was printed. */
  quote(text: string): void {
    for (const line of text.trim().split("\n")) this.#print(`        ${line}`);
  }

  /** Prints the end and returns the exit code. */
  end(): number {
    const seconds = ((performance.now() - this.#began) / 1000).toFixed(1);
    this.#print(this.#missing === 0 ? `All of it happened, in ${seconds} s.` : `${this.#missing} of these did not happen.`);
    return this.#missing === 0 ? 0 : 1;
  }
}
