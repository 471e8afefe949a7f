/** The process of a contender's server: says where it listens, and what it has used, without what nothing holds any more. */
import { loadContender } from "../rpc/contenders.ts";
import { collectGarbage, usage } from "../support/usage.ts";
import type { UsageAfter } from "./pair.ts";

const address = await (await loadContender(process.argv[2]!)).serve(() => {});
process.on("message", ({ collected }: UsageAfter) => {
  if (collected) collectGarbage();
  process.send!(usage());
});
process.on("disconnect", () => process.exit());
process.send!(address);
