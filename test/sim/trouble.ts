import type { SimProcess } from "./process.ts";
import type { SimRandom } from "./random.ts";
import type { Scenario } from "./scenario.ts";
import type { Timeline } from "./timeline.ts";

/** The longest that a process stands still. */
const FREEZE_MS = 15_000;

/** What can be done to a world. */
export interface Victims {
  readonly timeline: Timeline;
  /** Those that live now. */
  clients(): readonly SimProcess[];
  server(): SimProcess | undefined;
  cutOne(): void;
  restart(): void;
  move(): void;
  kill(process: SimProcess): void;
  revoke(process: SimProcess): void;
  readonly trace: (line: string) => void;
}

/** Has happen, at random times of the restless part, as many troubles of each kind as the scenario wants. */
export function makeTrouble(
  { freezes, restarts, moves, deaths, timedCuts, chaosMs, admission }: Scenario,
  random: SimRandom,
  victims: Victims,
): void {
  const { timeline, trace } = victims;
  const during = (count: number, run: () => void): void => {
    for (let at = 0; at < count; at++) timeline.after(random.below(chaosMs), run);
  };
  during(timedCuts, () => victims.cutOne());
  during(restarts, () => victims.restart());
  during(moves, () => victims.move());
  const toOne = (harm: (process: SimProcess) => void) => (): void => {
    const clients = victims.clients();
    if (clients.length > 0) harm(random.pick(clients));
  };
  during(deaths, toOne(victims.kill));
  during(admission?.revokes ?? 0, toOne(victims.revoke));
  during(freezes, () => {
    const server = victims.server();
    const processes = server === undefined ? victims.clients() : [...victims.clients(), server];
    if (processes.length === 0) return;
    const process = random.pick(processes);
    const ms = random.skewed(FREEZE_MS);
    trace(`${process.name} freezes for ${ms} ms`);
    process.freeze(ms);
  });
}
