import { suite } from "uvu";
import * as assert from "uvu/assert";
import { seededRandom } from "../../support/channel/ends.ts";
import { note } from "../../support/report.ts";
import { converse } from "../../support/session/conversation.ts";
import { type SplitCounts, sliced, splitAtRandom, splitEachRecord } from "../../support/session/splitting.ts";

export const testTimeoutMs = 90_000;

const plain = await converse((transport) => transport);

const test = suite("session/every split");

test("over an untouched network everything happens that is to be compared", () => {
  const [fromClient, fromServer, notes] = plain.facts;
  assert.equal(fromClient, fromServer);
  assert.equal(notes, ["n", "m", "n", "m"]);
  assert.equal(fromClient, [
    { text: "a", number: 1 },
    undefined,
    { text: "b", number: 0 },
    [0, 1, 2].map((number) => ({ text: "", number })),
    { text: "", number: 9 },
    ["x", "y"].map((text) => ({ text, number: 0 })),
    [
      { status: "fulfilled", value: { text: "", number: 6 } },
      { status: "fulfilled", value: undefined },
    ],
    100,
  ]);
  assert.ok(plain.rotations >= 2, `${plain.rotations} rotations`);
  assert.equal(plain.ends, ["CLOSED", "peer", "done"]);
});

test("the same happens with every record of both directions split at every byte", async () => {
  const counts: SplitCounts = { records: 0, longest: 2 };
  for (let at = 1; at < counts.longest; at++) {
    const account = await converse((transport, _side, world) => sliced(transport, world.clock, splitEachRecord(at, counts)));
    assert.equal(account, plain, `every record split at ${at}`);
  }
  assert.ok(counts.longest > 300);
  note(`records of up to ${counts.longest} bytes, ${counts.records} of them, each split at each of its bytes`);
});

test("the same happens with one byte at a time", async () => {
  const account = await converse((transport, _side, world) =>
    sliced(transport, world.clock, (bytes) => Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))),
  );
  assert.equal(account, plain);
});

test("the same happens however a seed splits and merges", async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = seededRandom(seed);
    const largest = [3, 20, 100, 1000][seed % 4]!;
    const account = await converse((transport, _side, world) => sliced(transport, world.clock, splitAtRandom(random, largest)));
    assert.equal(account, plain, `seed ${seed}`);
  }
});

test.run();
