import path from "node:path";
import { BLOB_MODULE, RUNTIME_MODULE } from "../emit/handler-view.ts";

/** How files of the user's import generated modules, and which module an import means. */
export class GeneratedModules {
  readonly #out: string;
  readonly #extension: string;
  readonly #exports: ReadonlyMap<string, ReadonlySet<string>>;

  /**
   * @param out the folder of generated code, absolute
   * @param extension behind relative imports
   * @param exports what each generated module exports, by its path below `out` without an extension
   */
  constructor(out: string, extension: string, exports: ReadonlyMap<string, ReadonlySet<string>>) {
    this.#out = out;
    this.#extension = extension;
    this.#exports = exports;
  }

  /** What a file writes behind `from`. */
  specifier(file: string, module: string): string {
    if (!this.#exports.has(module)) return module;
    const relative = path.relative(path.dirname(file), path.join(this.#out, module)).replaceAll(path.sep, "/");
    return (relative.startsWith(".") ? relative : `./${relative}`) + this.#extension;
  }

  /** The module that a file means by this specifier: a path below the output folder, or the specifier as it is. */
  module(file: string, specifier: string): string {
    if (!specifier.startsWith(".")) return specifier;
    const target = path.resolve(path.dirname(file), specifier).replace(/\.(ts|js)$/, "");
    return path.relative(this.#out, target).replaceAll(path.sep, "/");
  }

  /** Whether zgen writes this module, or brings it along: the names in it are the schema's. */
  isGenerated(module: string): boolean {
    return module === RUNTIME_MODULE || module === BLOB_MODULE || this.#exports.has(module);
  }

  /** Whether a generated module has this name no more. */
  lacks(module: string, name: string): boolean {
    return this.#exports.get(module)?.has(name) === false;
  }
}
