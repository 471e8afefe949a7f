import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Diagnostics } from "./diagnostics.ts";
import { builtinRoots } from "./include.ts";
import { readLimits } from "./limits.ts";
import type { KnownFile } from "./reading-memory.ts";
import { Source } from "./source.ts";
import type { FileNode } from "./syntax/ast.ts";
import { parseFile } from "./syntax/file.ts";

/** Returns the text of a file, or undefined where there is none. */
export type ReadFile = (path: string) => string | undefined;

/** Describes the options of every kind of element, so that each schema needs it. */
export const descriptorFile = "google/protobuf/descriptor.proto";

/** What a {@link Loader} is given; `ReadOptions` says what each is. */
export interface LoaderOptions {
  readonly roots: readonly string[];
  readonly readFile?: ReadFile | undefined;
  readonly onFile?: ((name: string, text: string) => void) | undefined;
}

/** Reads and parses files with all that they import, each once; a file is looked for in one root after the other. */
export class Loader {
  readonly files: Map<string, FileNode> = new Map();
  readonly #roots: readonly string[];
  readonly #builtinRoots: readonly string[] = builtinRoots();
  readonly #readFile: ReadFile;
  readonly #diagnostics: Diagnostics;

  /** What was looked for, and what it says; undefined where there is none. */
  readonly #texts = new Map<string, string | undefined>();
  readonly #onFile: ((name: string, text: string) => void) | undefined;
  #known: ReadonlyMap<string, KnownFile> = new Map();

  constructor({ roots, readFile, onFile }: LoaderOptions, diagnostics: Diagnostics) {
    this.#roots = roots;
    this.#readFile = readFile ?? readText;
    this.#onFile = onFile;
    this.#diagnostics = diagnostics;
  }

  /**
   * Loads the named files.
   *
   * @param known files that were read before, and need not be parsed
   */
  load(names: readonly string[], known: ReadonlyMap<string, KnownFile> = new Map()): void {
    this.#known = known;
    for (const name of names) {
      if (this.#loadOne(name)) continue;
      this.#diagnostics.add(
        new Source(name, ""),
        0,
        "FILE_NOT_FOUND",
        `there is no file ${name}`,
        "check the name and the folders that schemas are read from",
      );
    }
    this.#loadOne(descriptorFile);
  }

  /** Loads a file and, breadth first, all that it imports. */
  #loadOne(name: string): boolean {
    if (this.files.has(name)) return true;
    const first = this.#parse(name);
    if (first === undefined) return false;
    const open = [first];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      for (const imported of file.imports) {
        if (this.files.has(imported.file)) continue;
        const next = this.#parse(imported.file);
        imported.missing = next === undefined;
        if (next) open.push(next);
        else this.#reportMissing(file, imported);
      }
    }
    return true;
  }

  #parse(name: string): FileNode | undefined {
    if (!isSafeName(name) || this.files.size >= readLimits.files) return undefined;
    const text = this.text(name);
    if (text === undefined) return undefined;
    const file = this.#known.get(name)?.node ?? this.#parseText(name, text);
    this.files.set(name, file);
    this.#onFile?.(name, text);
    return file;
  }

  #parseText(name: string, text: string): FileNode {
    const source = new Source(name, text.length > readLimits.fileLength ? "" : text);
    if (text.length > readLimits.fileLength) {
      this.#diagnostics.add(source, 0, "FILE_TOO_LARGE", `the file is larger than ${readLimits.fileLength} characters`, "split it");
    }
    return parseFile(source, this.#diagnostics);
  }

  /** What a file says; undefined where there is none. Built-in files lie on the disk, also where the user's are read in another way. */
  text(name: string): string | undefined {
    if (!this.#texts.has(name)) {
      this.#texts.set(name, firstText(this.#roots, name, this.#readFile) ?? firstText(this.#builtinRoots, name, readText));
    }
    return this.#texts.get(name);
  }

  /** What each of the loaded files says. */
  get texts(): ReadonlyMap<string, string> {
    return new Map([...this.files.keys()].map((name) => [name, this.#texts.get(name)!]));
  }

  #reportMissing(file: FileNode, { file: name, at }: FileNode["imports"][number]): void {
    const remedy = isSafeName(name)
      ? "check the name, which is relative to the folders that schemas are read from"
      : "write it relative to the folder of schemas, with / and without . or ..";
    this.#diagnostics.add(file.source, at, "IMPORT_NOT_FOUND", `there is no file ${name} to import`, remedy);
  }
}

/** An import stays below its root: relative, with slashes, and without `.` or `..`. */
function isSafeName(name: string): boolean {
  return name !== "" && !/[\\\0]/.test(name) && name.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

function firstText(roots: readonly string[], name: string, readFile: ReadFile): string | undefined {
  for (const root of roots) {
    const text = readFile(join(root, name));
    if (text !== undefined) return text;
  }
  return undefined;
}

/** What the file system says where there is no such file. */
const absent: ReadonlySet<unknown> = new Set(["ENOENT", "ENOTDIR", "EISDIR", "ENAMETOOLONG"]);

/** Reads a file of the disk. Throws what the file system says when the file is there and cannot be read. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && absent.has(error.code)) return undefined;
    throw error;
  }
}
