import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findTestFiles, runAll } from "./run-all.ts";
import { type FileOutcome, runFile } from "./run-file.ts";
import { DEFAULT_FILE_TIMEOUT_MS, readFileRules } from "./source-rules.ts";

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}.fixture.ts`, import.meta.url));

const outcomeOf = (name: string): Promise<FileOutcome> => runFile(fixture(name));

/** Each fixture is wrong in one way that uvu by itself would let pass, or could not report. */
const failures: readonly [name: string, problem: RegExp][] = [
  ["no-tests", /registers no test/],
  ["only", /leaves \.only behind/],
  ["skip", /leaves \.skip behind/],
  ["forgets-run", /makes 2 suites and runs 1/],
  ["registers-late", /does not end with \.run\(\)/],
  ["exits", /ended before its tests were finished \(exit code 0\)/],
  ["never-settles", /ended before its tests were finished \(exit code 13/],
  ["hangs", /took longer than 700 ms/],
  ["rejects-late", /failed after its last test \(exit code 1\)/],
  ["does-not-load", /ended before its tests were finished \(exit code 1\)/],
];

const test = suite("test runner");

test("what uvu lets pass, or can't report, fails and says why", async () => {
  const outcomes = await Promise.all(failures.map(([name]) => outcomeOf(name)));
  for (const [index, [name, problem]] of failures.entries()) {
    assert.ok((outcomes[index]?.failed ?? 0) > 0, name);
    assert.match(outcomes[index]?.problems.join("\n") ?? "", problem, name);
  }
});

test("a file whose tests all hold passes", async () => {
  const { passed, failed, problems } = await outcomeOf("passes");
  assert.equal({ passed, failed, problems }, { passed: 2, failed: 0, problems: [] });
});

test("a failing test is counted and its assertion printed", async () => {
  const outcome = await outcomeOf("fails");
  assert.is(outcome.passed, 1);
  assert.is(outcome.failed, 1);
  assert.match(outcome.output, /does not hold/);
});

test("an error with a list of details is printed like any other", async () => {
  const outcome = await outcomeOf("throws-details");
  assert.equal({ passed: outcome.passed, failed: outcome.failed }, { passed: 1, failed: 1 });
  assert.match(outcome.output, /throws an error with details[\s\S]*nobody is there/);
});

test("tests that a failing hook kept from running count as failed", async () => {
  const outcome = await outcomeOf("hook-fails");
  assert.is(outcome.failed, 1);
  assert.match(outcome.output, /a hook failed: 1 of 1 tests did not run/);
});

test("an open server after the last test fails the file", async () => {
  const outcome = await runFile(fixture("leaks"), { lingerMs: 300 });
  assert.is(outcome.failed, 1);
  assert.match(outcome.problems.join("\n"), /something it opened is still open/);
});

test("a skipped test is printed with its reason", async () => {
  const lines: string[] = [];
  const totals = await runAll(fileURLToPath(new URL("./fixtures", import.meta.url)), [fixture("skips-with-reason")], (line) =>
    lines.push(line),
  );
  assert.equal(totals, { passed: 0, failed: 0, skipped: 1 });
  assert.match(lines.join("\n"), /skipped: a page draws itself: there is no browser here/);
  assert.match(lines.join("\n"), /seed 42/);
});

test("totals add up over files", async () => {
  const lines: string[] = [];
  const totals = await runAll("/", [fixture("passes"), fixture("fails"), fixture("no-tests")], (line) => lines.push(line));
  assert.equal(totals, { passed: 3, failed: 2, skipped: 0 });
  assert.is(lines.filter((line) => line.startsWith("FAIL")).length, 2);
});

test("finds test files by path fragments, and no fixture", () => {
  const root = fileURLToPath(new URL(".", import.meta.url));
  assert.equal(findTestFiles(root, ["runner"]), [fileURLToPath(import.meta.url)]);
  assert.equal(findTestFiles(root, ["no such path"]), []);
});

test("reads a file's own time limit and its wish to run alone", () => {
  const end = 'const test = suite("x");\ntest.run();\n';
  assert.equal(readFileRules(end), { timeoutMs: DEFAULT_FILE_TIMEOUT_MS, alone: false, violations: [] });
  const rules = readFileRules(`export const testTimeoutMs = 120_000;\nexport const testRunsAlone = true;\n${end}`);
  assert.equal(rules, { timeoutMs: 120_000, alone: true, violations: [] });
});

test.run();
