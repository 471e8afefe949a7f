/** The process of a contender's server: says where it listens, and broadcasts when it is told to. */
import { usage } from "../support/usage.ts";
import { loadContender } from "./contenders.ts";
import type { ServerState, ServerTask } from "./tasks.ts";

const contender = await loadContender(process.argv[2]!);
const server = await contender.serve();
process.on("message", (task: ServerTask) => {
  if (task.kind === "broadcast") server.broadcast(task.turn);
  process.send!({ listeners: server.listeners, cpu: usage().cpu } satisfies ServerState);
});
process.on("disconnect", () => process.exit());
process.send!(server.address);
