import { findBreaking } from "../evolve/breaking.ts";
import { breakingRules } from "../evolve/breaking-rules.ts";
import { retiredCommands } from "../evolve/lock/retired.ts";
import type { Category } from "../evolve/rule.ts";
import type { Exception } from "../evolve/settings.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Schema } from "../model/schema.ts";
import type { Config } from "./config.ts";
import { readLock, schemaOfRelease } from "./lock-file.ts";
import { globToRegExp } from "./schema-files.ts";

/** What a change breaks in the eyes of a project. */
export interface Breaks {
  /** Without what zgen.json excepts. */
  readonly left: readonly Diagnostic[];
  /** Exceptions that nothing needs. */
  readonly unused: readonly Exception[];
}

/** What a change breaks, in the category that the project chose or another one. */
export function findBreaks(config: Config, before: Schema, after: Schema, category: Category = config.breaking.category): Breaks {
  const retired = retiredCommands(readLock(config).map(schemaOfRelease));
  const found = findBreaking(before, after, category, retired);
  // What the configuration excepts from its own category is not meant for another one.
  const exceptions = config.breaking.except.filter(
    ({ rule }) => category === config.breaking.category || breakingRules[rule]?.categories.includes(category),
  );
  return {
    left: found.filter((finding) => !exceptions.some((exception) => covers(exception, finding))),
    unused: exceptions.filter((exception) => !found.some((finding) => covers(exception, finding))),
  };
}

function covers({ rule, file }: Exception, finding: Diagnostic): boolean {
  return rule === finding.rule && globToRegExp(file).test(finding.position.file);
}
