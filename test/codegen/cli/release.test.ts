import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { commit, git } from "./git.ts";
import { withFolder, zgen } from "./support.ts";

const test = suite("cli/release");

const proto = "schemas/shop/v1/shop.proto";
const start = `syntax = "proto3";
package shop.v1;
// Sells things.
service Shop {
  // Buys one.
  rpc Buy(Item) returns (Item);
}
message Item {
  string name = 1;
}
`;

/** Changes that go up one place of the version each. */
const otherOption = start.replace("// Sells", 'option java_package = "shop";\n// Sells');
const added = start.replace("string name = 1;", "string name = 1;\n  // In cents.\n  int32 price = 2;");
const broken = start.replace("rpc Buy(Item)", "rpc Sell(Item)");

const read = (folder: string, name: string): string => readFileSync(path.join(folder, name), "utf8");
const write = (folder: string, text: string, name = proto): void => writeFileSync(path.join(folder, name), text);

function withShop(config: object, use: (folder: string) => Promise<void>): Promise<void> {
  return withFolder({ "zgen.json": JSON.stringify(config), [proto]: start }, use);
}

async function release(folder: string, ...args: string[]): Promise<string> {
  const { code, out, err } = await zgen(folder, "release", ...args);
  assert.is(code, 0, err);
  return out;
}

test("the first release is 1.0.0, and is what everything is compared with from then on", () =>
  withShop({}, async (folder) => {
    assert.equal(await zgen(folder, "version"), { code: 0, out: "1.0.0", err: "the first release" });
    assert.is(await release(folder), "released 1.0.0: zgen.lock and zgen.changelog.md");
    assert.match(
      read(folder, "zgen.lock"),
      /^\/\/ zgen\.lock 1: .*\n\/\/ release 1\.0\.0 root [0-9a-f]{32} sha256 [0-9a-f]{64}\n\/\/ file shop/,
    );
    assert.equal(await zgen(folder, "version"), { code: 0, out: "1.0.0", err: "nothing changed since 1.0.0" });
    assert.equal(await zgen(folder, "changelog"), { code: 0, out: "", err: "nothing changed since 1.0.0" });
    assert.equal(await zgen(folder, "breaking"), { code: 0, out: "", err: "" });
    write(folder, broken);
    assert.match(
      (await zgen(folder, "breaking")).err,
      /^schemas\/shop\/v1\/shop\.proto:4:9: COMMAND_NO_DELETE command shop\.v1\.Shop\.Buy is gone/,
    );
  }));

test("the version rises by what changed, and says why", () =>
  withShop({}, async (folder) => {
    await release(folder);
    const version = async (text: string): Promise<readonly [out: string, err: string]> => {
      write(folder, text);
      const { out, err } = await zgen(folder, "version");
      return [out, err];
    };
    assert.equal(await version(otherOption), ["1.0.1", "patch since 1.0.0\n  other changes in shop/v1/shop.proto"]);
    assert.equal(await version(added), ["1.1.0", "minor since 1.0.0\n  added field shop.v1.Item.price"]);
    const [out, err] = await version(broken);
    assert.is(out, "2.0.0");
    assert.match(
      err,
      /^major since 1\.0\.0\n {2}schemas\/shop\/v1\/shop\.proto:4:9: COMMAND_NO_DELETE .*\n[\s\S]* {2}added command shop\.v1\.Shop\.Sell\n/,
    );
    assert.equal(await version(`// Only said otherwise.\n${start}`), ["1.0.0", "nothing changed since 1.0.0"]);
  }));

test("what peers of the two versions could not say to each other is a major change, whichever category was chosen", () =>
  withShop({ breaking: { category: "WIRE" } }, async (folder) => {
    write(folder, added);
    await release(folder);
    write(folder, added.replace("int32 price", "bool price"));
    assert.equal(await zgen(folder, "breaking"), { code: 0, out: "", err: "" });
    const { out, err } = await zgen(folder, "version");
    assert.is(out, "2.0.0");
    assert.match(err, /^major since 1\.0\.0\n {2}schemas\/shop\/v1\/shop\.proto:11:8: SESSION_TYPE /);
    const except = [{ rule: "SESSION_TYPE", file: "**", reason: "there are no clients yet" }];
    write(folder, JSON.stringify({ breaking: { category: "WIRE", except } }), "zgen.json");
    assert.is((await zgen(folder, "version")).out, "1.1.0");
    assert.equal(await zgen(folder, "breaking"), { code: 0, out: "", err: "" });
  }));

test("what the configuration excepts makes no major version", () =>
  withShop({}, async (folder) => {
    await release(folder);
    write(folder, broken);
    const except = ["COMMAND_NO_DELETE", "RPC_NO_DELETE"].map((rule) => ({ rule, file: "**", reason: "nobody bought" }));
    write(folder, JSON.stringify({ breaking: { except } }), "zgen.json");
    assert.is((await zgen(folder, "version")).out, "1.1.0");
    const { err } = await zgen(folder, "release");
    assert.match(err, /^zgen\.json still excepts 2 findings that nothing breaks any more: empty breaking\.except$/m);
    assert.match((await zgen(folder, "breaking")).err, /which nothing breaks: remove it$/);
  }));

test("--version may promise less than the change keeps, never more, and nothing else is taken for one", () =>
  withShop({}, async (folder) => {
    assert.match(await release(folder, "--version", "1.2.3"), /^released 1\.2\.3/);
    write(folder, added);
    const lock = read(folder, "zgen.lock");
    const refused = async (version: string, message: RegExp): Promise<void> => {
      const { code, err } = await zgen(folder, "release", "--version", version);
      assert.is(code, 1);
      assert.match(err, message);
      assert.is(read(folder, "zgen.lock"), lock);
    };
    await refused("1.2.4", /^zgen release: 1\.2\.4 promises too much: the schemas deserve 1\.3\.0; `zgen version` says why$/);
    await refused("1.2", /--version takes MAJOR\.MINOR\.PATCH, such as 1\.3\.0, not 1\.2$/);
    assert.match(await release(folder, "--version", "2.0.0"), /^released 2\.0\.0/);
    assert.is(await release(folder), "");
    assert.is((await zgen(folder, "release", "--version", "3.0.0")).err, "nothing changed since 2.0.0");
  }));

test("below 1.0.0 a break raises the minor version", () =>
  withShop({}, async (folder) => {
    // The first version is free: nobody counts on anything yet.
    write(folder, start);
    assert.match((await zgen(folder, "release", "--version", "0.1.0")).out, /^released 0\.1\.0/);
    write(folder, broken);
    assert.is((await zgen(folder, "version")).out, "0.2.0");
    write(folder, added);
    assert.is((await zgen(folder, "version")).out, "0.1.1");
  }));

test("a lock holds every release as it was; one can be compared with each", () =>
  withShop({}, async (folder) => {
    await release(folder);
    write(folder, added);
    await release(folder);
    write(folder, `${added}message More {}\n`);
    await release(folder);
    assert.equal(read(folder, "zgen.lock").match(/^\/\/ release \S+/gm), ["// release 1.0.0", "// release 1.1.0", "// release 1.2.0"]);
    const { out, err } = await zgen(folder, "version", "--against", "1.0.0");
    assert.equal([out, err], ["1.1.0", "minor since 1.0.0\n  added message shop.v1.More\n  added field shop.v1.Item.price"]);
    assert.match(
      (await zgen(folder, "changelog", "--against", "1.1.0")).out,
      /^## Since 1\.1\.0\n\n### Added\n\n- message `shop\.v1\.More`$/,
    );
    assert.match((await zgen(folder, "breaking", "--against", "3.0.0")).err, /3\.0\.0 is no folder, and .* is in no git repository/);
  }));

test("releases.keep bounds how many are held, and old ones go", () =>
  withShop({ releases: { keep: 2 } }, async (folder) => {
    for (const text of [start, added, `${added}message More {}\n`]) {
      write(folder, text);
      await release(folder);
    }
    assert.equal(read(folder, "zgen.lock").match(/^\/\/ release \S+/gm), ["// release 1.1.0", "// release 1.2.0"]);
    write(folder, '{ "releases": { "keep": 0 } }', "zgen.json");
    assert.match((await zgen(folder, "release")).err, /releases\.keep must be a number of releases, 1 to 1000$/);
  }));

test("the changelog tells people who write clients what changed, newest on top, and keeps what they wrote into it", () =>
  withShop({ releases: { changelog: "docs/CHANGES.md" } }, async (folder) => {
    await release(folder);
    const file = "docs/CHANGES.md";
    assert.is(
      read(folder, file),
      `# Changelog of the schemas

## 1.0.0

### Added

- service \`shop.v1.Shop\`: Sells things.
- command \`shop.v1.Shop.Buy\`: Buys one.
`,
    );
    write(folder, `# Our changes\n\nMind the gap.\n\n${read(folder, file).replace("# Changelog of the schemas\n\n", "")}`, file);
    write(folder, added.replace("string name = 1;", "string name = 1 [deprecated = true];"));
    await release(folder);
    assert.is(
      read(folder, file).slice(0, read(folder, file).indexOf("## 1.0.0")),
      `# Our changes

Mind the gap.

## 1.1.0

### Added

- field \`shop.v1.Item.price\`: In cents.

### Deprecated

- field \`shop.v1.Item.name\`

`,
    );
  }));

test("a name that a release gave up is not taken again, also when the last release had it not", () =>
  withShop({}, async (folder) => {
    for (const text of [start, broken, `${broken}message More {}\n`]) {
      write(folder, text);
      await release(folder);
    }
    write(folder, `${broken.replace("rpc Sell", "rpc Buy(Item) returns (More);\n  rpc Sell")}message More {}\n`);
    const { err } = await zgen(folder, "breaking");
    assert.is(
      err,
      "schemas/shop/v1/shop.proto:6:7: COMMAND_NO_REUSE Shop.Buy is a name that an earlier release used and a later one gave up\n1 finding",
    );
    assert.is((await zgen(folder, "version")).out, "3.0.0");
  }));

test("a lock that is not what was released stops every command with the line and what repairs it, and stays as it is", () =>
  withShop({}, async (folder) => {
    await release(folder);
    const changelog = read(folder, "zgen.changelog.md");
    write(folder, added);
    const damaged = `${read(folder, "zgen.lock").replace("string name = 1;", "string name = 3;")}`;
    const said =
      "zgen.lock:2:1: release 1.0.0, lines 2 to 11, is not what was written at its release (`git checkout HEAD -- zgen.lock` brings it back as it was committed) [LOCK_EDITED]";
    for (const text of [damaged, `<<<<<<< HEAD\n${damaged}`, damaged.replace("zgen.lock 1", "zgen.lock 7"), damaged.slice(0, 200), ""]) {
      write(folder, text, "zgen.lock");
      for (const command of ["release", "version", "changelog", "breaking"]) {
        const { code, out, err } = await zgen(folder, command);
        assert.equal([code, out], [1, ""], command);
        assert.match(
          err,
          text === damaged ? new RegExp(`^zgen ${command}: `) : /zgen\.lock:\d+:1: .* \[LOCK_(CONFLICT|FORMAT|CUT|EDITED)\]$/,
        );
        if (text === damaged) assert.is(err, `zgen ${command}: ${said}`);
      }
      assert.is(read(folder, "zgen.lock"), text);
    }
    assert.is(read(folder, "zgen.changelog.md"), changelog);
  }));

test("a lock that cannot be read stops every command", () =>
  withShop({}, async (folder) => {
    mkdirSync(path.join(folder, "zgen.lock"));
    for (const command of ["release", "version", "changelog", "breaking", "generate"]) {
      const { code, err } = await zgen(folder, command);
      assert.is(code, 1, command);
      assert.match(err, new RegExp(`^zgen ${command}: zgen\\.lock cannot be read: EISDIR`));
    }
  }));

test("when two branches made a release each, git stops, zgen says what to do, and that works", () =>
  withShop({}, async (folder) => {
    git(folder, "init", "-q");
    await release(folder);
    commit(folder);
    git(folder, "checkout", "-qb", "other");
    write(folder, 'syntax = "proto3";\npackage shop.v1;\nmessage Other {}\n', "schemas/shop/v1/other.proto");
    await release(folder);
    commit(folder);
    git(folder, "checkout", "-q", "main");
    write(folder, added);
    await release(folder);
    commit(folder);
    assert.throws(() => git(folder, "merge", "-q", "other"));
    git(folder, "checkout", "--ours", "--", "zgen.changelog.md");
    const { code, err } = await zgen(folder, "release");
    assert.is(code, 1);
    const [, line = "", command = ""] =
      /^zgen release: zgen\.lock:(\d+):1: a merge left both sides here .*`(git checkout --ours -- zgen\.lock)`/.exec(err) ?? [];
    assert.match(read(folder, "zgen.lock").split("\n")[Number(line) - 1] ?? "", /^<<<<<<< /);
    git(folder, ...command.split(" ").slice(1));
    assert.is(await release(folder), "released 1.2.0: zgen.lock and zgen.changelog.md");
    assert.match(read(folder, "zgen.changelog.md"), /^## 1\.2\.0\n\n### Added\n\n- message `shop\.v1\.Other`\n\n## 1\.1\.0$/m);
  }));

test("schemas with errors are not released", () =>
  withShop({}, async (folder) => {
    write(folder, "syntax = 3;");
    for (const command of ["release", "version", "changelog"]) {
      const { code, err } = await zgen(folder, command);
      assert.is(code, 1);
      assert.match(err, /^schemas\/shop\/v1\/shop\.proto:1:10: .* \[SYNTAX\]\n1 finding$/);
    }
    assert.not(existsSync(path.join(folder, "zgen.lock")));
  }));

test("what would not read back the same is not recorded", () =>
  withFolder({ "zgen.json": "{}", "schemas/a\nb.proto": start }, async (folder) => {
    const { code, err } = await zgen(folder, "release");
    assert.equal(
      [code, err],
      [1, "zgen release: the schemas cannot be recorded so that they read back the same; name their files without line breaks"],
    );
    assert.not(existsSync(path.join(folder, "zgen.lock")));
  }));

test("--format json says the same to programs", () =>
  withShop({}, async (folder) => {
    const json = async (...args: string[]): Promise<Record<string, unknown>> =>
      JSON.parse((await zgen(folder, ...args, "--format", "json")).out) as Record<string, unknown>;
    assert.equal(await json("version"), { ...(await json("version")), version: "1.0.0", since: null, level: "minor" });
    assert.equal((await json("release")).released, true);
    write(folder, added);
    const position = { file: proto, line: 11, column: 9 };
    const change = { what: "added", kind: "field", name: "shop.v1.Item.price", detail: "", comment: "In cents.", position };
    const expected = { version: "1.1.0", level: "minor", since: "1.0.0", breaks: [], changes: [change], otherwise: [] };
    assert.equal(await json("version"), expected);
    assert.equal(await json("changelog"), expected);
    assert.equal(await json("release"), { released: true, ...expected });
    assert.equal((await json("release")).released, false);
  }));

test("files that others only import are locked too, and those that zgen brings along are not", () =>
  withFolder(
    {
      "zgen.json": '{ "schemas": ["schemas", { "root": "vendor", "include": [] }] }',
      [proto]: start
        .replace("// Sells", 'import "x.proto";\nimport "zserver/options.proto";\n// Sells')
        .replace("string name", "X x = 2;\n  string name"),
      "vendor/x.proto": 'syntax = "proto3";\nmessage X { int32 a = 1; }\n',
    },
    async (folder) => {
      await release(folder);
      assert.equal(read(folder, "zgen.lock").match(/^\/\/ (file|import) .+/gm), ["// file shop/v1/shop.proto", "// import x.proto"]);
      write(folder, 'syntax = "proto3";\nmessage X { int32 a = 1; int32 b = 2; }\n', "vendor/x.proto");
      const { out, err } = await zgen(folder, "version");
      assert.equal([out, err], ["1.0.1", "patch since 1.0.0\n  other changes in x.proto"]);
    },
  ));

test.run();
