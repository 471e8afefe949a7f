import type { Category } from "./rule.ts";

/** What a project decided about what may break: `breaking` in zgen.json. */
export interface BreakingSettings {
  readonly category: Category;
  readonly except: readonly Exception[];
}

/** A rule that certain files may break, and why. */
export interface Exception {
  readonly rule: string;
  /** The name of a file, or a glob of them. */
  readonly file: string;
  readonly reason: string;
}

export const defaultBreakingSettings: BreakingSettings = { category: "FILE", except: [] };
