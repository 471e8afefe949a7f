import { isRuleName, type RuleName, ruleNames } from "../lint/rule-names.ts";
import { defaultLintSettings, type LintSettings } from "../lint/settings.ts";
import type { Keys } from "./config-keys.ts";

export const lintKeys: readonly string[] = ["disable", "enable", "ignore", "serviceSuffix", "zeroValueSuffix", "replySuffixes"];

/** `lint` of zgen.json. Throws UsageError for what belongs there in another shape, and for rules that do not exist. */
export function readLintSettings(keys: Keys): LintSettings {
  const defaults = defaultLintSettings;
  const ignored = keys.object("ignore", ruleNames);
  return {
    disable: readRules(keys, "disable"),
    enable: readRules(keys, "enable"),
    ignore: Object.fromEntries(ignored.names.map((rule) => [rule, ignored.strings(rule) ?? []])),
    serviceSuffix: keys.string("serviceSuffix") ?? defaults.serviceSuffix,
    zeroValueSuffix: keys.string("zeroValueSuffix") ?? defaults.zeroValueSuffix,
    replySuffixes: keys.strings("replySuffixes") ?? defaults.replySuffixes,
  };
}

function readRules(keys: Keys, key: "disable" | "enable"): readonly RuleName[] {
  const names = keys.strings(key) ?? [];
  if (!names.every(isRuleName)) throw keys.error(key, `a list of rules; \`zgen lint --rules\` prints them`);
  return names;
}
