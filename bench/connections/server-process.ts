/** The process of a contender's server: says where it listens, and what it has used, without what nothing holds any more. */
import { Session } from "node:inspector";
import { usage } from "../support/usage.ts";
import { contenderNamed } from "./contenders.ts";
import type { UsageAfter } from "./pair.ts";

const inspector = new Session();
inspector.connect();

const address = await contenderNamed(process.argv[2]!).serve(() => {});
process.on("message", ({ collected }: UsageAfter) => {
  // The flags of V8 stay as they are: the inspector can collect without them.
  if (collected) inspector.post("HeapProfiler.collectGarbage");
  process.send!(usage());
});
process.on("disconnect", () => process.exit());
process.send!(address);
