import { build, type Plugin } from "esbuild";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emitSchema } from "../../codegen/emit/emit.ts";
import { modelOf } from "../codegen/emit/kitchen.ts";
import { repository } from "../support/architecture/imports.ts";
import { note } from "../support/report.ts";
import { tenFieldTypes } from "../support/schema/ten-fields.ts";

export const testTimeoutMs = 60_000;

const KiB = 1024;

/**
 * What a page may carry, as `gzip -9` of its minified bundle. `cryptography` and `message` are the budgets of issue 4, which asks for 44 KiB for
 * all of the page, 25 KiB of them ours: `page` is what there is, so that it grows by no accident. docs/PERFORMANCE.md says what is between them.
 */
const budget = { page: 76.6 * KiB, cryptography: 19 * KiB, message: 600 };
const goal = { page: 44 * KiB, ours: 25 * KiB };

interface Bundle {
  /** Bytes of `gzip -9`. */
  readonly gzip: number;
  /** Bytes of the minified bundle by folder of the sources. */
  readonly folders: ReadonlyMap<string, number>;
  /** The sources that are in it. */
  readonly files: readonly string[];
}

/** A bundle as a page has it. Modules of `modules` are there under `virtual:` and their names. */
async function bundle(contents: string, modules: Readonly<Record<string, string>> = {}): Promise<Bundle> {
  const virtual: Plugin = {
    name: "virtual",
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^virtual:/ }, ({ path: name }) => ({ path: name.slice("virtual:".length), namespace: "virtual" }));
      onLoad({ filter: /.*/, namespace: "virtual" }, ({ path: name }) => ({
        contents: modules[name]!,
        loader: "ts",
        resolveDir: repository,
      }));
    },
  };
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: repository, loader: "ts" },
    plugins: [virtual],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    conditions: ["source", "browser"],
    absWorkingDir: repository,
    outdir: "page",
    write: false,
    metafile: true,
    logLevel: "error",
  });
  const folders = new Map<string, number>();
  const files: string[] = [];
  for (const output of Object.values(metafile.outputs)) {
    for (const [name, { bytesInOutput }] of Object.entries(output.inputs)) {
      if (bytesInOutput === 0) continue;
      files.push(name);
      folders.set(folderOf(name), (folders.get(folderOf(name)) ?? 0) + bytesInOutput);
    }
  }
  return { gzip: gzipSync(outputFiles[0]!.contents, { level: 9 }).length, folders, files };
}

function folderOf(name: string): string {
  const [, dependency] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(name) ?? [];
  if (dependency !== undefined) return dependency;
  if (!name.includes("/")) return "the page itself";
  return path.posix.dirname(name).split("/").slice(0, 2).join("/");
}

const connecting = `import { connect } from "zserver";
import { Lobby } from "./generated/example/lobby/v1/lobby.ts";
const client = await connect({ endpoints: ["wss://a.example"], serverKey: "zsk_" });
globalThis.lobby = client.use(Lobby);
`;

const implementing = `import { implement } from "zserver"; globalThis.implement = implement;`;

const kibibytes = (bytes: number): string => `${(bytes / KiB).toFixed(1)} KiB`;

const test = suite("packaging/size");

test("a page that connects over WebSocket, with rotation and resume, is no larger than its budget", async () => {
  const page = await bundle(connecting);
  const cryptography = await bundle(`export * from "./runtime/crypto/portable.ts";`);
  const handling = await bundle(connecting + implementing);
  const bare = await bundle(`import { connect } from "zserver"; globalThis.connect = connect;`);
  note("minified bytes of a page that connects, by folder:");
  for (const [folder, bytes] of [...page.folders].sort((a, b) => b[1] - a[1])) note(`${String(bytes).padStart(8)} ${folder}`);
  const ours = page.gzip - cryptography.gzip;
  note(
    `gzip -9: ${kibibytes(page.gzip)} (goal ${kibibytes(goal.page)}), of which cryptography ${kibibytes(cryptography.gzip)}, ours ${kibibytes(ours)} (goal ${kibibytes(goal.ours)})`,
  );
  note(
    `in it, the example's own service and messages: ${kibibytes(page.gzip - bare.gzip)}; what handlers need adds ${kibibytes(handling.gzip - page.gzip)}`,
  );
  assert.ok(page.gzip <= budget.page, `${kibibytes(page.gzip)} of ${kibibytes(budget.page)}`);
  assert.ok(cryptography.gzip <= budget.cryptography, `${kibibytes(cryptography.gzip)} of ${kibibytes(budget.cryptography)}`);
});

test("a page carries nothing of servers, of Node, of zgen, or of other messages", async () => {
  const { folders, files } = await bundle(connecting);
  const foreign = [...folders.keys()].filter((folder) => /^codegen|^runtime\/(server|testing)|google|^ws$|sodium|protobufjs/.test(folder));
  assert.equal(foreign, []);
  const ofServers = files.filter((file) =>
    /listener-(channel|handshake|rotation)|plain-channel|discovery\/resolver|session\/introduction/.test(file),
  );
  assert.equal(ofServers, []);
});

test("a page with commands that are compressed elsewhere, which it calls and handles, carries nothing that compresses", async () => {
  const using = `import { Compressed } from "./generated/example/probe/v1/compressed.ts"; globalThis.all = [client.use(Compressed), implement(Compressed, {})];`;
  const { files } = await bundle(connecting + implementing + using);
  assert.ok(files.some((file) => file.endsWith("probe/v1/compressed.ts")));
  assert.equal(
    files.filter((file) => /^runtime\/.*(compress|zlib)/.test(file)),
    [],
  );
});

test("what handlers need comes with implement(), and not without it", async () => {
  const handlers = (files: readonly string[]): number =>
    files.filter((file) => /command\/(dispatcher|incoming-|answers|deferred)/.test(file)).length;
  assert.is(handlers((await bundle(connecting)).files), 0);
  assert.is(handlers((await bundle(connecting + implementing)).files), 7);
});

/** Ten fields of a message that also needs a message Unit. */
function tenFields(prefix: string): string {
  const names = ["title", "count", "size", "ready", "ratio", "blob", "names", "marks", "unit", "index"];
  return tenFieldTypes.map((type, index) => `${type} ${prefix}_${names[index]} = ${index + 1};`).join("\n");
}

test("one more message of ten fields adds little", async () => {
  const page = async (messages: string): Promise<number> => {
    const schema = `syntax = "proto3"; package shop; message Unit { string name = 1; } message Article { ${tenFields("article")} } ${messages}`;
    const [file] = emitSchema(modelOf({ "shop.proto": schema }), { importExtension: ".ts" });
    return (await bundle(`export * from "virtual:shop"; export { decode, encode } from "zserver/codec";`, { shop: file!.text })).gzip;
  };
  const more = (await page(`message Customer { ${tenFields("customer")} }`)) - (await page(""));
  note(`one more message of ten fields: ${more} bytes of gzip -9`);
  assert.ok(more <= budget.message, `${more} bytes`);
});

test("what peers are told of one more message of ten fields adds at most 100 bytes", async () => {
  const [first, second] = ["article", "customer"].map((name) => `message ${name} { ${tenFields(name)} }`);
  const service = (reply: string): string => `service Shop { rpc Buy(article) returns (${reply}); }`;
  const page = async (schema: string, described: boolean): Promise<number> => {
    const made = emitSchema(modelOf({ "shop.proto": `syntax = "proto3"; package shop; message Unit { string name = 1; } ${schema}` }), {
      importExtension: ".ts",
    });
    const [release, shop] = made.map(({ text }) => (described ? text : text.replace(/description: ".*"/, 'description: ""')));
    const virtual = { shop: shop!.replace('"./release.ts"', '"virtual:release"'), release: release! };
    return (await bundle(`export * from "virtual:shop"; export { decode, encode } from "zserver/codec";`, virtual)).gzip;
  };
  const told = async (schema: string): Promise<number> => (await page(schema, true)) - (await page(schema, false));
  const more = (await told(`${first} ${second} ${service("customer")}`)) - (await told(`${first} ${second} ${service("article")}`));
  note(`what peers are told of one more message of ten fields: ${more} bytes of gzip -9`);
  assert.ok(more <= 100, `${more} bytes`);
});

test.run();
