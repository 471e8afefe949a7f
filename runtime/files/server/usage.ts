import { errorCode } from "../errors.ts";
import { type Folder, within } from "../folder.ts";
import { MAX_DEPTH } from "../path.ts";

/** The files below a folder, and their bytes. What others than this service change there is not noticed until the next start. */
export class Usage {
  bytes = 0;
  files = 0;
  /** What is under way, by path. */
  readonly #turns = new Map<string, Promise<unknown>>();

  /** Counts what is there; no further than `maxFiles`, from where on nothing more is taken anyway. */
  static async count(root: Folder, home: readonly string[], maxFiles: number): Promise<Usage> {
    const usage = new Usage();
    try {
      await within(root, home, (folder) => usage.#add(folder, maxFiles, MAX_DEPTH));
    } catch (error) {
      // Nobody has written anything there.
      if (errorCode(error) !== "ENOENT") throw error;
    }
    return usage;
  }

  async #add(folder: Folder, maxFiles: number, depth: number): Promise<void> {
    for await (const name of folder.names()) {
      if (this.files > maxFiles) return;
      const entry = await folder.entry(name);
      if (entry?.isFile()) this.changed(entry.size, 1);
      else if (entry?.isDirectory() && depth > 0) await within(folder, [name], (child) => this.#add(child, maxFiles, depth - 1));
    }
  }

  /** Runs what changes a file, one after the other for each path: what two of them find there is not counted twice. */
  async inTurn<T>(path: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(path) ?? Promise.resolve()).then(work, work);
    this.#turns.set(path, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(path) === turn) this.#turns.delete(path);
    }
  }

  changed(bytes: number, files: number): void {
    this.bytes += bytes;
    this.files += files;
  }
}
