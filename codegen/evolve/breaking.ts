import type { Diagnostic } from "../model/diagnostic.ts";
import type { Schema } from "../model/schema.ts";
import { breakingRules } from "./breaking-rules.ts";
import type { Category } from "./rule.ts";
import { SchemaIndex } from "./schema-pair.ts";

/**
 * What a change breaks, by file, line, column and rule.
 *
 * @param retired full names of commands that a release had and a later one has not
 */
export function findBreaking(
  before: Schema,
  after: Schema,
  category: Category,
  retired: ReadonlySet<string> = new Set(),
): readonly Diagnostic[] {
  const schemas = { before: new SchemaIndex(before), after: new SchemaIndex(after), retired };
  const found: Diagnostic[] = [];
  for (const [rule, { categories, check, says }] of Object.entries(breakingRules)) {
    if (!categories.includes(category)) continue;
    check(schemas, (position, message) => void found.push({ position, rule, message, remedy: says }));
  }
  return found.sort(byPlace);
}

function byPlace({ position: a, rule: x }: Diagnostic, { position: b, rule: y }: Diagnostic): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column || (x < y ? -1 : Number(x > y));
}
