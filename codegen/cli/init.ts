import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type Command, defineCommand } from "./command.ts";
import { packageReference } from "./installed-from.ts";
import { DEFAULT_IDENTITY_FILE, writeIdentity } from "./keygen.ts";
import { UsageError } from "./terminal.ts";

/** Where a starter lies. Sources and the built file lie equally deep below the package's folder. */
const starter = fileURLToPath(new URL("../starter", import.meta.url));

/** `zgen init DIR`. */
export const init: Command = defineCommand({
  operands: ["DIR"],
  options: {},
  description: "Makes a starter project in DIR, which must be new or empty: a schema, a server, a client, and an identity for the server.",
  async run({ operands: [name = ""], terminal }) {
    const folder = path.resolve(terminal.cwd, name);
    if (existsSync(folder) && readdirSync(folder).length > 0) throw new UsageError(`${folder} is not empty`);
    mkdirSync(folder, { recursive: true });
    cpSync(starter, folder, { recursive: true });
    // npm leaves files of this name out of packages.
    renameSync(path.join(folder, "gitignore"), path.join(folder, ".gitignore"));
    writePackage(folder);
    const serverKey = writeIdentity(path.join(folder, DEFAULT_IDENTITY_FILE));
    replaceIn(path.join(folder, "server-key.ts"), "SERVER_KEY", serverKey);
    terminal.out(`${name} is ready:\n\n  cd ${name}\n  npm install\n  npm start\n`);
    return 0;
  },
});

/** Names the project after its folder, and takes both packages from where this zgen came from. */
function writePackage(folder: string): void {
  const file = path.join(folder, "package.json");
  const program = process.argv[1] ?? "";
  const manifest = JSON.parse(readFileSync(file, "utf8")) as Manifest;
  manifest.name = packageName(path.basename(folder));
  manifest.dependencies.zserver = packageReference("zserver", folder, program);
  manifest.devDependencies.zgen = packageReference("zgen", folder, program);
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
}

interface Manifest {
  name: string;
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}

/** What npm takes as a name. */
function packageName(folder: string): string {
  return (
    folder
      .toLowerCase()
      .replace(/[^a-z0-9._-]+/g, "-")
      .replace(/^[._-]+/, "") || "demo"
  );
}

function replaceIn(file: string, placeholder: string, value: string): void {
  writeFileSync(file, readFileSync(file, "utf8").replace(placeholder, value));
}
