import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import type { Root } from "./config.ts";
import { UsageError } from "./terminal.ts";

/** The paths, relative to a folder and with forward slashes, of the files below it; undefined where there is no such folder. */
export type ListFiles = (folder: string) => readonly string[] | undefined;

/** The names, relative to their root and with forward slashes, of the `.proto` files that code is generated for. Sorted; the first root wins. */
export function findSchemaFiles(roots: readonly Root[], list: ListFiles = listFiles): string[] {
  const names = new Set<string>();
  for (const { folder, include, exclude } of roots) {
    const files = list(folder);
    if (files === undefined) throw new UsageError(`the schema folder ${folder} does not exist`);
    const wanted = include.map(globToRegExp);
    const unwanted = exclude.map(globToRegExp);
    for (const name of files) {
      if (!name.endsWith(".proto") || !wanted.some((glob) => glob.test(name)) || unwanted.some((glob) => glob.test(name))) continue;
      names.add(name);
    }
  }
  if (names.size === 0) throw new UsageError(`no .proto file in ${roots.map(({ folder }) => folder).join(", ")}`);
  return [...names].sort();
}

/** Files as they are on the disk. */
const listFiles: ListFiles = (folder) => {
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).map((entry) => entry.replaceAll(path.sep, "/"));
};

/** `**` stands for any folders, `*` for any part of one name, `?` for one character. */
export function globToRegExp(glob: string): RegExp {
  const pattern = glob.replace(/\*\*\/|\*\*|\*|\?|[^*?]+/g, (part) => {
    if (part === "**/") return "(?:.*/)?";
    if (part === "**") return ".*";
    if (part === "*") return "[^/]*";
    return part === "?" ? "[^/]" : part.replace(/[\\^$.|+()[\]{}]/g, "\\$&");
  });
  return new RegExp(`^${pattern}$`);
}
