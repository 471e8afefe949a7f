import { formatVersion } from "../evolve/lock/version.ts";
import { againstOption } from "./against.ts";
import { type Command, defineCommand } from "./command.ts";
import { openProject } from "./open-project.ts";
import { compareProject, differenceJson, reasonLines, summary } from "./project-difference.ts";
import { reportFormat } from "./report.ts";

/** `zgen version`. */
export const schemaVersion: Command = defineCommand({
  operands: [],
  options: { against: againstOption, format: reportFormat },
  description:
    "Says which version the schemas deserve after their last release, and why: major where `zgen breaking` finds something, in the chosen category or in SESSION, minor where people who write against them see a change, else patch. " +
    "Below 1.0.0 that is one place lower.\nThe version goes to standard output, the reasons to standard error. It needs no network and gives the same answer every time.",
  async run({ options, terminal }) {
    const project = openProject(terminal, options.format);
    if (project === undefined) return 1;
    const { config, schema } = project;
    const difference = compareProject(config, schema, options.against, terminal.cwd);
    if (options.format === "json") {
      terminal.out(JSON.stringify(differenceJson(difference, config, terminal)));
      return 0;
    }
    const { version, level } = difference;
    // Without a release to count from, the level is the answer.
    terminal.out(version === undefined ? (level ?? "unchanged") : formatVersion(version));
    terminal.err(summary(difference));
    if (difference.since !== undefined) for (const line of reasonLines(difference, config, terminal)) terminal.err(`  ${line}`);
    return 0;
  },
});
