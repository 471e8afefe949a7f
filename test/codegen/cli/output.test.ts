import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { applyOutput, GENERATED_MARK, planOutput } from "../../../codegen/cli/output.ts";
import { withFolder } from "./support.ts";

const text = (body: string): string => `${GENERATED_MARK}from x.proto. Do not edit.\n${body}\n`;
const names = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();

const test = suite("cli/output");

test("a new folder is made with all files in it", () =>
  withFolder({}, (folder) => {
    const out = path.join(folder, "generated");
    const plan = planOutput(out, [{ path: "a/b.ts", text: text("b") }]);
    assert.equal(plan, { write: [{ path: "a/b.ts", text: text("b") }], remove: [], unchanged: 0 });
    assert.not(existsSync(out));
    applyOutput(out, plan);
    assert.equal(names(out), ["a", "a/b.ts"]);
    assert.is(readFileSync(path.join(out, "a/b.ts"), "utf8"), text("b"));
  }));

test("a file of a schema with blanks in its name is zgen's own", () => {
  const own = text("a").replace("x.proto", 'my "odd" schema.proto');
  return withFolder({ "a.ts": own }, (folder) => {
    assert.equal(planOutput(folder, [{ path: "a.ts", text: own }]), { write: [], remove: [], unchanged: 1 });
  });
});

test("only what differs is written", () =>
  withFolder({ "a.ts": text("a"), "b.ts": text("b") }, (folder) => {
    const long = new Date(1_000_000);
    utimesSync(path.join(folder, "a.ts"), long, long);
    const plan = planOutput(folder, [
      { path: "a.ts", text: text("a") },
      { path: "b.ts", text: text("c") },
    ]);
    assert.equal(
      plan.write.map((file) => file.path),
      ["b.ts"],
    );
    assert.is(plan.unchanged, 1);
    applyOutput(folder, plan);
    assert.is(statSync(path.join(folder, "a.ts")).mtimeMs, long.getTime());
    assert.is(readFileSync(path.join(folder, "b.ts"), "utf8"), text("c"));
  }));

test("what zgen wrote and no longer writes goes, with folders that it leaves empty; the rest stays", () =>
  withFolder(
    { "old/deep/a.ts": text("a"), "mixed/b.ts": text("b"), "mixed/mine.ts": "export {};\n", "notes.md": text("not code") },
    (folder) => {
      const plan = planOutput(folder, []);
      assert.equal(plan.remove, ["mixed/b.ts", "old/deep/a.ts"]);
      applyOutput(folder, plan);
      assert.equal(names(folder), ["mixed", "mixed/mine.ts", "notes.md"]);
    },
  ));

test("the runtime's own copies of built-in files are not zgen's to remove", () =>
  withFolder({ "google/protobuf/any.ts": `${GENERATED_MARK}from google/protobuf/any.proto. Do not edit.\n` }, (folder) => {
    assert.equal(planOutput(folder, []).remove, []);
  }));

test("a file that somebody else wrote is never overwritten", () =>
  withFolder({ "a.ts": "export const mine = 1;\n" }, (folder) => {
    assert.throws(() => planOutput(folder, [{ path: "a.ts", text: text("a") }]), /was not written by zgen and is in the way/);
  }));

test("a folder that looks like a file does no harm", () =>
  withFolder({}, (folder) => {
    mkdirSync(path.join(folder, "odd.ts"));
    writeFileSync(path.join(folder, "odd.ts/x"), "");
    assert.equal(planOutput(folder, []), { write: [], remove: [], unchanged: 0 });
  }));

test.run();
