import { suite } from "uvu";
import * as assert from "uvu/assert";
import { formatLock, type Release } from "../../../../codegen/evolve/lock/lock.ts";
import { parseLock } from "../../../../codegen/evolve/lock/parse-lock.ts";
import type { Diagnostic } from "../../../../codegen/model/diagnostic.ts";

const test = suite("evolve/lock/parse-lock");

const releases: readonly Release[] = [
  {
    version: "1.0.0",
    root: "00112233445566778899aabbccddeeff",
    files: [
      { name: "a/b c.proto", requested: true, text: 'syntax = "proto3";\nmessage A {\n  int32 a = 1;\n}\n' },
      { name: "c.proto", requested: false, text: 'syntax = "proto3";\n' },
    ],
  },
  {
    version: "1.10.0",
    root: "ffeeddccbbaa99887766554433221100",
    files: [{ name: "a/b c.proto", requested: true, text: 'syntax = "proto3";\n' }],
  },
];
const text = formatLock(releases);
const lines = text.split("\n");

function problemOf(damaged: string): Diagnostic {
  const { problem } = parseLock(damaged);
  if (problem === undefined) throw new Error(`nothing is wrong with\n${damaged}`);
  return problem;
}

/** A file with one line replaced; by several where there are line ends in it. */
const withLine = (number: number, line: string): string => lines.map((each, at) => (at + 1 === number ? line : each)).join("\n");

test("what was written is read again, with the line ends of Windows too", () => {
  assert.equal(parseLock(text), { releases });
  assert.equal(parseLock(text.replaceAll("\n", "\r\n")), { releases });
  assert.equal(parseLock(formatLock([])), { releases: [] });
});

test("a release that is appended changes no line before it", () => {
  const before = formatLock(releases.slice(0, 1)).split("\n");
  assert.equal(lines.slice(0, before.length - 2), before.slice(0, -2));
});

test("a line that was edited, added or removed is told with the section that it is in", () => {
  for (let number = 2; number < lines.length - 1; number++) {
    const second = lines.findIndex((line) => line.startsWith("// release 1.10.0")) + 1;
    for (const edit of [`${lines[number - 1]} `, `${lines[number - 1]}\nmessage B {}`]) {
      const { rule, position, remedy } = problemOf(withLine(number, edit));
      assert.is(rule, "LOCK_EDITED");
      // The end is no section's.
      if (number < lines.length - 1 && lines[number - 1] !== "// end") assert.is(position.line, number < second ? 2 : second);
      assert.is(remedy, "`git checkout HEAD -- zgen.lock` brings it back as it was committed");
    }
    assert.is(problemOf(lines.filter((_, at) => at + 1 !== number).join("\n")).position.file, "zgen.lock");
  }
});

test("the version and the fingerprint of a release are as safe as its schemas", () => {
  assert.match(problemOf(text.replace("release 1.10.0", "release 1.11.0")).message, /^release 1\.11\.0, lines \d+ to \d+, is not what was/);
  assert.is(problemOf(text.replace("root 00", "root 01")).position.line, 2);
});

test("a file that was cut is told wherever that was", () => {
  for (let length = 0; length < text.length - 1; length++) {
    const { rule } = problemOf(text.slice(0, length));
    assert.ok(rule === "LOCK_CUT" || rule === "LOCK_EDITED" || rule === "LOCK_FORMAT", `${length}: ${rule}`);
  }
  const { rule, position } = problemOf(lines.slice(0, 5).join("\n"));
  assert.equal([rule, position.line], ["LOCK_CUT", 5]);
});

test("both sides of a merge are told with the first of its lines", () => {
  const { rule, position, remedy } = problemOf(withLine(9, "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other"));
  assert.equal([rule, position.line], ["LOCK_CONFLICT", 9]);
  assert.match(remedy, /`git checkout --ours -- zgen\.lock` or --theirs, and release the other's changes with `zgen release`/);
  assert.is(problemOf(`${text}>>>>>>> other\n`).rule, "LOCK_CONFLICT");
});

test("a newer zgen's file is told, with what reads it", () => {
  const { rule, position, message, remedy } = problemOf(text.replace("zgen.lock 1", "zgen.lock 2"));
  assert.equal([rule, position.line, message], ["LOCK_FORMAT", 1, "format 2 is a newer zgen's; this one reads 1"]);
  assert.match(remedy, /npm install --save-dev zgen@latest/);
  assert.is(problemOf('{ "lockfileVersion": 3 }').rule, "LOCK_EDITED");
});

test("releases stand in the order of their versions, each once", () => {
  const [first, second] = releases as [Release, Release];
  assert.match(problemOf(formatLock([second, first])).message, /^release 1\.0\.0 stands behind 1\.10\.0$/);
  assert.match(problemOf(formatLock([first, first])).message, /^release 1\.0\.0 stands behind 1\.0\.0$/);
});

test("what stands behind the end is told with its line", () => {
  const { rule, position } = problemOf(`${text}\nmessage X {}\n`);
  assert.equal([rule, position.line], ["LOCK_EDITED", lines.length + 1]);
});

test.run();
