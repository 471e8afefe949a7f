/** The process of a contender's server: says where it listens, and what it has used when it is asked. */
import { usage } from "../support/usage.ts";
import { loadContender } from "./contenders.ts";
import { answering } from "./profiler.ts";
import type { UsageAfter } from "./tasks.ts";

let noted = 0;
let awaited = Number.POSITIVE_INFINITY;

function tell(): void {
  awaited = Number.POSITIVE_INFINITY;
  process.send!(usage());
}

const contender = await loadContender(process.argv[2]!);
const address = await contender.serve(() => {
  if (++noted >= awaited) tell();
});
const answer = answering<UsageAfter>(({ notes }) => {
  awaited = notes;
  if (noted >= awaited) tell();
});
process.on("message", answer);
process.on("disconnect", () => process.exit());
process.send!(address);
