// npm run conformance: holds generated code against Google's conformance suite (https://github.com/protocolbuffers/protobuf/tree/main/conformance).
// Generates code for the suite's own schemas, type-checks it together with the testee, and lets Google's runner put its questions.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { conformanceRunner } from "./runner.ts";
import { readSummary, type Summary } from "./summary.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const repository = join(here, "../..");

/** What the runner has to say, to the number: a test that is skipped, or that starts to pass, is news as well. */
const expected: Summary = { successes: 5567, skipped: 0, expectedFailures: 0, unexpectedFailures: 0 };

const work = mkdtempSync(join(tmpdir(), "zgen-conformance-"));
try {
  node(join(repository, "codegen/bin/zgen.mjs"), "generate");
  node(join(repository, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.json");
  process.exitCode = askAll(work) ? 0 : 1;
} finally {
  rmSync(work, { recursive: true });
}

function node(...args: readonly string[]): void {
  execFileSync(process.execPath, args, { cwd: here, stdio: "inherit" });
}

function askAll(work: string): boolean {
  const options = ["--enforce_recommended", "--maximum_edition", "2023", "--failure_list", "failing_tests.txt", "--output_dir", work];
  const testee = [process.execPath, "--import", "tsx", "--conditions=source", "testee.ts"];
  const { error, stderr } = spawnSync(conformanceRunner(work), [...options, ...testee], {
    cwd: here,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (error) throw error;
  console.log(stderr.replace(/^(?:WARNING: All log messages|I0000 ).*\n/gm, "").trim());
  const summary = readSummary(stderr);
  const wrong = Object.entries(expected).filter(([name, count]) => summary[name as keyof Summary] !== count);
  for (const [name, count] of wrong) console.error(`${name}: ${summary[name as keyof Summary]} instead of ${count}`);
  return wrong.length === 0;
}
