import path from "node:path";
import type { Keys } from "./config-keys.ts";

/** `package` of zgen.json. */
export interface PackageSettings {
  /** The library's name on npm. */
  readonly name: string;
  readonly description: string | undefined;
  /** Members that go into package.json as they are. */
  readonly manifest: Readonly<Record<string, unknown>>;
  /** The absolute path of the licence's text. */
  readonly licenseFile: string | undefined;
  /** Proto packages that the main entry exports; undefined for all of the project's. */
  readonly root: readonly string[] | undefined;
}

/** Members of package.json that npm knows and zgen has no opinion on. */
const manifestKeys = ["license", "repository", "author", "homepage", "bugs", "keywords", "funding", "publishConfig"] as const;

export const packageKeys: readonly string[] = ["name", "description", ...manifestKeys, "licenseFile", "root"];

/** What the registry takes: at most this long, in lower case, with a scope or without. */
const NAME_LENGTH = 214;
const namePattern = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

/** Throws UsageError for what belongs there in another shape. */
export function readPackageSettings(folder: string, keys: Keys): PackageSettings {
  const name = keys.string("name");
  if (name === undefined || name.length > NAME_LENGTH || !namePattern.test(name))
    throw keys.error("name", 'a name on npm, such as "@acme/lobby-client"');
  const root = keys.strings("root");
  if (root?.length === 0) throw keys.error("root", "a list of one or more proto packages");
  const licenseFile = keys.string("licenseFile");
  const given = manifestKeys.filter((key) => keys.has(key)).map((key) => [key, keys.value(key)] as const);
  return {
    name,
    description: keys.string("description"),
    manifest: Object.fromEntries(given),
    licenseFile: licenseFile === undefined ? undefined : path.resolve(folder, licenseFile),
    root,
  };
}
