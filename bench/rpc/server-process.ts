/** The process of a contender's server: says where it listens, and what it has used when it is asked. */
import { loadContender } from "./contenders.ts";
import type { Usage, UsageAfter } from "./tasks.ts";

let noted = 0;
let awaited = Number.POSITIVE_INFINITY;

function tell(): void {
  awaited = Number.POSITIVE_INFINITY;
  const { user, system } = process.cpuUsage();
  process.send!({ cpu: user + system, rss: process.memoryUsage.rss() } satisfies Usage);
}

const contender = await loadContender(process.argv[2]!);
const address = await contender.serve(() => {
  if (++noted >= awaited) tell();
});
process.on("message", ({ notes }: UsageAfter) => {
  awaited = notes;
  if (noted >= awaited) tell();
});
process.on("disconnect", () => process.exit());
process.send!(address);
