import { suite } from "uvu";
import * as assert from "uvu/assert";
import { note } from "../../support/report.ts";
import { type Cut, CutWorld, type Pair, resumeStory } from "../../support/session/resuming.ts";
import type { Side } from "../../support/session/world.ts";

export const testTimeoutMs = 240_000;

const sides: readonly Side[] = ["client", "server"];

/** Runs the story with a cut at every byte that reaches one side over one connection. */
async function everyByte(cutAt: (bytes: number) => readonly Cut[], connection: number, to: Side): Promise<number> {
  let longest = 1;
  let bytes = 1;
  for (; bytes <= longest; bytes++) {
    const world = new CutWorld(cutAt(bytes));
    await resumeStory(world, `connection ${connection} cut after ${bytes} bytes to the ${to}`);
    longest = Math.max(longest, (world.passed[to][connection] ?? 0) + 1);
    assert.ok(world.dialled.length > connection, "there was such a connection");
  }
  return bytes - 1;
}

const test = suite("session/resume-cuts");

test("a session goes on over another connection, and everything from both sides runs once and in order", async () => {
  const world = new CutWorld();
  await resumeStory(world, "one cut");
  assert.is(world.dialled.length, 2);
});

for (const to of sides) {
  test(`a cut at any byte of a resume, to the ${to}, loses nothing`, async () => {
    note(`${await everyByte((bytes) => [{ connection: 1, to, bytes }], 1, to)} cuts`);
  });
}

for (const to of sides) {
  test(`a cut at any byte of the resume after a resume that was cut at the same byte, to the ${to}, loses nothing`, async () => {
    const both = (bytes: number): Cut[] => [1, 2].map((connection) => ({ connection, to, bytes }));
    note(`${await everyByte(both, 2, to)} cuts`);
  });

  test(`a cut at any byte of the resume after one whose answer was lost, to the ${to}, loses nothing`, async () => {
    // All of the server's handshake and the first bytes of the record that carries RESUMED.
    const lost: Cut = { connection: 1, to: "client", bytes: 280 };
    note(`${await everyByte((bytes) => [lost, { connection: 2, to, bytes }], 2, to)} cuts`);
  });
}

test("an answer that is lost again and again loses nothing", async () => {
  const cuts = [1, 2, 3, 4, 5, 6].map((connection): Cut => ({ connection, to: "client", bytes: 280 }));
  const world = new CutWorld(cuts);
  await resumeStory(world, "six answers lost");
  assert.is(world.dialled.length, 8);
});

for (const to of sides) {
  test(`a cut at any byte of a rotation, to the ${to}, loses nothing`, async () => {
    const quiet = new CutWorld();
    await quiet.pair();
    await quiet.settle();
    const before = quiet.passed[to][0]!;
    const rotate = ({ client }: Pair): void => client.rotateKeys();
    let bytes = before + 1;
    for (let last = bytes; bytes <= last; bytes++) {
      const world = new CutWorld([{ connection: 0, to, bytes }]);
      await resumeStory(world, `cut after ${bytes} bytes to the ${to}`, { before: rotate });
      last = Math.max(last, world.passed[to][0]! + 1);
    }
    note(`${bytes - before - 1} cuts`);
  });
}

test.run();
