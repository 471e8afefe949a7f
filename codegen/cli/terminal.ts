/** Where a subcommand runs and speaks, passed in so that tests can listen. */
export interface Terminal {
  /** The folder that relative paths start from. */
  readonly cwd: string;
  /** A line of what was asked for: standard output. */
  out(line: string): void;
  /** A line about how it went: standard error. */
  err(line: string): void;
  /** Replaces the last line of this kind; undefined where lines cannot be taken back. */
  readonly status?: ((line: string) => void) | undefined;
  /** Standard input, as text. */
  input(): AsyncIterable<string>;
  /** Fires at Ctrl-C, where somebody else than the process looks out for it. */
  readonly interrupted?: AbortSignal;
}

/** The terminal of this process. */
export const systemTerminal: Terminal = {
  cwd: process.cwd(),
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  status: process.stderr.isTTY ? (line) => void process.stderr.write(`\r${line}\u001b[K`) : undefined,
  input: () => process.stdin.setEncoding("utf8") as AsyncIterable<string>,
};

/** Something the person at the terminal did or has to mend. Shown as its message alone, without a stack. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
