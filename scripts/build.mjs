// npm run build: makes dist/ of both packages. Only our own code is bundled; everything in a package's `dependencies` stays an import.
//   node scripts/build.mjs [runtime] [codegen]
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

const repository = fileURLToPath(new URL("..", import.meta.url));
const at = (...names) => path.join(repository, ...names);

/** The entries of the runtime, each under the name that its package.json exports. */
const runtimeEntries = ["index", "browser", "codec", "blob", "json", "testing", "keys", "files"];

export async function buildRuntime() {
  await bundle("runtime", Object.fromEntries(runtimeEntries.map((name) => [name, at(`runtime/${name}.ts`)])));
  declare();
}

/** Makes zgen. Cheap enough for the launcher to call whenever a source is newer than what was built. */
export async function buildCodegen() {
  // The entry comes last: it tells the launcher that the rest is there.
  for (const asset of ["templates", "schemas/builtin", "schemas/zserver/options.proto", "schemas/zserver/blob.proto"]) {
    rmSync(at("codegen/dist", asset), { recursive: true, force: true });
    cpSync(at(asset), at("codegen/dist", asset), { recursive: true });
  }
  await bundle("codegen", {
    cli: at("codegen/cli/main.ts"),
    codec: at("runtime/codec.ts"),
    blob: at("runtime/blob.ts"),
    json: at("runtime/json.ts"),
  });
}

/** Bundles entries into `dist/`, what they share in chunks beside them, so that a class is the same class from every entry. */
async function bundle(folder, entryPoints) {
  const outdir = at(folder, "dist");
  const { outputFiles, metafile } = await build({
    absWorkingDir: repository,
    entryPoints,
    outdir,
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    conditions: ["source"],
    packages: "external",
    plugins: [ownCode],
    logLevel: "warning",
    write: false,
    metafile: true,
  });
  checkSources(Object.keys(metafile.inputs));
  // Chunks before the entries that import them, and each file whole or not at all: another process may be starting from this folder.
  mkdirSync(outdir, { recursive: true });
  const isEntry = (file) => path.basename(file.path, ".js") in entryPoints;
  for (const file of outputFiles.sort((a, b) => Number(isEntry(a)) - Number(isEntry(b)))) {
    const temporary = `${file.path}.${process.pid}.tmp`;
    writeFileSync(temporary, await withConstants(file.text));
    renameSync(temporary, file.path);
  }
  const written = new Set(outputFiles.map((file) => path.basename(file.path)));
  for (const name of readdirSync(outdir)) if (name.endsWith(".js") && !written.has(name)) rmSync(path.join(outdir, name));
}

/**
 * What is assigned once, a constant again: esbuild makes a `var` of each constant of a module, for which it has no option. V8 looks its value up anew each time, and calls
 * what it holds (a method of Buffer, say) as if it might be any function. A fifth of what it takes to decode a small message.
 */
async function withConstants(text) {
  const lines = text.replace(/^var (?=\w+ = )/gm, "const ").split("\n");
  const { warnings } = await transform(lines.join("\n"), { format: "esm", logLevel: "silent", logLimit: 0 });
  for (const { id, notes } of warnings) {
    if (id !== "assign-to-constant") continue;
    const { line } = notes[0].location;
    lines[line - 1] = lines[line - 1].replace(/^const /, "var ");
  }
  return lines.join("\n");
}

/** Only esbuild may write lines that begin as {@link withConstants} wants them: a text of several lines would be changed as well. */
function checkSources(files) {
  const file = files.find((name) => /^var /m.test(readFileSync(at(name), "utf8")));
  if (file !== undefined) throw new Error(`${file}: a line begins with "var ", which the build changes`);
}

/** `zserver/…` inside the repository is our own code, not a package: it belongs into the bundle. */
const ownCode = {
  name: "own-code",
  setup({ onResolve }) {
    onResolve({ filter: /^zserver(\/|$)/ }, ({ path: specifier }) => ({
      path: at(`runtime/${specifier.slice("zserver/".length) || "index"}.ts`),
      sideEffects: false,
    }));
  },
};

/** Writes the declarations of the runtime, one file a source file, below `dist/types`; each whole or not at all, as bundles are. */
function declare() {
  const types = at("runtime/dist/types");
  const fresh = at("node_modules/.cache", `zserver-types-${process.pid}`);
  const manifest = createRequire(import.meta.url).resolve("typescript/package.json");
  const compiler = path.join(path.dirname(manifest), JSON.parse(readFileSync(manifest, "utf8")).bin.tsc);
  const { status } = spawnSync(process.execPath, [compiler, "-p", at("scripts/tsconfig.declarations.json"), "--outDir", fresh], {
    stdio: "inherit",
  });
  if (status !== 0) throw new Error("the declarations of the runtime do not compile");
  const names = declarationsIn(fresh);
  for (const name of names) {
    const file = path.join(fresh, name);
    writeFileSync(file, publish(name, readFileSync(file, "utf8")));
    mkdirSync(path.dirname(path.join(types, name)), { recursive: true });
    renameSync(file, path.join(types, name));
  }
  rmSync(fresh, { recursive: true });
  const written = new Set(names);
  for (const name of declarationsIn(types)) if (!written.has(name)) rmSync(path.join(types, name), { force: true });
}

const declarationsIn = (folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".d.ts"));

/** Sources import each other by their own names; what is published imports what is there. */
function publish(name, text) {
  const up = path.posix.relative(path.posix.dirname(name.replaceAll(path.sep, "/")), "runtime");
  return text
    .replace(/((?:from|import\() ?")zserver(?:\/(\w+))?(")/g, (_, before, entry, after) => `${before}${up}/${entry ?? "index"}.js${after}`)
    .replace(/((?:from|import\() ?"\.[^"]*)\.ts"/g, '$1.js"');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wanted = process.argv.slice(2);
  if (wanted.length === 0 || wanted.includes("runtime")) await buildRuntime();
  if (wanted.length === 0 || wanted.includes("codegen")) await buildCodegen();
}
