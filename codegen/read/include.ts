import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The folder from which every schema may import `zserver/options.proto` without configuration, and the one to name to `protoc -I`, buf and
 * editors. In the repository it lies beside `codegen/`; the published package has a copy at `dist/schemas`.
 */
export function schemaRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const candidate = join(folder, "schemas");
    if (existsSync(join(candidate, "zserver", "options.proto"))) return candidate;
    if (dirname(folder) === folder) throw new Error("the schemas that belong to zgen are missing: install the package again");
  }
}

/** Where files are looked for after the user's own roots: zserver's, and protobuf's own files in a folder that `protoc -I` need not see. */
export function builtinRoots(): readonly string[] {
  const root = schemaRoot();
  return [root, join(root, "builtin")];
}

/** Whether a file comes with zgen, so that every project finds it. */
export function isPackaged(name: string): boolean {
  return builtinRoots().some((root) => existsSync(join(root, name)));
}
