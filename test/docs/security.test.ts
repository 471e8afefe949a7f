import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const root = new URL("../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");
const text = read("docs/SECURITY.md");

const test = suite("docs/security");

test("every test file that is named exists", () => {
  const files = new Set(text.match(/test\/[\w/-]+\.test\.ts/g));
  assert.ok(files.size >= 10);
  for (const file of files) assert.ok(read(file).includes("test.run()"), file);
});

test("every test that is named by its sentence is in its file", () => {
  const named = [...text.matchAll(/`(test\/[\w/-]+\.test\.ts)`: "([^"]+)"/g)];
  assert.ok(named.length >= 15);
  for (const [, file, sentence] of named) {
    // Names of tests that are made in a loop have a part that varies.
    const source = read(file!).replaceAll(/\$\{to\}/g, "server");
    assert.ok(source.includes(sentence!), `${file}: ${sentence}`);
  }
});

test.run();
