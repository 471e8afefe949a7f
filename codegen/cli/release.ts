import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { toHex } from "../../runtime/bytes/hex.ts";
import { fingerprintsOf } from "../describe/fingerprint.ts";
import { renderChanges, withSection } from "../docs/changelog.ts";
import { formatLock, LOCK_FILE, type Release } from "../evolve/lock/lock.ts";
import { parseLock } from "../evolve/lock/parse-lock.ts";
import { compareVersions, firstVersion, formatVersion, parseVersion, type Version } from "../evolve/lock/version.ts";
import type { Schema } from "../model/schema.ts";
import { type Command, defineCommand } from "./command.ts";
import { CONFIG_FILE, type Config } from "./config.ts";
import { readLock, schemaOfRelease, writeLock } from "./lock-file.ts";
import { writeWhole } from "./output.ts";
import { openProject } from "./open-project.ts";
import { compareProject, differenceJson, type ProjectDifference, reasonLines, summary } from "./project-difference.ts";
import { count, reportFormat } from "./report.ts";
import { type Terminal, UsageError } from "./terminal.ts";

/** `zgen release`. */
export const release: Command = defineCommand({
  operands: [],
  options: {
    version: { type: "string", value: "VERSION", help: "the version, in place of the one that `zgen version` says; it may only be higher" },
    format: reportFormat,
  },
  description:
    `Records the schemas as they are now in ${LOCK_FILE}, as a release under the version that \`zgen version\` says, and its changes in the changelog.\n` +
    "Commit both files. `zgen generate` then gives servers what they need to know of this release's clients.",
  async run({ options, terminal }) {
    const project = openProject(terminal, options.format);
    if (project === undefined) return 1;
    const { config, schema } = project;
    const difference = compareProject(config, schema, undefined, terminal.cwd);
    const version = difference.level === undefined ? undefined : chooseVersion(difference, options.version);
    if (version !== undefined) write(config, schema, difference, version);
    report(terminal, options.format, config, version === undefined ? difference : { ...difference, version }, version);
    return 0;
  },
});

/** What was asked for, if it promises no more than the change keeps. The first release may have any version. */
function chooseVersion({ since, version: computed = firstVersion }: ProjectDifference, asked: string | undefined): Version {
  if (asked === undefined) return computed;
  const version = parseVersion(asked);
  if (version === undefined) throw new UsageError(`--version takes MAJOR.MINOR.PATCH, such as ${formatVersion(computed)}, not ${asked}`);
  if (since !== undefined && compareVersions(version, computed) < 0)
    throw new UsageError(`${asked} promises too much: the schemas deserve ${formatVersion(computed)}; \`zgen version\` says why`);
  return version;
}

function write(config: Config, schema: Schema, difference: ProjectDifference, version: Version): void {
  const { changelog } = config.releases;
  const section = renderChanges(formatVersion(version), difference);
  const before = existsSync(changelog) ? readFileSync(changelog, "utf8") : undefined;
  const release: Release = {
    version: formatVersion(version),
    root: toHex(fingerprintsOf(schema).root),
    files: difference.state.files,
  };
  checkReadable(release);
  writeLock(config, [...readLock(config), release]);
  writeWhole(changelog, withSection(before, section));
}

/** Nothing is recorded that would read back as something else. */
function checkReadable(release: Release): void {
  const [again] = parseLock(formatLock([release])).releases ?? [];
  if (!isDeepStrictEqual(again, release) || toHex(fingerprintsOf(schemaOfRelease(release)).root) !== release.root)
    throw new UsageError("the schemas cannot be recorded so that they read back the same; name their files without line breaks");
}

function report(
  terminal: Terminal,
  format: string | undefined,
  config: Config,
  difference: ProjectDifference,
  version: Version | undefined,
): void {
  if (format === "json") {
    terminal.out(JSON.stringify({ released: version !== undefined, ...differenceJson(difference, config, terminal) }));
    return;
  }
  terminal.err(summary(difference));
  if (version === undefined) return;
  if (difference.since !== undefined) for (const line of reasonLines(difference, config, terminal)) terminal.err(`  ${line}`);
  const changelog = path.relative(terminal.cwd, config.releases.changelog);
  const excepted = config.breaking.except.length;
  if (excepted > 0)
    terminal.err(`${CONFIG_FILE} still excepts ${count(excepted, "finding")} that nothing breaks any more: empty breaking.except`);
  terminal.out(`released ${formatVersion(version)}: ${LOCK_FILE} and ${changelog}`);
}
