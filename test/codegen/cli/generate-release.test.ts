import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ReleasedSchema } from "../../../runtime/schema/released-schema.ts";
import { Workshop } from "../emit/workshop.ts";
import { withFolder, zgen } from "./support.ts";

export const testTimeoutMs = 60_000;

const test = suite("cli/generate-release");

const proto = "schemas/shop/v1/shop.proto";
const first = `syntax = "proto3";
package shop.v1;
service Shop {
  rpc Buy(Item) returns (Item);
}
service Depot {
  rpc Store(Item) returns (Item);
}
message Item {
  string name = 1;
}
`;
const second =
  first.replace("rpc Buy(Item) returns (Item);", "rpc Buy(Item) returns (Bill);\n  rpc Ask(Item) returns (Bill);\n") +
  "message Bill { int32 cents = 1; }\n";
const third = `${second}message Nobody {}\n`;

const write = (folder: string, text: string, name = proto): void => writeFileSync(path.join(folder, name), text);
const read = (folder: string, name: string): string => readFileSync(path.join(folder, name), "utf8");

async function run(folder: string, ...args: string[]): Promise<string> {
  const { code, out, err } = await zgen(folder, ...args);
  assert.is(code, 0, err);
  return out;
}

/** A project with the releases 1.0.0 and 2.0.0, and with something more since. */
function withReleases(config: object, use: (folder: string) => Promise<void>): Promise<void> {
  return withFolder({ "zgen.json": JSON.stringify(config), [proto]: first }, async (folder) => {
    await run(folder, "release");
    write(folder, second);
    await run(folder, "release");
    write(folder, third);
    await use(folder);
  });
}

let seen = 0;

/** What the folder's module of releases exports now: a copy, since modules are loaded once. */
async function releasesIn(folder: string): Promise<readonly ReleasedSchema[]> {
  const copy = path.join(folder, `seen-${++seen}.ts`);
  copyFileSync(path.join(folder, "generated/releases.ts"), copy);
  return ((await import(copy)) as { releases: readonly ReleasedSchema[] }).releases;
}

test("before the first release nothing is written about releases", () =>
  withFolder({ "zgen.json": "{}", [proto]: first }, async (folder) => {
    await run(folder, "generate");
    assert.not(existsSync(path.join(folder, "generated/releases.ts")));
    assert.match(read(folder, "generated/release.ts"), /version: ""/);
  }));

test("code knows its version where its services are those of a release, and servers are told of all other releases", () =>
  withReleases({}, async (folder) => {
    const versions = async (): Promise<readonly (readonly [version: string, services: number])[]> => {
      await run(folder, "generate");
      return (await releasesIn(folder)).map(({ release, services }) => [release.version, services.length]);
    };
    const own = (): string | undefined => /version: "(.*)"/.exec(read(folder, "generated/release.ts"))?.[1];
    // A message that no command uses is nothing to peers.
    assert.equal(await versions(), [["1.0.0", 1]]);
    assert.is(own(), "2.0.0");
    write(folder, third.replace("cents = 1", "cents = 2"));
    assert.equal(await versions(), [
      ["1.0.0", 1],
      ["2.0.0", 1],
    ]);
    assert.is(own(), "");
    write(folder, first);
    assert.equal(await versions(), [["2.0.0", 1]]);
    assert.is(own(), "1.0.0");
  }));

test("what servers are told is what that release's own code says of itself", () =>
  withReleases({}, async (folder) => {
    await run(folder, "generate");
    await run(folder, "generate", "--release", "1.0.0");
    const [release] = await releasesIn(folder);
    const shop = read(folder, "generated-1.0.0/shop/v1/shop.ts");
    assert.ok(shop.includes(`fingerprint: "${release!.services[0]!.fingerprint}"`));
    assert.ok(shop.includes(`"${release!.services[0]!.description}"`));
    assert.ok(read(folder, "generated-1.0.0/release.ts").includes(`{ root: "${release!.release.root}", version: "1.0.0" }`));
  }));

test("--release writes the code of then, the same as was written then but for comments, in a folder of its own", () =>
  withFolder({ "zgen.json": '{ "json": true }', [proto]: first }, async (folder) => {
    await run(folder, "release");
    await run(folder, "generate");
    const then = read(folder, "generated/shop/v1/shop.ts");
    write(folder, second);
    await run(folder, "generate");
    const out = await run(folder, "generate", "--release", "1.0.0");
    const names = ["release.ts", "shop/v1/shop.json.ts", "shop/v1/shop.ts"].map((name) => path.join("generated-1.0.0", name));
    assert.equal(out.split("\n").sort(), names.map((name) => `wrote ${name}`).sort());
    assert.is(read(folder, "generated-1.0.0/shop/v1/shop.ts"), then);
    await run(folder, "generate", "--release", "1.0.0", "--check");
    await run(folder, "generate", "--release", "1.0.0", "--out", "old/code");
    assert.is(read(folder, "old/code/shop/v1/shop.ts"), then);
    assert.is(await run(folder, "generate"), "4 files up to date");
    assert.ok(existsSync(path.join(folder, "generated-1.0.0/release.ts")));
  }));

test("--release takes what zgen.lock has, and no folder that generate would tidy up", () =>
  withReleases({}, async (folder) => {
    const refused = async (message: RegExp, ...args: string[]): Promise<void> => {
      const { code, out, err } = await zgen(folder, "generate", ...args);
      assert.equal([code, out], [1, ""]);
      assert.match(err, message);
    };
    await refused(/^zgen generate: zgen\.lock has no release 1\.5\.0, only 1\.0\.0, 2\.0\.0$/, "--release", "1.5.0");
    for (const out of ["generated", "generated/old", "."])
      await refused(
        /would mix the release with the present code in .*generated; choose a folder beside it$/,
        "--release",
        "1.0.0",
        "--out",
        out,
      );
    await refused(/--out goes with --release/, "--out", "x");
    await refused(/--release and --watch exclude each other/, "--release", "1.0.0", "--watch");
    assert.equal(readdirSync(folder).sort(), ["schemas", "zgen.changelog.md", "zgen.json", "zgen.lock"]);
    await withFolder({ [proto]: first }, async (empty) => {
      assert.match((await zgen(empty, "generate", "--release", "1.0.0")).err, /there is no zgen\.lock; `zgen release` makes one$/);
    });
  }));

test("a lock that is not what was released keeps code from being written", () =>
  withReleases({}, async (folder) => {
    write(folder, read(folder, "zgen.lock").replace("string name", "bytes name"), "zgen.lock");
    assert.match((await zgen(folder, "generate")).err, /^zgen generate: zgen\.lock:2:1: .* \[LOCK_EDITED\]$/);
    assert.not(existsSync(path.join(folder, "generated")));
  }));

test("the module is right in TypeScript, and in JavaScript with declarations", async () => {
  const workshop = new Workshop();
  try {
    for (const emit of ["ts", "js"])
      await withReleases({ emit }, async (folder) => {
        await run(folder, "generate");
        const names = readdirSync(path.join(folder, "generated"), { recursive: true, encoding: "utf8" }).filter((name) =>
          /\.[jt]s$/.test(name),
        );
        assert.is(names.filter((name) => name.startsWith("releases.")).length, emit === "ts" ? 1 : 2);
        workshop.add(
          emit,
          names.map((name) => ({ path: name, text: read(folder, `generated/${name}`) })),
        );
      });
    const use = (emit: string): string =>
      `import type { ReleasedSchema } from "zserver/codec";\nimport { releases } from "./${emit}/releases.${emit}";\nexport const all: readonly ReleasedSchema[] = releases;\n`;
    workshop.add(".", [
      { path: "a.ts", text: use("ts") },
      { path: "b.ts", text: use("js") },
    ]);
    assert.is(workshop.typeErrors(), "");
  } finally {
    workshop.remove();
  }
});

test.run();
