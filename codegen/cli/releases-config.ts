import path from "node:path";
import type { Keys } from "./config-keys.ts";

/** What a project decided about its releases: `releases` in zgen.json. */
export interface ReleaseSettings {
  /** How many zgen.lock holds: the newest ones. Undefined for all. */
  readonly keep: number | undefined;
  /** The file that `zgen release` tells each release's changes in. */
  readonly changelog: string;
}

export const releaseKeys: readonly string[] = ["keep", "changelog"];

/** Servers know each kept release by heart, so that their number is bounded. */
const MAX_KEPT = 1_000;

/** `releases` of zgen.json. Throws UsageError for what belongs there in another shape. */
export function readReleaseSettings(folder: string, keys: Keys): ReleaseSettings {
  const keep = keys.number("keep");
  if (keep !== undefined && !(Number.isInteger(keep) && keep >= 1 && keep <= MAX_KEPT))
    throw keys.error("keep", `a number of releases, 1 to ${MAX_KEPT}`);
  return { keep, changelog: path.resolve(folder, keys.string("changelog") ?? "zgen.changelog.md") };
}
