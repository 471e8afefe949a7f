/** A process of clients: opens sessions, calls and listens as it is told. */
import { setTimeout } from "node:timers/promises";
import { Latencies } from "../rpc/latencies.ts";
import { paced } from "../rpc/paced.ts";
import { collectGarbage, usage } from "../support/usage.ts";
import { Crowd } from "./crowd.ts";
import type { ClientInit, ClientTask, Worked } from "./tasks.ts";

/** Sessions that are opened at the same time. */
const AT_ONCE = 16;
/** Calls that are open at the same time. */
const OPEN = 8_192;

const crowd = new Crowd(JSON.parse(process.argv[2]!) as ClientInit);

/** @param work returns how many calls were lost with their sessions */
async function worked(work: (latencies: Latencies) => Promise<number>): Promise<Worked> {
  const latencies = new Latencies();
  const { cpu } = usage();
  const start = performance.now();
  const lost = await work(latencies);
  return { milliseconds: performance.now() - start, cpu: usage().cpu - cpu, latencies: latencies.all(), lost };
}

const open = (sessions: number): Promise<Worked> =>
  worked(async () => {
    let left = sessions;
    const connector = async (): Promise<void> => {
      while (left-- > 0) await crowd.enter();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, connector));
    return 0;
  });

/** Calls that are due at a fixed rate; each one's time runs from when it was due. The clock is looked at every millisecond. */
const call = (rate: number, more: (begun: number) => boolean): Promise<Worked> =>
  worked(async (latencies) => {
    let lost = 0;
    await paced({ rate, open: OPEN, more, pause: () => setTimeout(1) }, async (dueAt) => {
      if (await crowd.call()) latencies.add(performance.now() - dueAt);
      else lost++;
    });
    return lost;
  });

const press = (callers: number, milliseconds: number): Promise<Worked> =>
  worked(async (latencies) => {
    const end = performance.now() + milliseconds;
    await crowd.callers(callers, async (seat) => {
      for (let start = performance.now(); start < end; start = performance.now()) {
        await crowd.call(seat);
        latencies.add(performance.now() - start);
      }
    });
    return 0;
  });

let watching: Promise<Worked> | undefined;

function watch(rate: number): true {
  crowd.mayLose = true;
  watching = call(rate, () => crowd.mayLose);
  return true;
}

function rest(): Promise<Worked> {
  crowd.mayLose = false;
  return watching!;
}

async function perform(task: ClientTask): Promise<unknown> {
  switch (task.kind) {
    case "open":
      return open(task.sessions);
    case "call":
      return call(task.rate, (begun) => begun < task.calls);
    case "press":
      return press(task.callers, task.milliseconds);
    case "hear":
      return crowd.heard(task.turn);
    case "watch":
      return watch(task.rate);
    case "losses":
      return crowd.losses;
    case "rest":
      return rest();
    case "look":
      collectGarbage();
      return usage();
  }
}

process.on("message", (task: ClientTask) => void perform(task).then((answer) => process.send!(answer)));
process.on("disconnect", () => process.exit());
process.send!(true);
