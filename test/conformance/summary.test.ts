import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readSummary } from "./summary.ts";

const test = suite("conformance/summary");

test("the summary is that of the first suite, passed or failed", () => {
  const first = "CONFORMANCE SUITE FAILED: 10 successes, 2 skipped, 3 expected failures, 4 unexpected failures.";
  const second = "CONFORMANCE SUITE PASSED: 0 successes, 883 skipped, 0 expected failures, 0 unexpected failures.";
  const output = `CONFORMANCE TEST BEGIN =====\n\n${first}\n\nCONFORMANCE TEST BEGIN =====\n\n${second}\n`;
  assert.equal(readSummary(output), { successes: 10, skipped: 2, expectedFailures: 3, unexpectedFailures: 4 });
});

test("a run without a summary is an error", () => {
  assert.throws(() => readSummary("CONFORMANCE TEST BEGIN =====\n\nthe testee died"), /without a summary/);
});

test.run();
