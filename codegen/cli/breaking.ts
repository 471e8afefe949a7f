import { breakingRules } from "../evolve/breaking-rules.ts";
import { categories } from "../evolve/rule.ts";
import type { Exception } from "../evolve/settings.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { againstOption, readAgainst } from "./against.ts";
import { findBreaks } from "./breaks.ts";
import { type Command, defineCommand } from "./command.ts";
import { CONFIG_FILE } from "./config.ts";
import { openProject } from "./open-project.ts";
import { formatOption, reportFindings } from "./report.ts";
import { type Terminal, UsageError } from "./terminal.ts";

/** `zgen breaking`. */
export const breaking: Command = defineCommand({
  operands: [],
  options: {
    against: againstOption,
    category: {
      type: "string",
      value: "CATEGORY",
      choices: categories,
      help: `what may not break: ${categories.join(", ")} (the default: what zgen.json says, or FILE)`,
    },
    rules: { type: "boolean", help: "print the rules, and check nothing" },
    format: formatOption,
  },
  description:
    "Compares the schemas that zgen.json names with their last release or another state of them, and finds what the change breaks: buf's rules in buf's categories, and zserver's own.\n`breaking` in zgen.json chooses the category and lists exceptions, each with its reason.",
  async run({ options, terminal }) {
    if (options.rules) return printRules(terminal);
    const project = openProject(terminal, options.format);
    if (project === undefined) return 1;
    const { config, schema } = project;
    const category = categories.find((each) => each === options.category);
    const { left, unused } = findBreaks(config, readAgainst(config, options.against, terminal.cwd), schema, category);
    reportFindings(terminal, options.format, left, config, formatFinding);
    if (unused[0] !== undefined) refuseUnused(unused[0]);
    return left.length > 0 ? 1 : 0;
  },
});

/** An exception that outlives its reason would hide the next change of that kind. */
function refuseUnused({ rule, file }: Exception): never {
  throw new UsageError(`${CONFIG_FILE}: breaking.except has ${rule} in ${file}, which nothing breaks: remove it`);
}

/** The remedy is the rule itself, so that its name says enough. */
export function formatFinding({ position: { file, line, column }, rule, message }: Diagnostic): string {
  return `${file}:${line}:${column}: ${rule} ${message}`;
}

function printRules(terminal: Terminal): number {
  for (const [name, { says, categories: named }] of Object.entries(breakingRules)) terminal.out(`${name}: ${says} (${named.join(", ")})`);
  return 0;
}
