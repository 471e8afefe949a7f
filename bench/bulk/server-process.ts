/** The process of a contender's server: says where it listens, and what it has used when it is asked. */
import { usage } from "../support/usage.ts";
import { loadContender } from "./contenders.ts";

const contender = await loadContender(process.argv[2]!);
const address = await contender.serve();
process.on("message", () => process.send!(usage()));
process.on("disconnect", () => process.exit());
process.send!(address);
