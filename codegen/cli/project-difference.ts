import { type Difference, differenceOf, type State } from "../evolve/difference/difference.ts";
import { firstVersion, formatVersion, nextVersion, parseVersion, type Version } from "../evolve/lock/version.ts";
import type { Schema } from "../model/schema.ts";
import { readAgainst } from "./against.ts";
import { findMajor } from "./breaks.ts";
import { formatFinding } from "./breaking.ts";
import type { Config } from "./config.ts";
import { readLock } from "./lock-file.ts";
import { placeAll } from "./report.ts";
import { emptyState, stateOf } from "./state.ts";
import type { Terminal } from "./terminal.ts";

/** What became of a project's schemas, and what version that makes. */
export interface ProjectDifference extends Difference {
  /** The schemas as they are now. */
  readonly state: State;
  /** What they were compared with, as people call it; undefined where nothing was released yet. */
  readonly since: string | undefined;
  /** The version that the schemas deserve; undefined where no release says what to count from. */
  readonly version: Version | undefined;
}

/**
 * Compares a project's schemas with its last release, or with another state.
 *
 * @param against what `--against` says
 * @throws UsageError where that state cannot be read
 */
export function compareProject(config: Config, schema: Schema, against: string | undefined, cwd: string): ProjectDifference {
  const state = stateOf(schema);
  const last = readLock(config).at(-1)?.version;
  const since = against ?? last;
  if (since === undefined) return { ...beginning(differenceOf(emptyState, state, [])), state, since, version: firstVersion };
  const before = readAgainst(config, against, cwd);
  const difference = differenceOf(stateOf(before), state, findMajor(config, before, schema));
  const base = parseVersion(since) ?? (last === undefined ? undefined : parseVersion(last));
  const version = base === undefined || difference.level === undefined ? base : nextVersion(base, difference.level);
  return { ...difference, state, since, version };
}

/** Of a first release people want to know what they can call; a reference has the rest. */
function beginning(difference: Difference): Difference {
  return { ...difference, changes: difference.changes.filter(({ kind }) => kind === "service" || kind === "command") };
}

/** How people read a level and where it comes from. */
export function summary({ level, since }: ProjectDifference): string {
  if (since === undefined) return "the first release";
  return level === undefined ? `nothing changed since ${since}` : `${level} since ${since}`;
}

/** A line for each reason. */
export function reasonLines({ breaks, changes, otherwise }: Difference, config: Config, terminal: Terminal): readonly string[] {
  return [
    ...placeAll(breaks, terminal, config).map(formatFinding),
    ...changes.map(({ what, kind, name, detail }) => `${what} ${kind} ${name}${detail === "" ? "" : `: ${detail}`}`),
    ...otherwise.map((file) => `other changes in ${file}`),
  ];
}

/** The same for programs. */
export function differenceJson(difference: ProjectDifference, config: Config, terminal: Terminal): Readonly<Record<string, unknown>> {
  const { version, level, since, changes, otherwise } = difference;
  return {
    version: version === undefined ? null : formatVersion(version),
    level: level ?? null,
    since: since ?? null,
    breaks: placeAll(difference.breaks, terminal, config),
    changes: placeAll(changes, terminal, config),
    otherwise,
  };
}
