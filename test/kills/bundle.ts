import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const runtime = (name: string): string => path.join(repository, "runtime", `${name}.ts`);

/** Makes one file of the program that is killed, so that a hundred of them start in the time that ten would take from their sources. Whoever asks removes it. */
export async function bundleChild(): Promise<string> {
  // Below node_modules, where what is not bundled is found.
  const outfile = path.join(repository, "node_modules", ".cache", `zserver-kills-${process.pid}-${performance.now()}.mjs`);
  await build({
    entryPoints: [fileURLToPath(new URL("./child.ts", import.meta.url))],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    alias: Object.fromEntries(["codec", "blob"].map((name) => [`zserver/${name}`, runtime(name)])),
    logLevel: "silent",
  });
  return outfile;
}
