import { test } from "uvu";
import * as assert from "uvu/assert";
import { readOptions } from "../../bench/support/options.ts";
import { asText } from "../../bench/support/report.ts";
import { type Metric, measureRows } from "../../bench/support/rounds.ts";

const metrics: readonly Metric[] = [{ name: "", unit: "a second", more: true }];

test("contenders take turns, in reversed order every other round", async () => {
  const order: string[] = [];
  const [row] = await measureRows(["r"], ["a", "b"], metrics, 3, (_, contender, round) => {
    order.push(contender + round);
    return [1];
  });
  assert.is(order.join(" "), "a0 b0 b1 a1 a2 b2");
  assert.equal(row!.figures.get("a"), { median: 1, min: 1, max: 1 });
});

test("a row with an unsteady figure is measured again as a whole, and the others are left", async () => {
  const calls: string[] = [];
  const samples = [10, 20, 10];
  const rows = await measureRows(["calm", "noisy"], ["a", "b"], metrics, 3, (row, contender) => {
    calls.push(row + contender);
    return [row === "noisy" && contender === "a" ? (samples.shift() ?? 11) : 5];
  });
  assert.is(calls.filter((call) => call === "noisyb").length, 6);
  assert.is(calls.filter((call) => call.startsWith("calm")).length, 6);
  assert.equal(rows[1]!.figures.get("a"), { median: 11, min: 11, max: 11 });
});

test("what stays unsteady is said to be, not shown, and the repetition ends", async () => {
  let calls = 0;
  const rows = await measureRows(["r"], ["a", "b"], metrics, 2, (_, contender) => [contender === "a" ? 2 ** ++calls : 7]);
  assert.is(calls, 8);
  const text = asText("bench", { subject: "a", rows, notes: [] });
  assert.match(text, /a +unsteady/);
  assert.not.match(text, /256/);
});

test("a measurement with several metrics has a row for each, and ratios that follow what is better", async () => {
  const both: readonly Metric[] = [...metrics, { name: "p99", unit: "ms", more: false }];
  const rows = await measureRows(["r"], ["a", "b"], both, 1, (_, contender) => (contender === "a" ? [10, 2] : [5, 8]));
  assert.equal(
    rows.map(({ metric, figures }) => [metric.name, figures.get("b")!.median]),
    [
      ["", 5],
      ["p99", 8],
    ],
  );
  const text = asText("bench", { subject: "a", rows, notes: [] });
  assert.match(text, /r +median.*\n.*\n +b .*a is 2\.00×/);
  assert.match(text, /r, p99 +median.*\n.*\n +b .*a is 4\.00×/);
});

test("unknown arguments of a measurement are refused", () => {
  assert.throws(() => readOptions(["--fast"]), /unknown argument --fast/);
  assert.throws(() => readOptions(["--rounds", "0"]), /--rounds/);
  assert.equal(readOptions(["--quick", "--peers", "ws,net"]), { peers: ["ws", "net"], rounds: 3, json: false, quick: true, sizes: {} });
});

test("a measurement takes sizes by the names that it has for them", () => {
  assert.equal(readOptions(["--sessions", "2000"], ["sessions", "servers"]).sizes, { sessions: 2_000 });
  assert.throws(() => readOptions(["--sessions", "many"], ["sessions"]), /--sessions needs a whole number above 0/);
  assert.throws(() => readOptions(["--clients", "2"], ["sessions"]), /unknown argument --clients; known are .*, --sessions n/);
});

test.run();
