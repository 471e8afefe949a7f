/** What the runner counted in the suite of the binary and the JSON format. */
export interface Summary {
  readonly successes: number;
  readonly skipped: number;
  /** Those on the list of failing tests. */
  readonly expectedFailures: number;
  readonly unexpectedFailures: number;
}

/** Reads the runner's own summary. Throws where it made none: it gives up when a testee ends early. */
export function readSummary(output: string): Summary {
  const line = /^CONFORMANCE SUITE (?:PASSED|FAILED): (\d+) successes, (\d+) skipped, (\d+) expected failures, (\d+) unexpected failures/m;
  const [, successes, skipped, expectedFailures, unexpectedFailures] = line.exec(output) ?? [];
  if (unexpectedFailures === undefined) throw new Error("the conformance runner ended without a summary");
  return {
    successes: Number(successes),
    skipped: Number(skipped),
    expectedFailures: Number(expectedFailures),
    unexpectedFailures: Number(unexpectedFailures),
  };
}
