import { Lobby } from "../../generated/example/lobby/v1/lobby.ts";
import { Probe } from "../../generated/example/probe/v1/probe.ts";
import type { Session } from "../../runtime/command/session-type.ts";
import { edited, larger } from "../support/schema/edited.ts";
import type { SimProcess } from "./process.ts";

/** Versions of the schema that differ, and in which every command of a program can travel. */
const versions: readonly (typeof Probe)[] = [
  Probe,
  edited(Probe, "1.0.0", larger(1)),
  edited(Probe, "2.0.0", larger(60)),
  edited(Probe, "", larger(5)),
];

/** Nobody handles it, so that it is compared and found absent. */
const unhandled: typeof Lobby = edited(Lobby, "1.0.0", larger(30));

/** In a third of the worlds servers and clients have versions of their own, and a server that starts again has another one than before. */
export function versionOf(seed: number, process: SimProcess): typeof Probe {
  if (seed % 3 !== 1) return Probe;
  const number = [...process.name].reduce((sum, character) => sum * 31 + character.charCodeAt(0), seed);
  return versions[number % versions.length]!;
}

/** In those worlds each client compares a service while its session lives. */
export function compareLater(seed: number, session: Session, process: SimProcess): void {
  if (seed % 3 === 1) process.sleep(100 + (seed % 1_900)).then(() => session.use(unhandled));
}
