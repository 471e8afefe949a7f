import { arbitraryFrames } from "./arbitrary-frames.ts";
import { describedServices } from "./descriptions.ts";
import { framesToClient } from "./frames-to-client.ts";
import { framesToServer } from "./frames-to-server.ts";
import { messages } from "./messages.ts";
import { opened } from "./opened.ts";
import { sealedToClient, sealedToServer } from "./sealed.ts";
import type { FuzzTarget } from "./target.ts";

/** All that takes bytes from others, from the network inwards. Their shares make a thousand. */
export const targets: readonly FuzzTarget[] = [
  sealedToServer,
  sealedToClient,
  opened,
  framesToServer,
  framesToClient,
  arbitraryFrames,
  messages,
  describedServices,
];

/** How many of all inputs each target gets. */
export function inputsOf(target: FuzzTarget, inputs: number): number {
  return Math.ceil((inputs * target.share) / 1_000);
}

/** Throws TypeError for a name that no target has. */
export function targetNamed(name: string): FuzzTarget {
  const target = targets.find((candidate) => candidate.name === name);
  if (target === undefined)
    throw new TypeError(`there is no target ${name}; those that there are: ${targets.map((known) => known.name).join(", ")}`);
  return target;
}
