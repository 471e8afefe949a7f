import { importersOf } from "../model/importers.ts";
import type { File } from "../model/schema.ts";
import type { EmittedFile } from "./emit.ts";

/** The modules of each file, by its name. */
export type Modules = ReadonlyMap<string, readonly EmittedFile[]>;

interface Round {
  readonly circumstances: string;
  readonly texts: ReadonlyMap<string, string>;
  readonly modules: Modules;
}

/**
 * What one round of `--watch` leaves to the next: the modules of the files that a change does not reach. Code of a file depends on its own text and
 * on that of what it imports, directly and by way of others; whatever else it depends on is the circumstances, and together with them all is forgotten.
 */
export class EmissionMemory {
  #latest: Round | undefined;

  /**
   * The modules that are as they were.
   *
   * @param texts what the files say now
   */
  unchanged(files: readonly File[], texts: ReadonlyMap<string, string>, circumstances: string): Modules {
    const before = this.#latest;
    if (before?.circumstances !== circumstances) return new Map();
    const changed = files.filter(({ name }) => texts.get(name) !== before.texts.get(name)).map(({ name }) => name);
    const reached = importersOf(files, changed);
    return new Map([...before.modules].filter(([name]) => !reached.has(name)));
  }

  keep(texts: ReadonlyMap<string, string>, circumstances: string, modules: Modules): void {
    this.#latest = { texts, circumstances, modules };
  }
}
