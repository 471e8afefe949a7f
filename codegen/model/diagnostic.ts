import type { Position } from "./schema.ts";

/** One thing that is wrong with a schema, and what to do about it. */
export interface Diagnostic {
  readonly position: Position;
  /** The name of the rule, in upper snake case, for example `FIELD_NUMBER_RANGE`. */
  readonly rule: string;
  /** What is wrong, in one sentence, without the position. */
  readonly message: string;
  /** What to do about it, in one line. */
  readonly remedy: string;
}

/** `file:line:column: message (remedy)`, as editors and terminals understand it. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, column } = diagnostic.position;
  return `${file}:${line}:${column}: ${diagnostic.message} (${diagnostic.remedy}) [${diagnostic.rule}]`;
}
