import { suite } from "uvu";
import * as assert from "uvu/assert";
import { note } from "../../support/report.ts";
import { moveStory } from "../../support/session/moving.ts";
import { type Cut, CutWorld } from "../../support/session/resuming.ts";
import type { Side } from "../../support/session/world.ts";

export const testTimeoutMs = 240_000;

const sides: readonly Side[] = ["client", "server"];

/** What had passed over the first connection when the server asked its client to move. */
async function passedBefore(to: Side): Promise<number> {
  const world = new CutWorld();
  let before = 0;
  await moveStory(world, "uncut", {
    interrupt: () => {
      before = world.passed[to][0]!;
    },
  });
  return before;
}

async function everyByte(connection: number, to: Side, from: number): Promise<number> {
  let bytes = from;
  for (let last = from; bytes <= last; bytes++) {
    const cuts: Cut[] = [{ connection, to, bytes }];
    const world = new CutWorld(cuts);
    await moveStory(world, `connection ${connection} cut after ${bytes} bytes to the ${to}`);
    last = Math.max(last, (world.passed[to][connection] ?? 0) + 1);
    assert.ok(world.dialled.length > connection, "there was such a connection");
  }
  return bytes - from;
}

const test = suite("session/move-cuts");

test("a session goes over to another entrance, and everything from both sides runs once and in order", async () => {
  const world = new CutWorld();
  await moveStory(world, "moved");
  assert.is(world.dialled.length, 2);
});

for (const to of sides) {
  test(`a cut at any byte of the new connection of a move, to the ${to}, loses nothing`, async () => {
    note(`${await everyByte(1, to, 1)} cuts`);
  });

  test(`a cut at any byte of the old connection during a move, to the ${to}, loses nothing`, async () => {
    note(`${await everyByte(0, to, (await passedBefore(to)) + 1)} cuts`);
  });
}

test.run();
