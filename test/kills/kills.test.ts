import { suite } from "uvu";
import * as assert from "uvu/assert";
import { SimRandom } from "../sim/random.ts";
import { note } from "../support/report.ts";
import { survive } from "./kills.ts";
import { FILE_BYTES } from "./plan.ts";

export const testTimeoutMs = 120_000;

/** So many of each kind; `npm run kills` makes a hundred. */
const KILLS = 3;

const test = suite("kills");
const seed = Math.floor(Math.random() * 2 ** 31);

for (const victim of ["client", "server"] as const) {
  for (const direction of ["up", "down"] as const) {
    test(`a ${victim} that is killed anywhere on the way ${direction} goes on where it was, and the file is the same`, async () => {
      const { resumedBytes } = await survive({ victim, direction, kills: KILLS, random: new SimRandom(seed) });
      assert.ok(resumedBytes >= 0 && resumedBytes < KILLS * FILE_BYTES);
      note(`seed ${seed}: ${KILLS} kills of the ${victim} on the way ${direction}, ${resumedBytes} bytes did not come again`);
    });
  }
}

test.run();
