import { breakingRules } from "../evolve/breaking-rules.ts";
import { categories } from "../evolve/rule.ts";
import { type BreakingSettings, defaultBreakingSettings, type Exception } from "../evolve/settings.ts";
import type { Keys } from "./config-keys.ts";

export const breakingKeys: readonly string[] = ["category", "except"];

/** `breaking` of zgen.json. Throws UsageError for what belongs there in another shape, and for exceptions without a rule that exists, a file or a reason. */
export function readBreakingSettings(keys: Keys): BreakingSettings {
  const chosen = keys.string("category") ?? defaultBreakingSettings.category;
  const category = categories.find((each) => each === chosen);
  if (category === undefined) throw keys.error("category", `one of ${categories.join(", ")}`);
  return { category, except: keys.objects("except", ["rule", "file", "reason"]).map(readException) };
}

function readException(keys: Keys): Exception {
  const rule = keys.string("rule") ?? "";
  if (!Object.hasOwn(breakingRules, rule)) throw keys.error("rule", "a rule; `zgen breaking --rules` prints them");
  const file = keys.string("file") ?? "";
  if (file === "") throw keys.error("file", "a glob of the files that may break the rule");
  const reason = keys.string("reason") ?? "";
  if (reason.trim() === "") throw keys.error("reason", "a sentence that says why the rule may be broken");
  return { rule, file, reason };
}
