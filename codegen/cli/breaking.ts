import { findBreaking } from "../evolve/breaking.ts";
import { breakingRules } from "../evolve/breaking-rules.ts";
import { categories } from "../evolve/rule.ts";
import type { Exception } from "../evolve/settings.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { readAgainst } from "./against.ts";
import { type Command, defineCommand } from "./command.ts";
import { CONFIG_FILE, loadConfig } from "./config.ts";
import { readProject } from "./read-project.ts";
import { formatOption, reportFindings } from "./report.ts";
import { globToRegExp } from "./schema-files.ts";
import { type Terminal, UsageError } from "./terminal.ts";

/** `zgen breaking`. */
export const breaking: Command = defineCommand({
  operands: [],
  options: {
    against: { type: "string", value: "STATE", help: "what to compare with: a folder, or else a git revision such as main" },
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
    "Compares the schemas that zgen.json names with another state of them, and finds what the change breaks: buf's rules in buf's categories, and zserver's own.\n`breaking` in zgen.json chooses the category and lists exceptions, each with its reason.",
  async run({ options, terminal }) {
    if (options.rules) return printRules(terminal);
    const { against, format } = options;
    if (against === undefined)
      throw new UsageError("there is no zgen.lock to compare with; name a folder or a git revision: --against main");
    const config = loadConfig(terminal.cwd);
    const { schema, diagnostics } = readProject(config);
    if (schema === undefined) {
      reportFindings(terminal, format, diagnostics, config);
      return 1;
    }
    const category = categories.find((each) => each === options.category) ?? config.breaking.category;
    const found = findBreaking(readAgainst(config, against, terminal.cwd), schema, category);
    // What the configuration excepts from its own category is not meant for another one.
    const exceptions = config.breaking.except.filter(
      ({ rule }) => category === config.breaking.category || breakingRules[rule]?.categories.includes(category),
    );
    const left = found.filter((finding) => !exceptions.some((exception) => covers(exception, finding)));
    reportFindings(terminal, format, left, config, formatFinding);
    refuseUnused(exceptions, found);
    return left.length > 0 ? 1 : 0;
  },
});

function covers({ rule, file }: Exception, finding: Diagnostic): boolean {
  return rule === finding.rule && globToRegExp(file).test(finding.position.file);
}

/** An exception that outlives its reason would hide the next change of that kind. */
function refuseUnused(exceptions: readonly Exception[], found: readonly Diagnostic[]): void {
  const unused = exceptions.find((exception) => !found.some((finding) => covers(exception, finding)));
  if (unused === undefined) return;
  throw new UsageError(`${CONFIG_FILE}: breaking.except has ${unused.rule} in ${unused.file}, which nothing breaks: remove it`);
}

/** The remedy is the rule itself, so that its name says enough. */
function formatFinding({ position: { file, line, column }, rule, message }: Diagnostic): string {
  return `${file}:${line}:${column}: ${rule} ${message}`;
}

function printRules(terminal: Terminal): number {
  for (const [name, { says, categories: named }] of Object.entries(breakingRules)) terminal.out(`${name}: ${says} (${named.join(", ")})`);
  return 0;
}
