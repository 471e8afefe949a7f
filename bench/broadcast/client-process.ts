/** The process of a contender's clients: counts what they hear. */
import { turnOfSum } from "../rpc/contender.ts";
import { loadContender } from "./contenders.ts";
import type { ClientTask } from "./tasks.ts";

/** Connections that are made at the same time. */
const AT_ONCE = 32;

const [name, address] = process.argv.slice(2) as [string, string];
const contender = await loadContender(name);
let count = 0;
let wanted = Number.POSITIVE_INFINITY;

function answerWhenHeard(): void {
  if (count < wanted) return;
  wanted = Number.POSITIVE_INFINITY;
  process.send!(count);
}

function heard(sum: number): void {
  turnOfSum(sum);
  count++;
  answerWhenHeard();
}

async function connect(clients: number): Promise<void> {
  let left = clients;
  const connector = async (): Promise<void> => {
    while (left-- > 0) await contender.connect(address, heard);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, connector));
  process.send!(clients);
}

process.on("message", (task: ClientTask) => {
  if (task.kind === "connect") void connect(task.clients);
  else {
    wanted = task.broadcasts;
    answerWhenHeard();
  }
});
process.on("disconnect", () => process.exit());
process.send!(true);
