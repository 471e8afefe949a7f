// npm test: runs every test/**/*.test.ts, or those whose path contains one of the arguments, each in a process of its own.
import { fileURLToPath } from "node:url";
import { findTestFiles, runAll } from "./support/runner/run-all.ts";
import { stopAll } from "./support/runner/run-file.ts";

const root = fileURLToPath(new URL(".", import.meta.url));
const fragments = process.argv.slice(2);
const files = findTestFiles(root, fragments);

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    stopAll();
    process.exit(130);
  });
}

// Fails unless the end is reached: a runner that stops early has tested nothing.
process.exitCode = 1;
if (files.length === 0) {
  console.error(`no test file's path contains ${fragments.join(" or ")}`);
} else {
  const { passed, failed, skipped } = await runAll(root, files, (line) => console.log(line));
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}
