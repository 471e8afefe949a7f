import type { RuleName } from "./rule-names.ts";

/** What a project decided about its style: `lint` in zgen.json. */
export interface LintSettings {
  /** Rules of the standard set that are not checked. */
  readonly disable: readonly RuleName[];
  /** Rules beyond the standard set that are. */
  readonly enable: readonly RuleName[];
  /** For a rule, the files that it does not look at: their names, or globs of them. */
  readonly ignore: Readonly<Partial<Record<RuleName, readonly string[]>>>;
  /** How the names of services end. */
  readonly serviceSuffix: string;
  /** How the name of an enum's value 0 ends. */
  readonly zeroValueSuffix: string;
  /** How the names of replies may end, behind the command's name. */
  readonly replySuffixes: readonly string[];
}

export const defaultLintSettings: LintSettings = {
  disable: [],
  enable: [],
  ignore: {},
  serviceSuffix: "Service",
  zeroValueSuffix: "_UNSPECIFIED",
  replySuffixes: ["Reply", "Response"],
};
