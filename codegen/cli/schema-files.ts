import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import type { Root } from "./config.ts";
import { UsageError } from "./terminal.ts";

/** The names, relative to their root and with forward slashes, of the `.proto` files that code is generated for. Sorted; the first root wins. */
export function findSchemaFiles(roots: readonly Root[]): string[] {
  const names = new Set<string>();
  for (const { folder, include, exclude } of roots) {
    if (!existsSync(folder)) throw new UsageError(`the schema folder ${folder} does not exist`);
    const wanted = include.map(globToRegExp);
    const unwanted = exclude.map(globToRegExp);
    for (const entry of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
      const name = entry.replaceAll(path.sep, "/");
      if (!name.endsWith(".proto") || !wanted.some((glob) => glob.test(name)) || unwanted.some((glob) => glob.test(name))) continue;
      names.add(name);
    }
  }
  if (names.size === 0) throw new UsageError(`no .proto file in ${roots.map(({ folder }) => folder).join(", ")}`);
  return [...names].sort();
}

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
