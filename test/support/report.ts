/** What a test file tells the person at the terminal even when it passes. The runner prints it; a file run by itself prints it directly. */
export interface FileNotes {
  readonly skipped: { readonly name: string; readonly reason: string }[];
  readonly notes: string[];
}

/** Where the runner looks for a file's notes. Registered globally, because runner and file may load this module twice. */
const key: unique symbol = Symbol.for("zserver.test.notes") as never;

const shared = globalThis as { [key]?: FileNotes };

export function fileNotes(): FileNotes {
  shared[key] ??= { skipped: [], notes: [] };
  return shared[key];
}

/** Says plainly that a test does not run here, and why. The only way to leave one out that the runner accepts. */
export function skipWithReason(name: string, reason: string): void {
  fileNotes().skipped.push({ name, reason });
  process.stdout.write(`skipped: ${name}: ${reason}\n`);
}

/** A measured fact of this run (a seed, a count, a time) that is worth a line even when everything passes. */
export function note(text: string): void {
  fileNotes().notes.push(text);
  process.stdout.write(`note: ${text}\n`);
}
