import { literal } from "./comment.ts";
import { claim } from "./identifier.ts";

/** A name of another module, or of this one where `module` is empty. Resolved when the file that uses it is rendered. */
export interface Ref {
  readonly module: string;
  readonly name: string;
  /** Only a type is wanted; the import is erased. */
  readonly type: boolean;
}

/** Generated text that may hold references: what a template passes to `use`. */
export type Code = string | Ref | readonly Code[];

interface Entry {
  readonly local: string;
  type: boolean;
}

/** The imports of one file: merged by module, renamed with a `$` where the file has another use for the name. */
export class Imports {
  readonly #modules = new Map<string, Map<string, Entry>>();
  readonly #taken: Set<string>;

  /** @param taken names that mean something else anywhere in the file */
  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  /** The text of `code`, its references imported. */
  use(code: Code): string {
    if (typeof code === "string") return code;
    if (isList(code)) return code.map((part) => this.use(part)).join("");
    return code.module === "" ? code.name : this.#import(code);
  }

  #import(ref: Ref): string {
    const names = this.#modules.get(ref.module) ?? new Map<string, Entry>();
    this.#modules.set(ref.module, names);
    const entry = names.get(ref.name) ?? { local: claim(this.#taken, ref.name), type: true };
    names.set(ref.name, entry);
    if (!ref.type) entry.type = false;
    return entry.local;
  }

  /** Import declarations, sorted: packages first, then files. */
  render(): string {
    const modules = [...this.#modules].sort(([a], [b]) => order(a.startsWith("."), b.startsWith(".")) || order(a, b));
    return modules.map(([module, names]) => declaration(module, names)).join("");
  }
}

function isList(code: Ref | readonly Code[]): code is readonly Code[] {
  return Array.isArray(code);
}

function declaration(module: string, names: ReadonlyMap<string, Entry>): string {
  const sorted = [...names].sort(([a], [b]) => order(a, b));
  const typesOnly = sorted.every(([, entry]) => entry.type);
  const parts = sorted.map(([name, { local, type }]) => {
    return `${type && !typesOnly ? "type " : ""}${name === local ? name : `${name} as ${local}`}`;
  });
  const keyword = typesOnly ? "import type" : "import";
  const line = `${keyword} { ${parts.join(", ")} } from ${literal(module)};\n`;
  return line.length <= 141 ? line : `${keyword} {\n${parts.map((part) => `  ${part},\n`).join("")}} from ${literal(module)};\n`;
}

function order<T>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
