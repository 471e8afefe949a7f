// npm run kills -- --kills N --seed S: kills clients and servers of file transfers at N random offsets each, half of them on the way up, half on the way down.
import { parseArgs } from "node:util";
import { SimRandom } from "../sim/random.ts";
import { survive } from "./kills.ts";

const { values } = parseArgs({ options: { kills: { type: "string", default: "100" }, seed: { type: "string" } } });
const kills = Number(values.kills);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
if (!Number.isSafeInteger(kills) || kills < 2) throw new TypeError(`--kills is a whole number from 2 on, not ${values.kills}`);

/** A hundred of each take two to twelve minutes, as busy as the machine is. */
const PATIENCE_MS = 1_800_000;
setTimeout(() => {
  console.log(`not finished after ${PATIENCE_MS / 60_000} minutes`);
  process.exit(1);
}, PATIENCE_MS).unref();

const random = new SimRandom(seed);
console.log(`seed ${seed}`);
for (const victim of ["client", "server"] as const) {
  for (const [direction, count] of [
    ["up", Math.ceil(kills / 2)],
    ["down", Math.floor(kills / 2)],
  ] as const) {
    const began = performance.now();
    const { transfers, resumedBytes } = await survive({ victim, direction, kills: count, random });
    const seconds = ((performance.now() - began) / 1_000).toFixed(1);
    console.log(
      `${count} kills of the ${victim} on the way ${direction}: ${transfers} files identical, ${resumedBytes} bytes did not come again; ${seconds} s`,
    );
  }
}
