import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { repository } from "../support/architecture/imports.ts";
import { note } from "../support/report.ts";
import { checkPackedPackage } from "./check-package.ts";
import { type Run, run, succeed } from "./programs.ts";

/** Two installations from the registry. */
export const testTimeoutMs = 300_000;

const folder = mkdtempSync(path.join(tmpdir(), "zserver-pack-"));
const consumer = path.join(folder, "consumer");
const demo = path.join(consumer, "demo");

/** Compiles one file of a user's, under the starter's own configuration. */
function compile(name: string, source: string): Run {
  writeFileSync(path.join(demo, `${name}.ts`), source);
  writeFileSync(path.join(demo, "tsconfig.user.json"), JSON.stringify({ extends: "./tsconfig.json", files: [`${name}.ts`] }));
  return run(demo, "npx", "tsc", "-p", "tsconfig.user.json");
}

/** A user's file that connects and then runs a statement. */
const program = (statement: string): string => `import { connect } from "zserver";
import { Greeter } from "./generated/demo/v1/greeter.ts";
import { serverKey } from "./server-key.ts";

const client = await connect({ endpoints: ["ws://localhost:7000"], serverKey });
${statement}
`;

const test = suite("packaging/pack");

test.before(() => {
  mkdirSync(consumer);
  writeFileSync(path.join(consumer, "package.json"), '{ "private": true }\n');
});
test.after(() => rmSync(folder, { recursive: true, force: true }));

test("npm packs what a user needs, and nothing else", () => {
  succeed(repository, "npm", "pack", "--workspaces", "--pack-destination", folder);
  const packed = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  assert.equal(packed.length, 2);
  for (const name of packed) {
    const files = succeed(folder, "tar", "-tzf", name).trim().split("\n");
    note(`${name}: ${files.length} files, ${(statSync(path.join(folder, name)).size / 1024).toFixed(0)} KiB`);
    const foreign = files.filter(
      (file) => !/^package\/(?:dist\/|starter\/|bin\/zgen\.mjs$|(?:package|zgen\.schema)\.json$|README\.md$|LICENSE$)/.test(file),
    );
    assert.equal(foreign, []);
    for (const needed of ["package/LICENSE", "package/README.md"]) assert.ok(files.includes(needed), `${name} lacks ${needed}`);
  }
});

test("publint and are-the-types-wrong find nothing in them", async () => {
  for (const name of readdirSync(folder).filter((name) => name.endsWith(".tgz"))) {
    assert.equal(await checkPackedPackage(path.join(folder, name)), [], name);
  }
});

test("both install into an empty folder without a warning", () => {
  const packed = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  const text = succeed(consumer, "npm", "install", "--no-audit", "--no-fund", ...packed.map((name) => `../${name}`));
  assert.not.match(text, /peer dep|ERESOLVE|deprecated/i);
});

test("zgen include prints a folder that stock tools can use", () => {
  const { code, stdout } = run(consumer, "npx", "--no", "zgen", "include");
  assert.is(code, 0);
  for (const name of ["options", "blob"])
    assert.match(readFileSync(path.join(stdout.trim(), `zserver/${name}.proto`), "utf8"), "package zserver;");
});

test("zgen init makes a project that installs the packed files, compiles and runs", () => {
  succeed(consumer, "npx", "--no", "zgen", "init", "demo");
  const manifest = JSON.parse(readFileSync(path.join(demo, "package.json"), "utf8"));
  assert.match(manifest.dependencies.zserver, /^file:\.\.\/\.\.\/zserver-.*\.tgz$/);
  assert.match(manifest.devDependencies.zgen, /^file:\.\.\/\.\.\/zgen-.*\.tgz$/);
  succeed(demo, "npm", "install", "--no-audit", "--no-fund");
  const text = succeed(demo, "npm", "start");
  for (const line of [
    "server: listening on ws://",
    "client: Hello, world!",
    "client: the server says that it greeted world",
    "client: 3",
  ]) {
    assert.ok(text.includes(line), `missing: ${line}\n${text}`);
  }
});

test("every entry of the package loads, and every class is one class from all of them", () => {
  const entries = ["zserver", "zserver/codec", "zserver/testing", "zserver/keys", "zserver/json", "zserver/blob", "zserver/files"];
  const script = `const found = await Promise.all(${JSON.stringify(entries)}.map((name) => import(name)));
if (found.some((entry) => Object.keys(entry).length === 0)) throw new Error("an entry is empty");
if (found[0].memoryNetwork !== found[2].memoryNetwork) throw new Error("two copies");`;
  succeed(demo, "node", "--input-type=module", "--eval", script);
});

test("an error is printed under its own name", () => {
  const script = 'import { CommandError } from "zserver"; console.log(new CommandError("NOT_FOUND", "no such room"));';
  assert.match(succeed(demo, "node", "--input-type=module", "--eval", script), /^CommandError: no such room\n/);
});

test("what is constant in the sources is constant in the packed runtime, but what modules assign again", () => {
  const dist = path.join(consumer, "node_modules/zserver/dist");
  const text = readdirSync(dist).map((name) => (name.endsWith(".js") ? readFileSync(path.join(dist, name), "utf8") : ""));
  const declared = (keyword: string) => [...text.join("\n").matchAll(new RegExp(`^${keyword} (\\w+)`, "gm"))].map(([, name]) => name);
  for (const name of ["words", "native", "Reader", "Writer"]) assert.ok(declared("const").includes(name), name);
  assert.ok(declared("var").includes("spareReader"));
});

test("a right program compiles", () => {
  const right = compile(
    "right",
    program('const { greeting } = await client.use(Greeter).greet({ name: "you" });\nconsole.log(greeting.length);'),
  );
  assert.is(right.code, 0, right.text);
});

test("a file goes to a server and back as a blob", () => {
  writeFileSync(
    path.join(demo, "schemas/demo/v1/album.proto"),
    `syntax = "proto3";
package demo.v1;
import "zserver/blob.proto";
// Photos.
service Album {
  // Gives it back.
  rpc Turn(zserver.Blob) returns (zserver.Blob);
}
`,
  );
  succeed(demo, "npx", "zgen", "generate");
  const source = `import { connect, createIdentity, fileSource, implement, saveBlob, serve, spoolBlob } from "zserver";
import { Album } from "./generated/demo/v1/album.ts";
const server = await serve({ listen: ["ws://localhost:0"], identity: createIdentity(), handlers: [implement(Album, { turn: (blob) => spoolBlob(blob) })] });
await using client = await connect({ endpoints: server.endpoints, serverKey: server.serverKey });
const blob = await client.use(Album).turn(await fileSource("package.json"));
await saveBlob(blob, "turned.json");
console.log(blob.name, blob.size);
await server.close();
`;
  const compiled = compile("album", source);
  assert.is(compiled.code, 0, compiled.text);
  const size = statSync(path.join(demo, "package.json")).size;
  assert.match(succeed(demo, "npx", "tsx", "album.ts"), `package.json ${size}`);
  assert.equal(readFileSync(path.join(demo, "turned.json")), readFileSync(path.join(demo, "package.json")));
  rmSync(path.join(demo, "schemas/demo/v1/album.proto"));
  succeed(demo, "npx", "zgen", "generate");
});

test("with json in zgen.json, messages are written and read as JSON", () => {
  const config = path.join(demo, "zgen.json");
  writeFileSync(config, JSON.stringify({ ...JSON.parse(readFileSync(config, "utf8")), json: true }));
  succeed(demo, "npx", "zgen", "generate");
  const source = `import { parseJson } from "zserver/json";
import { greetRequestFromJson, greetRequestToJson } from "./generated/demo/v1/greeter.json.ts";
const text: string = JSON.stringify(greetRequestToJson({ name: "you" }));
console.log(greetRequestFromJson(parseJson(text)).name.toUpperCase(), text);
`;
  const compiled = compile("json", source);
  assert.is(compiled.code, 0, compiled.text);
  assert.match(succeed(demo, "npx", "tsx", "json.ts"), 'YOU {"name":"you"}');
});

test("lint, docs, stubs and package of the packed zgen work there", () => {
  const config = path.join(demo, "zgen.json");
  const more = { stubs: { out: "handlers" }, package: { name: "@acme/demo" } };
  writeFileSync(config, JSON.stringify({ ...JSON.parse(readFileSync(config, "utf8")), ...more }));
  assert.match(succeed(demo, "npx", "zgen", "package", "--snapshot"), "next: npm publish package");
  assert.match(readFileSync(path.join(demo, "package/README.md"), "utf8"), 'import { Greeter, Guest } from "@acme/demo";');
  succeed(demo, "npx", "zgen", "lint");
  assert.match(succeed(demo, "npx", "zgen", "docs"), "`demo.v1.Greeter/Greet`: request and reply.");
  assert.match(succeed(demo, "npx", "zgen", "stubs"), "wrote handlers/demo/v1/greeter.ts");
  const made = compile("stubs", 'import { GreeterHandler } from "./handlers/demo/v1/greeter.ts";\nconsole.log(GreeterHandler.name);\n');
  assert.is(made.code, 0, made.text);
});

test("call of the packed zgen reaches a server of the packed zserver", async () => {
  const child = spawn(process.execPath, ["--import", "tsx", "server.ts", "ws://localhost:0"], { cwd: demo });
  try {
    const endpoint = await new Promise<string>((resolve, reject) => {
      let said = "";
      child.stdout.on("data", (chunk) => {
        said += String(chunk);
        const found = /listening on (\S+)\n/.exec(said)?.[1];
        if (found !== undefined) resolve(found);
      });
      child.once("close", () => reject(new Error(`the server ended: ${said}`)));
    });
    const key = /zsk_[\w-]+/.exec(readFileSync(path.join(demo, "server-key.ts"), "utf8"))![0];
    const count = run(demo, "npx", "zgen", "call", endpoint, "Greeter.Count", '{"to":2}', "--server-key", key);
    assert.is(count.stdout, '{"number":1}\n{"number":2}\n');
  } finally {
    child.kill();
  }
});

test("an undeclared command fails to compile", () => {
  const wrong = compile("undeclared", program('await client.use(Greeter).great({ name: "you" });'));
  assert.is.not(wrong.code, 0);
  assert.match(wrong.text, /undeclared\.ts.*Property 'great' does not exist on type 'GreeterProxy'/);
});

test("a wrong field, and a field of a wrong type, fail to compile", () => {
  const unknown = compile("unknown-field", program('await client.use(Greeter).greet({ nam: "you" });'));
  assert.is.not(unknown.code, 0);
  assert.match(unknown.text, /unknown-field\.ts.*'nam' does not exist in type 'Optional<GreetRequest, never>'/);
  const mistyped = compile("mistyped-field", program("await client.use(Greeter).greet({ name: 1 });"));
  assert.is.not(mistyped.code, 0);
  assert.match(mistyped.text, /mistyped-field\.ts.*Type 'number' is not assignable to type 'string/);
});

test("a handler that is missing, or returns a wrong reply, fails to compile", () => {
  const handlers = (body: string): string => `import { implement } from "zserver";
import { Greeter } from "./generated/demo/v1/greeter.ts";
implement(Greeter, { ${body} });
`;
  const missing = compile("missing-handler", handlers('greet: () => ({ greeting: "" })'));
  assert.is.not(missing.code, 0);
  assert.match(missing.text, /missing-handler\.ts.*count/s);
  const wrong = compile("wrong-reply", handlers("greet: () => ({ greeting: 1 }), *count() {}"));
  assert.is.not(wrong.code, 0);
  assert.match(wrong.text, /wrong-reply\.ts.*Type 'number' is not assignable to type 'string/);
});

test("the packed zgen records a release, and serves its clients with code of then", () => {
  assert.match(succeed(demo, "npx", "zgen", "release"), "released 1.0.0: zgen.lock and zgen.changelog.md");
  const proto = path.join(demo, "schemas/demo/v1/greeter.proto");
  writeFileSync(proto, `${readFileSync(proto, "utf8")}message More {}\n`);
  assert.match(succeed(demo, "npx", "zgen", "version"), "1.1.0");
  succeed(demo, "npx", "zgen", "generate");
  assert.match(succeed(demo, "npx", "zgen", "generate", "--release", "1.0.0"), "wrote generated-1.0.0/demo/v1/greeter.ts");
  const both = compile(
    "release",
    'import { releases } from "./generated/releases.ts";\nimport { release } from "./generated-1.0.0/release.ts";\nconsole.log(releases.length, release.version);\n',
  );
  assert.is(both.code, 0, both.text);
  assert.match(succeed(demo, "npx", "tsx", "release.ts"), "0 1.0.0");
});

test.run();
