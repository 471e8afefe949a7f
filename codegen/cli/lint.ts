import { lintSchema } from "../lint/lint.ts";
import { isStandard, ruleNames } from "../lint/rule-names.ts";
import { lintRules } from "../lint/rules.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { type Command, defineCommand } from "./command.ts";
import { type Config, loadConfig } from "./config.ts";
import { readProject } from "./read-project.ts";
import { formatOption, reportFindings } from "./report.ts";
import { globToRegExp } from "./schema-files.ts";
import type { Terminal } from "./terminal.ts";

/** `zgen lint`. */
export const lint: Command = defineCommand({
  operands: [],
  options: {
    rules: { type: "boolean", help: "print the rules, and check nothing" },
    format: formatOption,
  },
  description:
    "Checks the schemas that zgen.json names against rules of naming and style: buf's STANDARD rules.\n`lint` in zgen.json switches rules off (disable) or on (enable), lets files be (ignore), and sets what names end with.",
  async run({ options, terminal }) {
    if (options.rules) return printRules(terminal);
    const config = loadConfig(terminal.cwd);
    const diagnostics = lintOnce(config);
    reportFindings(terminal, options.format, diagnostics, config);
    return diagnostics.length > 0 ? 1 : 0;
  },
});

/** What is not in style; or, where the schemas cannot be read, why. */
function lintOnce(config: Config): readonly Diagnostic[] {
  const { schema, diagnostics } = readProject(config);
  return schema === undefined ? diagnostics : lintSchema(schema, config.lint, (glob, file) => globToRegExp(glob).test(file));
}

function printRules(terminal: Terminal): number {
  for (const name of ruleNames) terminal.out(`${name}: ${lintRules[name].says}${isStandard(name) ? "" : " (only when enabled)"}`);
  return 0;
}
