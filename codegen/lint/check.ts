import type { File, Position, Schema } from "../model/schema.ts";
import type { LintSettings } from "./settings.ts";

/** What a rule is given to look at, and where it says what it found. */
export interface LintContext {
  readonly schema: Schema;
  readonly file: File;
  readonly settings: LintSettings;
  /**
   * @param message what is wrong, in one sentence, without the position
   * @param remedy what to do about it, in one line
   */
  report(position: Position, message: string, remedy: string): void;
}

/** Looks at one file, and at others where the rule is about how they agree. */
export type Check = (context: LintContext) => void;

/** Where a file begins: for what is not there at all. */
export function topOf(file: File): Position {
  return { file: file.name, line: 1, column: 1 };
}
