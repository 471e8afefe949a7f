import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Records } from "../../runtime/channel/records.ts";
import { Acks } from "../../runtime/session/acks.ts";
import { note } from "../support/report.ts";
import { type BatchResult, runBatch } from "./batch.ts";
import { recordSession, unrecordedTypes } from "./recording.ts";
import { inputsOf, targets } from "./targets.ts";
import { MAX_GROWTH_BYTES, MAX_INPUT_MS, Totals } from "./totals.ts";

export const testTimeoutMs = 120_000;

const INPUTS = 3_000;
const MAX_BASE = 2 ** 31;

const test = suite("fuzz");

test("whatever reaches a decoder, nothing throws past it, hangs, or grows: new inputs each time", async () => {
  const base = Number(process.env.FUZZ_BASE ?? 1 + Math.floor(Math.random() * MAX_BASE));
  const totals = new Totals();
  for (const target of targets) {
    const began = performance.now();
    const result = await runBatch({ target: target.name, from: base, count: inputsOf(target, INPUTS) }, () => {});
    totals.add(result, performance.now() - began);
    assert.ok(result.outcomes.size > 1, `${target.name}: every input came to ${[...result.outcomes.keys()]}`);
  }
  totals.close();
  note(`base ${base}`);
  for (const line of totals.describe()) note(line);
  assert.equal(totals.describeFailures(5), []);
});

test("the shares of the targets make a thousand, and their names are their own", () => {
  assert.is(
    targets.reduce((sum, { share }) => sum + share, 0),
    1_000,
  );
  assert.is(new Set(targets.map(({ name }) => name)).size, targets.length);
});

test("a session records the same twice, and says which types of frames it does not reach", async () => {
  const first = await recordSession();
  assert.equal(await recordSession(), first);
  assert.is(first.client.length, 2, "it is resumed");
  note(`only made up, not recorded: ${unrecordedTypes(first).join(", ")}`);
});

test("the same seed makes the same input", async () => {
  for (const { name } of targets) {
    const [first, second] = [await one(name, 12_345), await one(name, 12_345)];
    assert.equal([...second.outcomes], [...first.outcomes], name);
  }
});

const one = (target: string, from: number, count = 1): Promise<BatchResult> => runBatch({ target, from, count }, () => {});

test("a record that is believed without a right tag is found out", async () => {
  const { open } = Records.prototype;
  Records.prototype.open = function (this: Records, packet: Uint8Array, into: Uint8Array): number {
    const length = open.call(this, packet, into);
    if (length >= 0) return length;
    into.set(packet.subarray(2, packet.length - 16));
    return packet.length - 18;
  };
  try {
    for (const target of ["sealed-to-server", "sealed-to-client"]) assert.ok((await one(target, 1, 100)).failures.length > 0, target);
  } finally {
    Records.prototype.open = open;
  }
});

test("frames that are handed on and not counted are found out", async () => {
  const { accept } = Acks.prototype;
  Acks.prototype.accept = () => {};
  try {
    assert.ok((await one("arbitrary-frames", 1, 300)).failures.length > 0);
  } finally {
    Acks.prototype.accept = accept;
  }
});

test("an input that takes too long and memory that grows are failures, each with the way to see it again", () => {
  const totals = new Totals();
  const result = { target: "messages", from: 7, count: 1, outcomes: new Map(), failures: [], peakBytes: 0, leftBytes: 0 };
  totals.add({ ...result, slowest: { seed: 7, ms: MAX_INPUT_MS + 1 } }, 1);
  totals.add({ ...result, slowest: { seed: 7, ms: 1 }, leftBytes: MAX_GROWTH_BYTES + 1 }, 1);
  totals.close();
  const again = "messages, seed 7 (npm run fuzz -- --target messages --seed 7)";
  assert.equal(totals.describeFailures(2), [
    `${again}: took ${MAX_INPUT_MS + 1} ms`,
    `${again}: ${MAX_GROWTH_BYTES + 1} bytes were left over`,
  ]);
});

test.run();
