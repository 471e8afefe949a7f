import { renderChanges } from "../docs/changelog.ts";
import { againstOption } from "./against.ts";
import { type Command, defineCommand } from "./command.ts";
import { openProject } from "./open-project.ts";
import { compareProject, differenceJson, summary } from "./project-difference.ts";
import { reportFormat } from "./report.ts";

/** `zgen changelog`. */
export const changelog: Command = defineCommand({
  operands: [],
  options: { against: againstOption, format: reportFormat },
  description:
    "Writes what changed since the last release, in Markdown, for people who write against the schemas: what was added, changed, deprecated and removed, with its comment.",
  async run({ options, terminal }) {
    const project = openProject(terminal, options.format);
    if (project === undefined) return 1;
    const { config, schema } = project;
    const difference = compareProject(config, schema, options.against, terminal.cwd);
    const { since, level } = difference;
    if (options.format === "json") terminal.out(JSON.stringify(differenceJson(difference, config, terminal)));
    else if (level === undefined) terminal.err(summary(difference));
    else terminal.out(renderChanges(since === undefined ? "The first release" : `Since ${since}`, difference).trimEnd());
    return 0;
  },
});
