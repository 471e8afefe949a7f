import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { UsageError } from "./terminal.ts";

/** `zgen.json`, defaults filled in and paths made absolute. codegen/zgen.schema.json describes the file itself. */
export interface Config {
  /** The file that was read, or would have been. */
  readonly file: string;
  readonly roots: readonly Root[];
  /** The folder that generated code goes into. */
  readonly out: string;
  readonly importExtension: ImportExtension;
  /** Whether modules for protobuf's JSON format are written too. */
  readonly json: boolean;
  /** A folder of templates that replace zgen's own of the same name. */
  readonly templates: string | undefined;
}

/** A folder that imports are resolved in, and which of its `.proto` files code is generated for. */
export interface Root {
  readonly folder: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** What generated files import each other with. */
export type ImportExtension = ".ts" | ".js" | "";

export const CONFIG_FILE = "zgen.json";

const importExtensions: readonly ImportExtension[] = [".ts", ".js", ""];

/**
 * Finds `zgen.json` in `folder` or above and reads it. Without one, a folder with `schemas/` in it is a project with the defaults.
 *
 * @throws UsageError naming the file, the key and what belongs there
 */
export function loadConfig(folder: string): Config {
  const file = findConfig(folder);
  if (file === undefined) return defaultConfig(folder);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message}`);
  }
  return readConfig(file, json);
}

function findConfig(folder: string): string | undefined {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const file = path.join(at, CONFIG_FILE);
    if (existsSync(file)) return file;
    if (at === path.dirname(at)) return undefined;
  }
}

function defaultConfig(folder: string): Config {
  const file = path.join(path.resolve(folder), CONFIG_FILE);
  const config = readConfig(file, {});
  if (config.roots.some((root) => existsSync(root.folder))) return config;
  throw new UsageError(`no ${CONFIG_FILE} here or above, and no folder schemas/ here; \`zgen init DIR\` makes a project that has both`);
}

/** Checks the parsed content of `file`. Unknown keys are errors: a misspelt one would silently do nothing. */
export function readConfig(file: string, json: unknown): Config {
  const keys = new Keys(file, "", json, ["$schema", "schemas", "out", "importExtension", "json", "templates"]);
  const folder = path.dirname(file);
  const schemas = keys.list("schemas") ?? ["schemas"];
  const extension = keys.string("importExtension") ?? ".ts";
  if (!importExtensions.includes(extension as ImportExtension)) {
    throw new UsageError(`${file}: importExtension must be ".ts", ".js" or "", not ${JSON.stringify(extension)}`);
  }
  const templates = keys.string("templates");
  return {
    file,
    roots: schemas.map((root, index) => readRoot(file, folder, `schemas[${index}]`, root)),
    out: path.resolve(folder, keys.string("out") ?? "generated"),
    importExtension: extension as ImportExtension,
    json: keys.boolean("json") ?? false,
    templates: templates === undefined ? undefined : path.resolve(folder, templates),
  };
}

function readRoot(file: string, folder: string, where: string, json: unknown): Root {
  if (typeof json === "string") return { folder: path.resolve(folder, json), include: ["**/*.proto"], exclude: [] };
  const keys = new Keys(file, where, json, ["root", "include", "exclude"]);
  const root = keys.string("root");
  if (root === undefined) throw new UsageError(`${file}: ${where} has no root`);
  return { folder: path.resolve(folder, root), include: keys.strings("include") ?? ["**/*.proto"], exclude: keys.strings("exclude") ?? [] };
}

/** A JSON object whose keys are known and whose values are asked for by type. */
class Keys {
  readonly #file: string;
  readonly #where: string;
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(file: string, where: string, json: unknown, known: readonly string[]) {
    this.#file = file;
    this.#where = where;
    if (typeof json !== "object" || json === null || Array.isArray(json)) throw this.#error("", "an object");
    this.#values = json as Record<string, unknown>;
    const unknown = Object.keys(json).find((key) => !known.includes(key));
    if (unknown !== undefined) throw new UsageError(`${file}: unknown key ${this.#name(unknown)} (known: ${known.join(", ")})`);
  }

  string(key: string): string | undefined {
    const value = this.#values[key];
    if (value !== undefined && typeof value !== "string") throw this.#error(key, "a string");
    return value;
  }

  boolean(key: string): boolean | undefined {
    const value = this.#values[key];
    if (value !== undefined && typeof value !== "boolean") throw this.#error(key, "true or false");
    return value;
  }

  list(key: string): readonly unknown[] | undefined {
    const value = this.#values[key];
    if (value !== undefined && !Array.isArray(value)) throw this.#error(key, "a list");
    return value;
  }

  strings(key: string): readonly string[] | undefined {
    const values = this.list(key);
    if (values?.some((value) => typeof value !== "string")) throw this.#error(key, "a list of strings");
    return values as readonly string[] | undefined;
  }

  #name(key: string): string {
    return [this.#where, key].filter(Boolean).join(".");
  }

  #error(key: string, expected: string): UsageError {
    return new UsageError(`${this.#file}: ${this.#name(key) || "the file"} must be ${expected}`);
  }
}
