import type { EmittedFile } from "../emit/emit.ts";
import { modulePath } from "../emit/scope.ts";
import type { Schema } from "../model/schema.ts";

/** A module that users of the library import: it exports again what other modules declare. */
export interface Entry {
  /** `.` or `./lobby/v1`, as `exports` in package.json has it. */
  readonly subpath: string;
  /** The path of the module within the library, without an extension. */
  readonly path: string;
  /** The proto packages whose names it exports. */
  readonly packages: readonly string[];
  /** Whether it exports their modules of JSON instead of those of their messages and services. */
  readonly json: boolean;
  /** The paths of the modules that declare them, without an extension. */
  readonly modules: readonly string[];
}

/** The entries cannot be made: two names or two entries would be one, or there is nothing to export. Its message says what to do. */
export class EntryError extends Error {
  override readonly name = "EntryError";
}

/** A module of code, or of JSON, and the proto package that it is of. */
interface Module {
  readonly path: string;
  readonly package: string;
  readonly json: boolean;
  readonly names: ReadonlySet<string>;
}

/**
 * The entries of a library: one for each proto package, `lobby.v1` at `lobby/v1`, and the main entry, which exports the names of several packages. Each
 * has another for its modules of JSON, at `json` below it.
 *
 * @param root the packages of the main entry; undefined for those of all files that were asked for
 * @throws EntryError
 */
export function entriesOf(schema: Schema, files: readonly EmittedFile[], root: readonly string[] | undefined): readonly Entry[] {
  const modules = modulesOf(schema, files);
  const packages = [...new Set(modules.map((module) => module.package))].sort();
  const requested = new Set(schema.files.filter((file) => file.requested).map((file) => file.package));
  const main = packages.filter((name) => (root === undefined ? requested.has(name) : name === "" || root.includes(name)));
  const named = packages.filter((name) => name !== "");
  const unknown = root?.find((name) => !packages.includes(name));
  if (unknown !== undefined) throw new EntryError(`there is no package ${unknown}; there are ${packages.join(", ")}`);
  const entries = [entry(".", "index", main, modules), ...named.map((name) => packageEntry(name, modules))].flat();
  const twice = entries.find(({ subpath }, at) => entries.findIndex((other) => other.subpath === subpath) < at);
  if (twice !== undefined)
    throw new EntryError(`the package ${twice.packages.join()} and the JSON of another would both be ${twice.subpath}`);
  if (entries[0]?.subpath !== ".")
    throw new EntryError(`there is nothing in ${main.join(", ") || "the schemas"} that the main entry could export`);
  return entries;
}

function packageEntry(name: string, modules: readonly Module[]): readonly Entry[] {
  return entry(`./${name.replaceAll(".", "/")}`, `packages/${name}`, [name], modules);
}

/** An entry and that of its JSON, where there is something to export. */
function entry(subpath: string, path: string, packages: readonly string[], modules: readonly Module[]): readonly Entry[] {
  const own = modules.filter((module) => packages.includes(module.package));
  const jsonPath = subpath === "." ? "json" : `${path}.json`;
  return [
    { subpath, path, packages, json: false, modules: exported(own, false, packages) },
    { subpath: `${subpath}/json`, path: jsonPath, packages, json: true, modules: exported(own, true, packages) },
  ].filter(({ modules }) => modules.length > 0);
}

function exported(modules: readonly Module[], json: boolean, packages: readonly string[]): readonly string[] {
  const chosen = modules.filter((module) => module.json === json && module.names.size > 0);
  const homes = new Map<string, Module>();
  for (const module of chosen) {
    for (const name of module.names) {
      const other = homes.get(name);
      if (other !== undefined) throw clash(name, other, module, packages);
      homes.set(name, module);
    }
  }
  return chosen.map(({ path }) => path);
}

function clash(name: string, first: Module, second: Module, packages: readonly string[]): EntryError {
  if (first.package === second.package)
    return new EntryError(`${first.path}.proto and ${second.path}.proto both export ${name}; give one of them another name`);
  const others = packages.filter((each) => each !== first.package);
  return new EntryError(
    `${first.package} and ${second.package} both have ${name}, and one entry cannot export two; name the packages that the main entry exports, such as` +
      ` "package": { "root": ${JSON.stringify(others)} }; the others are imported by their own, such as ${first.package.replaceAll(".", "/")}`,
  );
}

function modulesOf(schema: Schema, files: readonly EmittedFile[]): readonly Module[] {
  const packages = new Map(schema.files.map((file) => [modulePath(file.name), file.package]));
  const declarations = files.filter(({ path }) => path.endsWith(".d.ts"));
  return declarations.flatMap(({ path: file, text }): Module[] => {
    const path = file.slice(0, -".d.ts".length);
    const json = !packages.has(path);
    const home = packages.get(json ? path.replace(/\.json\$*$/, "") : path);
    // What no package declares is between the modules.
    return home === undefined ? [] : [{ path, package: home, json, names: exportedNames(text) }];
  });
}

/** What a module of declarations exports. Templates begin these lines so, and comments never do. */
function exportedNames(declarations: string): ReadonlySet<string> {
  return new Set([...declarations.matchAll(/^export (?:const|class|function|interface|type) ([\w$]+)/gm)].map(([, name]) => name!));
}

/** The modules of the entries: code and declarations are the same text. */
export function entryFiles(entries: readonly Entry[]): readonly (readonly [path: string, text: string])[] {
  return entries.flatMap(({ path, modules }) => {
    const lib = path.includes("/") ? "../lib" : "./lib";
    const text = modules.map((module) => `export * from ${JSON.stringify(`${lib}/${module}.js`)};\n`).join("");
    return [".d.ts", ".js"].map((extension) => [`${path}${extension}`, `// Made by \`zgen package\`. Do not edit.\n${text}`] as const);
  });
}
