import { type ImportDeclaration, type ImportSpecifier, type SourceFile, SyntaxKind } from "ts-morph";
import { claim } from "../emit/identifier.ts";
import type { Edit } from "./edit.ts";
import type { GeneratedModules } from "./modules.ts";
import type { Style } from "./style.ts";

interface Imported {
  readonly module: string;
  readonly name: string;
}

interface Wanted extends Imported {
  readonly type: boolean;
  readonly local: string;
}

/** The imports of a file that exists: what its names mean, and which are needed besides. */
export class ImportTable {
  readonly #source: SourceFile;
  readonly #file: string;
  readonly #modules: GeneratedModules;
  readonly #byLocal = new Map<string, Imported>();
  readonly #taken: Set<string>;
  readonly #wanted: Wanted[] = [];

  constructor(source: SourceFile, file: string, modules: GeneratedModules) {
    this.#source = source;
    this.#file = file;
    this.#modules = modules;
    this.#taken = new Set(source.getDescendantsOfKind(SyntaxKind.Identifier).map((identifier) => identifier.getText()));
    for (const declaration of source.getImportDeclarations()) {
      const module = this.#moduleOf(declaration);
      for (const specifier of declaration.getNamedImports()) this.#byLocal.set(localOf(specifier), { module, name: specifier.getName() });
    }
  }

  /** What a name of the file was imported as; undefined for the file's own. */
  meaning(local: string): Imported | undefined {
    return this.#byLocal.get(local);
  }

  /** The name under which the file has this export, from now on at least. */
  use(module: string, name: string, type: boolean): string {
    for (const [local, imported] of this.#byLocal) if (imported.module === module && imported.name === name) return local;
    const local = claim(this.#taken, name);
    this.#byLocal.set(local, { module, name });
    this.#wanted.push({ module, name, type, local });
    return local;
  }

  /**
   * What has to change about the imports: names that are needed come in, those that the schema lost and nothing uses any more go.
   *
   * @param edits what changes elsewhere: uses within them are gone
   */
  edits(edits: readonly Edit[], style: Style): Edit[] {
    const gone = this.#gone(edits);
    const result: Edit[] = [];
    const homeless = this.#wanted.filter((wanted) => {
      const place = gone.findIndex(({ module }) => module === wanted.module);
      if (place >= 0) {
        const [{ specifier }] = gone.splice(place, 1) as [Gone];
        result.push({ from: specifier.getStart(), to: specifier.getEnd(), text: written(wanted, specifier.getImportDeclaration()) });
        return false;
      }
      const declaration = this.#declarationFor(wanted);
      if (declaration !== undefined) result.push(appended(wanted, declaration));
      return declaration === undefined;
    });
    for (const declaration of this.#source.getImportDeclarations())
      result.push(...removals(declaration, new Set(gone.map(({ specifier }) => specifier))));
    if (homeless.length > 0) result.push(this.#newDeclarations(homeless, style));
    return result;
  }

  #moduleOf(declaration: ImportDeclaration): string {
    return this.#modules.module(this.#file, declaration.getModuleSpecifierValue());
  }

  #gone(edits: readonly Edit[]): Gone[] {
    const isUsed = (local: string): boolean =>
      this.#source
        .getDescendantsOfKind(SyntaxKind.Identifier)
        .some(
          (use) =>
            use.getText() === local &&
            use.getFirstAncestorByKind(SyntaxKind.ImportDeclaration) === undefined &&
            !edits.some(({ from, to }) => from <= use.getStart() && use.getEnd() <= to),
        );
    return this.#source.getImportDeclarations().flatMap((declaration) => {
      const module = this.#moduleOf(declaration);
      return declaration
        .getNamedImports()
        .filter((specifier) => this.#modules.lacks(module, specifier.getName()) && !isUsed(localOf(specifier)))
        .map((specifier) => ({ module, specifier }));
    });
  }

  #declarationFor({ module, type }: Wanted): ImportDeclaration | undefined {
    return this.#source
      .getImportDeclarations()
      .find((each) => this.#moduleOf(each) === module && each.getNamedImports().length > 0 && (type || !each.isTypeOnly()));
  }

  #newDeclarations(wanted: readonly Wanted[], { newline, quote, semicolon }: Style): Edit {
    const lines = [...new Set(wanted.map(({ module }) => module))].map((module) => {
      const names = wanted.filter((each) => each.module === module);
      const types = names.every(({ type }) => type);
      const parts = names.map(({ name, local, type }) => `${type && !types ? "type " : ""}${as(name, local)}`);
      const specifier = `${quote}${this.#modules.specifier(this.#file, module)}${quote}`;
      return `import ${types ? "type " : ""}{ ${parts.join(", ")} } from ${specifier}${semicolon}`;
    });
    const last = this.#source.getImportDeclarations().at(-1);
    if (last !== undefined) return { from: last.getEnd(), to: last.getEnd(), text: lines.map((line) => newline + line).join("") };
    const start = this.#source.getStatements()[0]?.getStart(true) ?? 0;
    return { from: start, to: start, text: lines.map((line) => line + newline).join("") + newline };
  }
}

interface Gone {
  readonly module: string;
  readonly specifier: ImportSpecifier;
}

const localOf = (specifier: ImportSpecifier): string => specifier.getAliasNode()?.getText() ?? specifier.getName();
const as = (name: string, local: string): string => (name === local ? name : `${name} as ${local}`);

function written({ name, local, type }: Wanted, declaration: ImportDeclaration): string {
  return `${type && !declaration.isTypeOnly() ? "type " : ""}${as(name, local)}`;
}

/** Behind the last name of the list, on a line of its own where the list has lines. */
function appended(wanted: Wanted, declaration: ImportDeclaration): Edit {
  const last = declaration.getNamedImports().at(-1)!;
  const [between = ""] = /\r?\n[ \t]*$/.exec(last.getFullText().slice(0, last.getStart() - last.getFullStart())) ?? [];
  return { from: last.getEnd(), to: last.getEnd(), text: `,${between || " "}${written(wanted, declaration)}` };
}

/** Takes names out of an import, and the whole import where none is left. */
function removals(declaration: ImportDeclaration, gone: ReadonlySet<ImportSpecifier>): Edit[] {
  const names = declaration.getNamedImports();
  const lastKept = names.findLastIndex((name) => !gone.has(name));
  if (names.length === 0 || (lastKept === names.length - 1 && !names.some((name) => gone.has(name)))) return [];
  if (lastKept < 0) return [{ from: declaration.getStart(), to: declaration.getEnd() + newlineBehind(declaration), text: "" }];
  const edits = names
    .slice(0, lastKept)
    .flatMap((name, place) => (gone.has(name) ? [{ from: name.getStart(), to: names[place + 1]!.getStart(), text: "" }] : []));
  if (lastKept < names.length - 1) edits.push({ from: names[lastKept]!.getEnd(), to: names.at(-1)!.getEnd(), text: "" });
  return edits;
}

function newlineBehind(declaration: ImportDeclaration): number {
  const rest = declaration.getSourceFile().getFullText().slice(declaration.getEnd());
  return /^\r?\n/.exec(rest)?.[0].length ?? 0;
}
