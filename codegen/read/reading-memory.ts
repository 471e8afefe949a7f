import { importersOf } from "../model/importers.ts";
import type { File, Schema } from "../model/schema.ts";
import type { FileNode } from "./syntax/ast.ts";

/** A file as it was read before: nothing is wrong with it, and its names are resolved. */
export interface KnownFile {
  readonly node: FileNode;
  readonly file: File;
}

/**
 * What one reading of a schema leaves to the next, in `--watch`: the files that a change does not reach. What a file means depends on its own text and on
 * that of what it imports, directly and by way of others. A schema with something wrong in it leaves what there was before.
 */
export class ReadingMemory {
  #texts: ReadonlyMap<string, string> = new Map();
  #known: ReadonlyMap<string, KnownFile> = new Map();

  /**
   * The files that mean what they meant.
   *
   * @param textOf what a file says now; undefined where there is none
   */
  unchanged(textOf: (name: string) => string | undefined): ReadonlyMap<string, KnownFile> {
    const changed = [...this.#texts].filter(([name, text]) => textOf(name) !== text).map(([name]) => name);
    // Every file needs what describes options, and imports it or not.
    if (changed.some((name) => !this.#known.has(name))) return new Map();
    const reached = importersOf(
      [...this.#known.values()].map(({ file }) => file),
      changed,
    );
    return new Map([...this.#known].filter(([name]) => !reached.has(name)));
  }

  keep(texts: ReadonlyMap<string, string>, nodes: ReadonlyMap<string, FileNode>, { files }: Schema): void {
    this.#texts = texts;
    this.#known = new Map(files.map((file) => [file.name, { node: nodes.get(file.name)!, file }]));
  }
}
