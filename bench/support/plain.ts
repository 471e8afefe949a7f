import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** What is bundled there finds the packages of the peers, and files by their paths from a folder beside it. */
const outdir = fileURLToPath(new URL("../peers/dist/", import.meta.url));
const bundled = new Map<string, Promise<URL>>();

/** A module of TypeScript as plain JavaScript, beside what it imports. A loader of TypeScript would be measured with it: 40 MiB, and what the garbage collector has to walk. */
export function plain(module: URL): Promise<URL> {
  const known = bundled.get(module.href) ?? bundle(module);
  bundled.set(module.href, known);
  return known;
}

async function bundle(module: URL): Promise<URL> {
  const [folder, file] = module.pathname.split("/").slice(-2) as [string, string];
  const name = `${folder}-${file.slice(0, -".ts".length)}`;
  await build({
    entryPoints: { [name]: fileURLToPath(module) },
    outdir,
    chunkNames: `${name}-[hash]`,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "es2022",
    packages: "external",
    logLevel: "warning",
  });
  return new URL(`../peers/dist/${name}.js`, import.meta.url);
}

/** Flags of Node for a process that needs no loader. */
export function withoutLoader(flags: readonly string[]): string[] {
  return flags.filter((flag, index) => flag !== "tsx" && !(flag === "--import" && flags[index + 1] === "tsx"));
}
