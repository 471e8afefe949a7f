import type { Diagnostic } from "../model/diagnostic.ts";
import type { File, Schema } from "../model/schema.ts";
import { type RuleName, ruleNames, isStandard } from "./rule-names.ts";
import { lintRules } from "./rules.ts";
import type { LintSettings } from "./settings.ts";

/** What is not in style, in the files that were asked for, by file, line and column. */
export function lintSchema(
  schema: Schema,
  settings: LintSettings,
  ignores: (glob: string, file: string) => boolean,
): readonly Diagnostic[] {
  const rules = ruleNames.filter((rule) => isChecked(rule, settings));
  return schema.files
    .filter(({ requested }) => requested)
    .flatMap((file) => {
      const looking = rules.filter((rule) => !settings.ignore[rule]?.some((glob) => ignores(glob, file.name)));
      return looking.flatMap((rule) => findings(rule, file, schema, settings)).sort(byPlace);
    });
}

function isChecked(rule: RuleName, { enable, disable }: LintSettings): boolean {
  return isStandard(rule) ? !disable.includes(rule) : enable.includes(rule);
}

function findings(rule: RuleName, file: File, schema: Schema, settings: LintSettings): Diagnostic[] {
  const found: Diagnostic[] = [];
  lintRules[rule].check({
    schema,
    file,
    settings,
    report: (position, message, remedy) => void found.push({ position, rule, message, remedy }),
  });
  return found;
}

function byPlace({ position: a }: Diagnostic, { position: b }: Diagnostic): number {
  return a.line - b.line || a.column - b.column;
}
