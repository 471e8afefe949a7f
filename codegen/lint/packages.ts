import type { File, Schema } from "../model/schema.ts";
import { isLowerSnakeCase } from "./case.ts";
import { type Check, topOf } from "./check.ts";

const folderOf = (file: File): string => (file.name.includes("/") ? file.name.slice(0, file.name.lastIndexOf("/")) : ".");
const packageAt = (file: File): File["packagePosition"] & object => file.packagePosition ?? topOf(file);
const shown = (name: string): string => name || "no package";

export const packageDefined: Check = ({ file, report }) => {
  if (file.package === "") report(topOf(file), "the file has no package", "add one: names without a package meet those of everybody else");
};

export const packageDirectoryMatch: Check = ({ file, report }) => {
  const folder = file.package.replaceAll(".", "/");
  if (file.package !== "" && folderOf(file) !== folder)
    report(packageAt(file), `package ${file.package} lies in ${folderOf(file)}`, `move the file to ${folder}`);
};

export const packageLowerSnakeCase: Check = ({ file, report }) => {
  if (file.package !== "" && !file.package.split(".").every(isLowerSnakeCase))
    report(packageAt(file), `package ${file.package} is not lower_snake_case`, "write its parts in small letters");
};

/** A version of an interface: stable, patched, or for tests and trials. */
const version = /^v0*[1-9][0-9]*(p0*[1-9][0-9]*)?((alpha|beta)[0-9]*)?$|^v0*[1-9][0-9]*test/;

export const packageVersionSuffix: Check = ({ file, report }) => {
  const last = file.package.slice(file.package.lastIndexOf(".") + 1);
  if (file.package !== "" && !version.test(last))
    report(packageAt(file), `package ${file.package} does not end with a version`, `call it ${file.package}.v1`);
};

export const packageSameDirectory: Check = ({ file, schema, report }) => {
  const folders = new Set(requested(schema, (other) => other.package === file.package).map(folderOf));
  if (folders.size > 1)
    report(
      packageAt(file),
      `${file.package === "" ? "what has no package" : `package ${file.package}`} lies in several folders: ${[...folders].join(", ")}`,
      "keep a package in one folder",
    );
};

export const directorySamePackage: Check = ({ file, schema, report }) => {
  const packages = new Set(requested(schema, (other) => folderOf(other) === folderOf(file)).map((other) => other.package));
  if (packages.size > 1)
    report(
      packageAt(file),
      `folder ${folderOf(file)} holds several packages: ${[...packages].map(shown).join(", ")}`,
      "give each its own folder",
    );
};

export const packageNoImportCycle: Check = ({ file, schema, report }) => {
  const packages = new Map(schema.files.map((each) => [each.name, each.package]));
  for (const { file: imported, position } of file.imports) {
    const to = packages.get(imported);
    if (to === undefined || to === file.package) continue;
    const way = wayBack(schema, to, file.package);
    if (way !== undefined)
      report(
        position,
        `packages import each other: ${[file.package, ...way].map(shown).join(" → ")}`,
        "move what both need into a third package",
      );
  }
};

/** How one package gets to another by its files' imports; undefined when it does not. The shortest way. */
function wayBack(schema: Schema, from: string, to: string): readonly string[] | undefined {
  const names = new Map(schema.files.map((each) => [each.name, each.package]));
  const seen = new Set([from]);
  const ways: string[][] = [[from]];
  for (const way of ways) {
    const at = way.at(-1)!;
    if (at === to) return way;
    for (const file of schema.files.filter((each) => each.package === at)) {
      for (const { file: imported } of file.imports) {
        const next = names.get(imported);
        if (next === undefined || seen.has(next)) continue;
        seen.add(next);
        ways.push([...way, next]);
      }
    }
  }
  return undefined;
}

function requested(schema: Schema, where: (file: File) => boolean): readonly File[] {
  return schema.files.filter((file) => file.requested && where(file));
}
