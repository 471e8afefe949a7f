import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { BreakingSettings } from "../evolve/settings.ts";
import type { LintSettings } from "../lint/settings.ts";
import { breakingKeys, readBreakingSettings } from "./breaking-config.ts";
import { Keys } from "./config-keys.ts";
import { lintKeys, readLintSettings } from "./lint-config.ts";
import { type PackageSettings, packageKeys, readPackageSettings } from "./package-config.ts";
import { type ReleaseSettings, readReleaseSettings, releaseKeys } from "./releases-config.ts";
import { UsageError } from "./terminal.ts";

/** `zgen.json`, defaults filled in and paths made absolute. codegen/zgen.schema.json describes the file itself. */
export interface Config {
  /** The file that was read, or would have been. */
  readonly file: string;
  readonly roots: readonly Root[];
  /** The folder that generated code goes into. */
  readonly out: string;
  readonly importExtension: ImportExtension;
  /** TypeScript, or JavaScript with declarations. */
  readonly emit: "ts" | "js";
  /** Whether modules for protobuf's JSON format are written too. */
  readonly json: boolean;
  /** A folder of templates that replace zgen's own of the same name. */
  readonly templates: string | undefined;
  readonly lint: LintSettings;
  readonly breaking: BreakingSettings;
  readonly releases: ReleaseSettings;
  /** Where handler classes are kept, and for which side; undefined where nobody asked for them. */
  readonly stubs: { readonly out: string; readonly side: "SERVER" | "CLIENT" } | undefined;
  /** What `zgen package` makes; undefined where nobody asked for it. */
  readonly package: PackageSettings | undefined;
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
  return parseConfig(file, readFileSync(file, "utf8"));
}

/** Reads the text of `file`. */
export function parseConfig(file: string, text: string): Config {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${file}${placeOf(error as Error, text)}: ${(error as Error).message}`);
  }
  return readConfig(file, json);
}

/** `:line:column` of what is no JSON, as V8 tells it: by its offset. Empty where it tells none. */
function placeOf({ message }: Error, text: string): string {
  const offset = / at position (\d+)/.exec(message)?.[1];
  if (offset === undefined) return "";
  const lines = text.slice(0, Number(offset)).split("\n");
  return `:${lines.length}:${lines.at(-1)!.length + 1}`;
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
  const keys = new Keys(file, "", json, [
    "$schema",
    "schemas",
    "out",
    "emit",
    "importExtension",
    "json",
    "templates",
    "lint",
    "breaking",
    "releases",
    "stubs",
    "package",
  ]);
  const folder = path.dirname(file);
  const schemas = keys.list("schemas") ?? ["schemas"];
  const emit = keys.string("emit") ?? "ts";
  if (emit !== "ts" && emit !== "js") throw keys.error("emit", '"ts" or "js"');
  const extension = keys.string("importExtension") ?? `.${emit}`;
  if (emit === "js" && extension !== ".js") throw new UsageError(`${file}: importExtension is ".js" where emit is "js"`);
  if (!importExtensions.includes(extension as ImportExtension)) {
    throw new UsageError(`${file}: importExtension must be ".ts", ".js" or "", not ${JSON.stringify(extension)}`);
  }
  const templates = keys.string("templates");
  return {
    file,
    roots: schemas.map((root, index) => readRoot(file, folder, `schemas[${index}]`, root)),
    out: path.resolve(folder, keys.string("out") ?? "generated"),
    emit,
    importExtension: extension as ImportExtension,
    json: keys.boolean("json") ?? false,
    templates: templates === undefined ? undefined : path.resolve(folder, templates),
    lint: readLintSettings(keys.object("lint", lintKeys)),
    breaking: readBreakingSettings(keys.object("breaking", breakingKeys)),
    releases: readReleaseSettings(folder, keys.object("releases", releaseKeys)),
    stubs: keys.has("stubs") ? readStubs(folder, keys.object("stubs", ["out", "side"])) : undefined,
    package: keys.has("package") ? readPackageSettings(folder, keys.object("package", packageKeys)) : undefined,
  };
}

function readRoot(file: string, folder: string, where: string, json: unknown): Root {
  if (typeof json === "string") return { folder: path.resolve(folder, json), include: ["**/*.proto"], exclude: [] };
  const keys = new Keys(file, where, json, ["root", "include", "exclude"]);
  const root = keys.string("root");
  if (root === undefined) throw new UsageError(`${file}: ${where} has no root`);
  return { folder: path.resolve(folder, root), include: keys.strings("include") ?? ["**/*.proto"], exclude: keys.strings("exclude") ?? [] };
}

function readStubs(folder: string, keys: Keys): Config["stubs"] {
  const out = keys.string("out");
  const side = keys.string("side") ?? "SERVER";
  if (out === undefined) throw keys.error("out", "a folder");
  if (side !== "SERVER" && side !== "CLIENT") throw keys.error("side", '"SERVER" or "CLIENT"');
  return { out: path.resolve(folder, out), side };
}
