import { suite } from "uvu";
import * as assert from "uvu/assert";
import { both } from "../../../../runtime/files/client/both.ts";
import { caught } from "../../../support/command/assert-error.ts";

const test = suite("files/client/both");

/** Rejects with the signal's reason, some turns after it fires. */
function lingering(log: unknown[]): (signal: AbortSignal) => Promise<never> {
  return (signal) =>
    new Promise((_, reject) =>
      signal.addEventListener("abort", () =>
        setImmediate(() => {
          log.push(signal.reason);
          reject(new Error("stopped", { cause: signal.reason }));
        }),
      ),
    );
}

test("both results come, in their order", async () => {
  assert.equal(
    await both(
      async () => 1,
      async () => "2",
    ),
    [1, "2"],
  );
});

test("the first failure stops the other one, and is told when that has ended", async () => {
  const failure = new Error("first");
  const fails = async (): Promise<never> => {
    throw failure;
  };
  for (const swap of [false, true]) {
    const ended: unknown[] = [];
    const works = [fails, lingering(ended)] as const;
    assert.is(await caught(both(works[swap ? 1 : 0], works[swap ? 0 : 1])), failure);
    assert.equal(ended, [failure]);
  }
});

test("a signal stops both, and none of them is under way when that is told", async () => {
  const stop = new AbortController();
  const ended: unknown[] = [];
  const result = caught(both(lingering(ended), lingering(ended), stop.signal));
  stop.abort("enough");
  assert.is(((await result) as Error).cause, "enough");
  assert.equal(ended, ["enough", "enough"]);
});

test.run();
