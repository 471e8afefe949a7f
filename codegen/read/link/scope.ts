import type { FileNode } from "../syntax/ast.ts";
import type { Declared, SymbolTable } from "./symbols.ts";

/** Why a name means nothing. */
export interface Miss {
  /** A declaration that it would mean, were its file imported. */
  readonly notImported: Declared | undefined;
  /** The full name that an inner scope turned it into, where nothing is declared. */
  readonly shadowed: string | undefined;
}

/**
 * The names that one file may use: its own, those of the files it imports, and of what those import publicly. protoc's rule: the innermost
 * scope that knows the first part of a name decides, even if it does not know the rest (protobufjs would go on looking).
 *
 * Source: https://protobuf.com/docs/language-spec#reference-resolution
 */
export class Scope {
  readonly file: FileNode;
  readonly visible: ReadonlySet<FileNode>;
  readonly #table: SymbolTable;
  #notImported: Declared | undefined;
  #types = false;

  constructor(table: SymbolTable, file: FileNode, visible: ReadonlySet<FileNode>) {
    this.#table = table;
    this.file = file;
    this.visible = visible;
  }

  /** What `name` means in the scope around the element `from`; with `types`, skipping what is neither message nor enum. */
  find(name: string, from: string, types: boolean): Declared | Miss {
    this.#notImported = undefined;
    this.#types = types;
    if (name.startsWith(".")) return this.#get(name.slice(1)) ?? this.#miss(undefined);
    const dot = name.indexOf(".");
    const first = dot < 0 ? name : name.slice(0, dot);
    let scope = from;
    do {
      scope = scope.slice(0, Math.max(0, scope.lastIndexOf(".")));
      const prefix = scope === "" ? "" : `${scope}.`;
      const found = this.#get(prefix + first);
      if (found === undefined) continue;
      if (dot < 0) {
        if (types && !isType(found)) continue;
        return found;
      }
      if (isScope(found)) return this.#get(prefix + name) ?? this.#miss(prefix + name);
    } while (scope !== "");
    return this.#miss(undefined);
  }

  #miss(shadowed: string | undefined): Miss {
    return { notImported: this.#notImported, shadowed };
  }

  #get(fullName: string): Declared | undefined {
    const found = this.#types ? this.#table.getType(fullName) : this.#table.get(fullName);
    if (found === undefined || this.visible.has(found.file)) return found;
    if (found.node === undefined && intersects(found.files, this.visible)) return found;
    if (found.node !== undefined) this.#notImported ??= found;
    return undefined;
  }
}

export function isMiss(result: Declared | Miss): result is Miss {
  return "shadowed" in result;
}

function isType({ node }: Declared): boolean {
  return node?.kind === "message" || node?.kind === "enum";
}

/** Whether names can be declared within. */
function isScope({ node }: Declared): boolean {
  return node === undefined || node.kind === "message" || node.kind === "enum" || node.kind === "service";
}

function intersects(a: ReadonlySet<FileNode>, b: ReadonlySet<FileNode>): boolean {
  const [small, large] = a.size < b.size ? [a, b] : [b, a];
  for (const file of small) if (large.has(file)) return true;
  return false;
}
