import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parsePath, refusedName } from "../../../runtime/files/path.ts";
import { hostileNames } from "../../support/files/hostile.ts";

const test = suite("files/path");

test("ordinary names are taken, in every script", () => {
  for (const name of [
    "a",
    "README.md",
    ".htaccess",
    "a b",
    "..a",
    "a..b",
    "~",
    "~1",
    "-rf",
    "%2e%2e",
    "console",
    "com",
    "com10",
    "nullify",
    "con-1",
  ])
    assert.is(refusedName(name), undefined, name);
  for (const name of ["café", "日本語：メモ", "файл", "😀👩‍👩‍👧", "x".repeat(255), "é".repeat(127)])
    assert.is(refusedName(name), undefined, name);
});

test("a path is the name of a root, and what is below it", () => {
  assert.equal(parsePath("public/a/b.txt"), { text: "public/a/b.txt", root: "public", names: ["a", "b.txt"], below: "a/b.txt" });
  assert.equal(parsePath("public"), { text: "public", root: "public", names: [], below: "" });
});

test("every hostile name is refused, wherever in a path it is", () => {
  for (const name of hostileNames)
    for (const path of [`public/${name}`, `public/a/${name}`, `public/${name}/a`])
      assert.throws(() => parsePath(path), /the path ".*" /s, path);
});

test("whatever is taken leads below its root, on Linux and on Windows", async () => {
  const { posix, win32 } = await import("node:path");
  const piece = fc.oneof(fc.string({ unit: "binary", maxLength: 6 }), fc.constantFrom("..", ".", "/", "\\", ":", "a", " ", "\0", "con"));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (parts) => {
      let names: readonly string[];
      try {
        names = parsePath(`public/${parts.join("")}`).names;
      } catch {
        return;
      }
      for (const { join, sep, resolve } of [posix, win32]) {
        const root = resolve("/root");
        assert.ok(join(root, ...names).startsWith(root + sep), JSON.stringify(names));
        assert.is(join(root, ...names).split(sep).length, root.split(sep).length + names.length);
      }
    }),
    { numRuns: 2_000 },
  );
});

test.run();
