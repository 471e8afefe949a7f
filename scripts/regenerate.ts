/**
 * Writes generated/ from schemas/: the protocol's own messages, the built-in ones that `zserver/codec` exports, and the examples'. Pages that
 * quote types are brought up to date too. `--check` writes nothing and exits with 1 when a file would change.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type EmittedFile, type EmitOptions, emitSchema } from "../codegen/emit/emit.ts";
import { loadTemplates } from "../codegen/cli/user-templates.ts";
import type { File } from "../codegen/model/schema.ts";
import { formatDiagnostic } from "../codegen/model/diagnostic.ts";
import { readSchema } from "../codegen/read/read.ts";
import { quoteTypes, quotingPages } from "./quoted-types.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const output = join(root, "generated");

/** As zgen.json has it: each side writes some of the protocol's messages and reads the others, and a page carries what it calls. */
const templates = loadTemplates(join(root, "scripts/templates"));

/** The well-known messages. */
const wellKnown = ["any", "duration", "empty", "field_mask", "struct", "timestamp", "wrappers"].map(
  (name) => `google/protobuf/${name}.proto`,
);

function emit(files: readonly string[], options: Partial<EmitOptions> = {}, pick: (file: File) => File = (file) => file): EmittedFile[] {
  const result = readSchema({ files, roots: [join(root, "schemas")] });
  if (result.schema === undefined) throw new Error(result.diagnostics.map(formatDiagnostic).join("\n"));
  const { schema } = result;
  // Imports of a built-in file are not built-in themselves: only what was asked for is written.
  const chosen = options.builtIns ? schema.files.filter((file) => file.requested) : schema.files;
  return emitSchema({ files: chosen.map(pick) }, { importExtension: ".ts", templates, ...options });
}

/** What the runtime exports itself imports the codecs by path. */
function builtIn(schema: string): Partial<EmitOptions> {
  return { templates: {}, builtIns: true, runtimeImport: `${schema}/support.ts`, json: true, jsonImport: `${schema}/json/support.ts` };
}

/** Of `zserver/options.proto` the runtime needs only the reply of one-way commands: options are read by zgen. */
function onlyNone(file: File): File {
  return { ...file, messages: file.messages.filter((message) => message.name === "None"), enums: [], extensions: [] };
}

/** All of generated/, by path. */
export function regenerate(): Map<string, string> {
  const files = [
    ...emit(wellKnown, builtIn("../../../runtime/schema")),
    ...emit(["zserver/blob.proto"], builtIn("../../runtime/schema")),
    ...emit(["zserver/options.proto"], builtIn("../../runtime/schema"), onlyNone),
    ...emit(["entrances", "handshake", "negotiation", "schema", "session"].map((name) => `zserver/protocol/v1/${name}.proto`)),
    ...emit([
      "example/album/v1/album.proto",
      "example/bench/v1/bench.proto",
      "example/lobby/v1/lobby.proto",
      "example/probe/v1/blobs.proto",
      "example/probe/v1/compressed.proto",
      "example/probe/v1/names.proto",
      "example/probe/v1/probe.proto",
      "example/shop/v1/order.proto",
      "example/shop/v1/readings.proto",
      "example/shop/v1/review.proto",
      "zserver/files/v1/files.proto",
      "zserver/staging/v1/staging.proto",
    ]),
  ];
  return new Map(files.map(({ path, text }) => [path, text]));
}

function present(): string[] {
  const entries = readdirSync(output, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(output.length + 1));
}

function main(check: boolean): void {
  const generated = regenerate();
  const stale = present()
    .filter((path) => !generated.has(path))
    .map((path) => `generated/${path}`);
  const pages = quotingPages.map((page) => [page, quoteTypes(root, readFileSync(join(root, page), "utf8"))] as const);
  const wanted = [...[...generated].map(([path, text]) => [`generated/${path}`, text] as const), ...pages];
  const changed = wanted.filter(([path, text]) => readOr(join(root, path)) !== text);
  for (const path of [...stale, ...changed.map(([path]) => path)]) console.log(`${check ? "differs" : "wrote"} ${path}`);
  if (check) {
    if (stale.length + changed.length > 0) process.exitCode = 1;
    return;
  }
  for (const path of stale) rmSync(join(root, path));
  for (const [path, text] of changed) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

function readOr(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.includes("--check"));
