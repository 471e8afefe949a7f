import { suite } from "uvu";
import * as assert from "uvu/assert";
import { note } from "../../support/report.ts";
import { narrow } from "../../support/session/narrow.ts";
import { CutWorld, resumeStory } from "../../support/session/resuming.ts";
import type { Side } from "../../support/session/world.ts";

export const testTimeoutMs = 120_000;

const sides: readonly Side[] = ["client", "server"];

/** No divisor of the size of a piece. */
const STEP_BYTES = 7;

const test = suite("session/resume-classes");

for (const to of sides) {
  test(`a cut at any byte of a resume, to the ${to}, loses nothing of any class, and keeps the order of each`, async () => {
    let longest = 1;
    let bytes = 1;
    for (; bytes <= longest; bytes++) {
      const world = new CutWorld([{ connection: 1, to, bytes }]);
      await resumeStory(world, `cut after ${bytes} bytes to the ${to}`, { classes: true });
      longest = Math.max(longest, (world.passed[to][1] ?? 0) + 1);
      assert.ok(world.dialled.length > 1, "there was such a connection");
    }
    note(`${bytes - 1} cuts`);
  });
}

for (const to of sides) {
  test(`the same over a path that takes little at a time, so that frames of all classes are cut, to the ${to}`, async () => {
    const widen = narrow(300, 256);
    try {
      let longest = 1;
      for (let bytes = 1; bytes <= longest; bytes += STEP_BYTES) {
        const world = new CutWorld([{ connection: 1, to, bytes }]);
        await resumeStory(world, `cut after ${bytes} bytes to the ${to}`, { classes: true });
        longest = Math.max(longest, (world.passed[to][1] ?? 0) + 1);
      }
      note(`cuts up to byte ${longest}`);
    } finally {
      widen();
    }
  });
}

test.run();
