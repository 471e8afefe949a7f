import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { commit, git } from "./git.ts";
import { withFolder, zgen } from "./support.ts";

const test = suite("cli/breaking");

const proto = "shop/v1/shop.proto";
const before = 'syntax = "proto3";\npackage shop.v1;\nmessage Item {\n  string name = 1;\n  int32 price = 2;\n}\n';
const after = before.replace("  int32 price = 2;\n", "");
const finding = "schemas/shop/v1/shop.proto:3:9: FIELD_NO_DELETE field 2 (price) is gone from Item\n1 finding";

const write = (folder: string, name: string, text: string): void => writeFileSync(path.join(folder, name), text);

/** A repository whose revision `main` has the field that its work tree has lost. */
function withRepository(breaking: object, use: (folder: string) => Promise<void>): Promise<void> {
  return withFolder({ "zgen.json": JSON.stringify({ breaking }), [`schemas/${proto}`]: before }, async (folder) => {
    git(folder, "init", "-q");
    commit(folder);
    write(folder, `schemas/${proto}`, after);
    await use(folder);
  });
}

test("what the work tree breaks against a revision is told by file, line, column and rule, and nothing in the work tree changes", () =>
  withRepository({}, async (folder) => {
    assert.equal(await zgen(folder, "breaking", "--against", "main"), { code: 1, out: "", err: finding });
    assert.equal(await zgen(path.join(folder, "schemas"), "breaking", "--against", "HEAD"), {
      code: 1,
      out: "",
      err: finding.replace("schemas/", ""),
    });
    assert.is(readFileSync(path.join(folder, "schemas", proto), "utf8"), after);
    commit(folder);
    assert.equal(await zgen(folder, "breaking", "--against", "HEAD"), { code: 0, out: "", err: "" });
    assert.is((await zgen(folder, "breaking", "--against", "HEAD~1")).err, finding);
  }));

test("a revision is read where its own zgen.json says, also below the top of the repository", () =>
  withFolder(
    { "sub/zgen.json": '{ "schemas": ["old", "../shared"] }', [`sub/old/${proto}`]: before, "shared/x.proto": 'syntax = "proto3";' },
    async (top) => {
      const folder = path.join(top, "sub");
      git(top, "init", "-q");
      commit(top);
      renameSync(path.join(folder, "old"), path.join(folder, "schemas"));
      write(folder, "zgen.json", '{ "schemas": ["schemas", "../shared"] }');
      write(folder, `schemas/${proto}`, after);
      rmSync(path.join(top, "shared/x.proto"));
      const { err } = await zgen(folder, "breaking", "--against", "main");
      assert.is(err, finding.replace("1 finding", "x.proto:1:1: FILE_NO_DELETE file x.proto is gone\n2 findings"));
    },
  ));

test("in a hook, where git tells its children which repository it means, the revision is found all the same", () =>
  withFolder({ "sub/zgen.json": "{}", [`sub/schemas/${proto}`]: before }, async (top) => {
    git(top, "init", "-q");
    commit(top);
    write(top, `sub/schemas/${proto}`, after);
    process.env.GIT_DIR = path.join(top, ".git");
    try {
      assert.is((await zgen(path.join(top, "sub"), "breaking", "--against", "main")).err, finding);
    } finally {
      delete process.env.GIT_DIR;
    }
  }));

const importing = `${before}import "x.proto";\n`;
const withInstalled = {
  ".gitignore": "/installed\n",
  "zgen.json": '{ "schemas": ["schemas", "installed"] }',
  [`schemas/${proto}`]: importing,
  "installed/x.proto": 'syntax = "proto3";\n',
};

test("what a state imports from a folder that it does not have is read as it is now", () =>
  withFolder({ ...withInstalled, [`old/schemas/${proto}`]: importing }, async (folder) => {
    git(folder, "init", "-q");
    commit(folder);
    write(folder, `schemas/${proto}`, importing.replace("  int32 price = 2;\n", ""));
    for (const state of ["main", "old", "old/schemas"]) assert.is((await zgen(folder, "breaking", "--against", state)).err, finding, state);
  }));

test("a message that moved into a folder that a state does not have is not taken to have been there twice", () =>
  withFolder({ "zgen.json": "{}", [`schemas/${proto}`]: before, "schemas/a.proto": 'syntax = "proto3";' }, async (folder) => {
    git(folder, "init", "-q");
    commit(folder);
    mkdirSync(path.join(folder, "more/shop/v1"), { recursive: true });
    renameSync(path.join(folder, "schemas", proto), path.join(folder, "more/shop/v1/item.proto"));
    write(folder, "zgen.json", '{ "schemas": ["schemas", "more"] }');
    assert.equal(await zgen(folder, "breaking", "--against", "main", "--category", "PACKAGE"), { code: 0, out: "", err: "" });
    assert.match((await zgen(folder, "breaking", "--against", "main")).err, /^shop\/v1\/shop\.proto:1:1: FILE_NO_DELETE .*\n1 finding$/);
  }));

test("--against takes another state of the project, or a copy of its schemas, as a folder", () =>
  withRepository({}, async (folder) => {
    const old = path.join(folder, "old");
    mkdirSync(path.join(old, "schemas/shop/v1"), { recursive: true });
    write(old, `schemas/${proto}`, before);
    assert.is((await zgen(folder, "breaking", "--against", "old")).err, finding);
    assert.is((await zgen(folder, "breaking", "--against", "old/schemas")).err, finding);
    cpSync(path.join(old, "schemas"), path.join(old, "elsewhere"), { recursive: true });
    write(old, `schemas/${proto}`, after);
    write(old, "zgen.json", '{ "schemas": ["elsewhere"] }');
    assert.is((await zgen(folder, "breaking", "--against", old)).err, finding);
  }));

test("the category is that of the command line, else that of zgen.json", () =>
  withRepository({ category: "WIRE" }, async (folder) => {
    const rule = async (...args: string[]): Promise<string | undefined> =>
      /[A-Z]+_[A-Z_]+/.exec((await zgen(folder, "breaking", "--against", "main", ...args)).err)?.[0];
    assert.is(await rule(), "FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED");
    assert.is(await rule("--category", "PACKAGE"), "FIELD_NO_DELETE");
    write(folder, `schemas/${proto}`, after.replace("}", "  reserved 2;\n}"));
    assert.is(await rule(), undefined);
    assert.is(await rule("--category", "WIRE_JSON"), "FIELD_NO_DELETE_UNLESS_NAME_RESERVED");
  }));

test("--format json and github report the same", () =>
  withRepository({}, async (folder) => {
    const json = await zgen(folder, "breaking", "--against", "main", "--format", "json");
    const position = { file: "schemas/shop/v1/shop.proto", line: 3, column: 9 };
    const diagnostic = {
      position,
      rule: "FIELD_NO_DELETE",
      message: "field 2 (price) is gone from Item",
      remedy: "A message keeps its fields.",
    };
    assert.equal({ ...json, out: JSON.parse(json.out) }, { code: 1, out: { diagnostics: [diagnostic] }, err: "" });
    const { out } = await zgen(folder, "breaking", "--against", "main", "--format", "github");
    assert.match(out, /^::error file=schemas\/shop\/v1\/shop\.proto,line=3,col=9,title=FIELD_NO_DELETE::field 2 \(price\) is gone/);
  }));

const exception = { rule: "FIELD_NO_DELETE", file: "shop/**", reason: "no client ever read the price" };

test("an exception lets a rule be broken in the files that it names, and nowhere else", () =>
  withRepository({ except: [exception] }, async (folder) => {
    assert.equal(await zgen(folder, "breaking", "--against", "main"), { code: 0, out: "", err: "" });
    write(folder, "zgen.json", JSON.stringify({ breaking: { except: [{ ...exception, file: "other/**" }] } }));
    const { code, err } = await zgen(folder, "breaking", "--against", "main");
    assert.is(code, 1);
    assert.is(
      err,
      `${finding}\nzgen breaking: zgen.json: breaking.except has FIELD_NO_DELETE in other/**, which nothing breaks: remove it`,
    );
  }));

test("an exception that nothing needs is an error, unless it is for another category than the one that is asked for", () =>
  withRepository({ except: [exception] }, async (folder) => {
    assert.match((await zgen(folder, "breaking", "--against", "main", "--category", "WIRE")).err, /UNLESS_NUMBER_RESERVED.*\n1 finding$/);
    write(folder, `schemas/${proto}`, before);
    const { code, err } = await zgen(folder, "breaking", "--against", "main");
    assert.is(code, 1);
    assert.match(err, /^zgen breaking: zgen\.json: breaking\.except has FIELD_NO_DELETE in shop\/\*\*, which nothing breaks: remove it$/);
  }));

test("exceptions without a reason, a file or a rule that exists are errors of the configuration", async () => {
  const refused = async (breaking: object, message: RegExp): Promise<void> =>
    withFolder({ "zgen.json": JSON.stringify({ breaking }), [`schemas/${proto}`]: before }, async (folder) => {
      const { code, err } = await zgen(folder, "breaking", "--against", ".");
      assert.is(code, 1);
      assert.match(err, message);
    });
  await refused({ except: [{ ...exception, reason: undefined }] }, /breaking\.except\[0\]\.reason must be a sentence/);
  await refused({ except: [{ ...exception, reason: " " }] }, /breaking\.except\[0\]\.reason must be a sentence/);
  await refused({ except: [exception, { ...exception, file: undefined }] }, /breaking\.except\[1\]\.file must be a glob/);
  await refused(
    { except: [{ ...exception, rule: "NO_SUCH_RULE" }] },
    /breaking\.except\[0\]\.rule must be a rule; `zgen breaking --rules`/,
  );
  await refused({ category: "ALL" }, /breaking\.category must be one of FILE, PACKAGE, WIRE_JSON, WIRE/);
});

test("without anything to compare with, and with what is neither a folder nor a revision, the command says so", async () => {
  await withRepository({}, async (folder) => {
    const says = async (...args: string[]): Promise<string> => {
      const { code, err } = await zgen(folder, "breaking", ...args);
      assert.is(code, 1);
      return err;
    };
    assert.is(
      await says(),
      "zgen breaking: there is no zgen.lock to compare with; make one with `zgen release`, or name a folder or a git revision: --against main",
    );
    assert.match(await says("--against", "nowhere"), /nowhere is neither a folder nor a revision that git knows here/);
    assert.match(await says("--against=--all"), /--all is neither a folder nor a revision/);
    git(folder, "rm", "-rq", "--cached", "schemas");
    git(folder, "commit", "-qm", "none");
    assert.match(await says("--against", "main"), /main has no \.proto file in .*schemas/);
  });
  await withFolder({ [`schemas/${proto}`]: before }, async (folder) => {
    assert.match((await zgen(folder, "breaking", "--against", "main")).err, /main is no folder, and .* is in no git repository/);
  });
});

test("schemas that cannot be read are reported, now's as generate does, and then's with whose they are", () =>
  withRepository({}, async (folder) => {
    write(folder, `schemas/${proto}`, "syntax = 3;");
    commit(folder);
    assert.match((await zgen(folder, "breaking", "--against", "HEAD~1")).err, /^schemas\/shop\/v1\/shop\.proto:1:10: .* \[SYNTAX\]/);
    write(folder, `schemas/${proto}`, before);
    assert.match(
      (await zgen(folder, "breaking", "--against", "HEAD")).err,
      /the schemas of HEAD cannot be read\nshop\/v1\/shop\.proto:1:10: /,
    );
  }));

test("--rules prints every rule with what it asks for and its categories", async () => {
  const { code, out } = await zgen("/", "breaking", "--rules");
  assert.is(code, 0);
  assert.match(out, /^FIELD_SAME_NAME: Fields keep their names\. \(FILE, PACKAGE, WIRE_JSON\)$/m);
  assert.match(out, /^COMMAND_SAME_MODE: .* \(FILE, PACKAGE, WIRE_JSON, WIRE\)$/m);
});

test.run();
