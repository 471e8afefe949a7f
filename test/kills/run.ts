// npm run kills -- --kills N --seed S: kills clients and servers of file transfers at N random offsets each, half of them on the way up, half on the way down.
import { parseArgs } from "node:util";
import { SimRandom } from "../sim/random.ts";
import { survive } from "./kills.ts";

const { values } = parseArgs({ options: { kills: { type: "string", default: "100" }, seed: { type: "string" } } });
const kills = Number(values.kills);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
if (!Number.isSafeInteger(kills) || kills < 2) throw new TypeError(`--kills is a whole number from 2 on, not ${values.kills}`);

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
