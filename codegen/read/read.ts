import type { Diagnostic } from "../model/diagnostic.ts";
import type { Schema } from "../model/schema.ts";
import { extensionsOf } from "../model/walk.ts";
import { type ClosedEnums, closedEnums } from "./build/builder.ts";
import { buildFile } from "./build/file.ts";
import { checkCompression } from "./check/compression.ts";
import type { ExtensionNumbers } from "./check/extensions.ts";
import { FileChecker } from "./check/file.ts";
import { checkImports } from "./check/imports.ts";
import { Diagnostics } from "./diagnostics.ts";
import { Scope } from "./link/scope.ts";
import { SymbolTable } from "./link/symbols.ts";
import { TypeLinker } from "./link/types.ts";
import { visibleFiles } from "./link/visible.ts";
import { descriptorFile, Loader, type ReadFile } from "./load.ts";
import { interpretFile } from "./options/file.ts";
import type { KnownFile, ReadingMemory } from "./reading-memory.ts";
import type { FileNode } from "./syntax/ast.ts";

export interface ReadOptions {
  /** Names of the files to read, relative to one of the roots, with slashes. */
  readonly files: readonly string[];
  /** Folders in which files and their imports are looked for, in this order; the built-in ones come last. */
  readonly roots: readonly string[];
  /** Reads one file of a root, in place of the file system; undefined where there is none. Built-in files are found all the same. */
  readonly readFile?: ReadFile | undefined;
  /** Told of each file that was parsed, with its text. */
  readonly onFile?: ((name: string, text: string) => void) | undefined;
  /** What was read before, where this is one of many rounds. */
  readonly memory?: ReadingMemory | undefined;
}

type KnownFiles = ReadonlyMap<string, KnownFile>;

/** A complete model, or all that is wrong, sorted by position. */
export type ReadResult =
  | { readonly schema: Schema; readonly diagnostics?: undefined }
  | { readonly schema?: undefined; readonly diagnostics: readonly Diagnostic[] };

/**
 * Reads `.proto` files with all that they import into one frozen model. Malformed input never throws: every error of every file comes back as
 * a diagnostic. What throws is the file system, when a file is there and cannot be read.
 */
export function readSchema(options: ReadOptions): ReadResult {
  const diagnostics = new Diagnostics();
  const loader = new Loader(options, diagnostics);
  const known: KnownFiles = options.memory?.unchanged((name) => loader.text(name)) ?? new Map();
  loader.load(options.files, known);
  const parsed = diagnostics.count;
  const table = new SymbolTable(diagnostics);
  for (const file of loader.files.values()) table.enterFile(file);
  // Where a name is declared twice, it may mean something else to files that are known.
  if (known.size > 0 && diagnostics.count > parsed) return readSchema({ ...options, memory: undefined });
  const scopes = link(loader.files, known, table, diagnostics);
  const closed = closedEnums(loader.files.values());
  check(scopes, closed, loader.files, known, diagnostics);
  if (!diagnostics.empty) return { diagnostics: diagnostics.sorted() };
  const schema = build(scopes, closed, known, options.files);
  options.memory?.keep(loader.texts, loader.files, schema);
  return { schema };
}

/** google/protobuf/descriptor.proto, which declares the options of every kind of element. */
export function descriptorSchema(): Schema {
  descriptor ??= readSchema({ files: [descriptorFile], roots: [] }).schema;
  if (descriptor === undefined) throw new Error(`${descriptorFile} cannot be read: install zgen again`);
  return descriptor;
}

/** It comes with zgen, and stays as it is. */
let descriptor: Schema | undefined;

/** Resolves every name: what it cannot, it reports. */
function link(files: ReadonlyMap<string, FileNode>, known: KnownFiles, table: SymbolTable, diagnostics: Diagnostics): readonly Scope[] {
  const visible = visibleFiles(files);
  const scopes = [...files.values()].map((file) => new Scope(table, file, visible.get(file)!));
  const unknown = scopes.filter(({ file }) => !known.has(file.source.name));
  for (const scope of unknown) new TypeLinker(scope, diagnostics).linkFile();
  for (const scope of unknown) interpretFile(scope, table, diagnostics);
  return scopes;
}

/** A known file with extensions is checked again: another file may have taken the number of one. */
function check(
  scopes: readonly Scope[],
  closed: ClosedEnums,
  files: ReadonlyMap<string, FileNode>,
  known: KnownFiles,
  diagnostics: Diagnostics,
): void {
  const extensions: ExtensionNumbers = new Map();
  checkImports(files, diagnostics);
  for (const scope of scopes) {
    const before = known.get(scope.file.source.name);
    if (before !== undefined && extensionsOf(before.file).next().done) continue;
    new FileChecker(scope, closed, extensions, diagnostics).check();
  }
  checkCompression(files.values(), diagnostics);
}

/** Leaves out descriptor.proto where only zgen itself needed it. */
function build(scopes: readonly Scope[], closed: ClosedEnums, known: KnownFiles, requested: readonly string[]): Schema {
  const wanted = new Set(requested);
  const descriptorUsed = wanted.has(descriptorFile) || scopes.some(({ file }) => file.imports.some((node) => node.file === descriptorFile));
  const used = scopes.filter(({ file }) => descriptorUsed || file.source.name !== descriptorFile);
  used.sort((a, b) => (a.file.source.name < b.file.source.name ? -1 : 1));
  const files = used.map((scope) => {
    const { name } = scope.file.source;
    const before = known.get(name)?.file;
    return before?.requested === wanted.has(name) ? before : buildFile(scope, closed, wanted.has(name));
  });
  return Object.freeze({ files: Object.freeze(files) });
}
