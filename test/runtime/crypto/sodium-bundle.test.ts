import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isSodiumInstalled } from "../../../runtime/crypto/sodium.ts";
import { repository } from "../../support/architecture/imports.ts";

const test = suite("crypto/sodium-bundle");

test("a program that is bundled as CommonJS or as an ECMAScript module finds sodium-native where its file lies", async () => {
  assert.ok(isSodiumInstalled());
  const folder = mkdtempSync(path.join(repository, "node_modules/.bundled-"));
  try {
    const contents = `import { isSodiumInstalled } from ${JSON.stringify(path.join(repository, "runtime/crypto/sodium.ts"))};
console.log(isSodiumInstalled());`;
    for (const [format, extension] of [
      ["cjs", "cjs"],
      ["esm", "mjs"],
    ] as const) {
      const outfile = path.join(folder, `program.${extension}`);
      const stdin = { contents, resolveDir: repository };
      await build({ stdin, bundle: true, platform: "node", format, outfile, logLevel: "silent" });
      assert.is(execFileSync(process.execPath, [outfile], { encoding: "utf8", cwd: "/" }), "true\n", format);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
