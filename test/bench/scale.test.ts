import { test } from "uvu";
import * as assert from "uvu/assert";
import { share } from "../../bench/scale/crew.ts";
import { run } from "../../bench/scale/main.ts";
import { checkDescriptors, sizeNames, sizesOf } from "../../bench/scale/sizes.ts";
import { readOptions } from "../../bench/support/options.ts";

export const testTimeoutMs = 60_000;

const optionsOf = (...args: readonly string[]) => readOptions(args, sizeNames);

test("sizes are those of a quick or a full run, but for what is given", () => {
  assert.equal(sizesOf(optionsOf("--quick", "--sessions", "500")), {
    sessions: 500,
    servers: 2,
    clients: 2,
    rate: 1_000,
    broadcasts: 5,
    silence: 0,
  });
  assert.is(sizesOf(optionsOf()).sessions, 60_000);
  assert.throws(() => sizesOf(optionsOf("--servers", "1")), /--servers is 2 or more/);
});

test("more sessions than a process may have descriptors are refused before any is opened", () => {
  const sizes = sizesOf(optionsOf());
  assert.not.throws(() => checkDescriptors(sizes, 20_000));
  assert.throws(() => checkDescriptors({ ...sizes, clients: 3 }, 20_000), /20100 descriptors .* which may have 20000/);
});

test("parts that do not divide evenly are the whole together", () => {
  assert.equal(
    [0, 1, 2].map((index) => share(100, 3, index)),
    [33, 33, 34],
  );
});

test("sessions are opened, called and told over two processes; of one that is killed each has a successor", async () => {
  const { rows, notes } = await run(optionsOf("--quick", "--sessions", "24", "--rate", "100", "--broadcasts", "2"));
  const figure = (unit: string): number => [...rows.find(({ metric }) => metric.unit === unit)!.figures.values()][0]!.median;
  // The process with most sessions is the one that dies.
  assert.ok(figure("sessions are lost") >= 12);
  assert.ok(figure("calls a second") > 0);
  assert.ok(notes.some((note) => note.includes("no other session was lost")));
});

test.run();
