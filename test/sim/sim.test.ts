import { suite } from "uvu";
import * as assert from "uvu/assert";
import { note } from "../support/report.ts";
import { addResult, describeFailure, describeTotals, noTotals } from "./totals.ts";
import { simulate } from "./world.ts";

export const testTimeoutMs = 90_000;

const SEEDS = 150;
const MAX_BASE = 1_000_000_000;
const TRACE_LINES = 20;

const test = suite("sim");

test("no world breaks a rule: 150 new ones each time", async () => {
  const base = Number(process.env.SIM_BASE ?? Math.floor(Math.random() * MAX_BASE));
  const totals = noTotals();
  for (let seed = base; seed < base + SEEDS; seed++) addResult(totals, await simulate(seed));
  note(`base ${base}: ${describeTotals(totals)}`);
  assert.is(totals.failures.map((failure) => describeFailure(failure, TRACE_LINES)).join("\n"), "");
  assert.ok(totals.cuts > SEEDS && totals.resumes > SEEDS && totals.moves > 0, "the network was too kind for the test to mean anything");
});

test("the same seed makes the same world, whatever ran before it", async () => {
  for (const seed of [1, 5, 7, 10, 1_234_567]) {
    const first = await simulate(seed);
    await simulate(seed + 1);
    const second = await simulate(seed);
    assert.equal(second, first);
  }
});

test("different seeds make different worlds", async () => {
  const [a, b] = [await simulate(21), await simulate(22)];
  assert.is.not(a.fingerprint, b.fingerprint);
});

test.run();
