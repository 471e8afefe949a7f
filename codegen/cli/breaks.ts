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
  const exceptions = config.breaking.except.filter(({ rule }) => isMeantFor(category, rule, config));
  return {
    left: found.filter((finding) => !exceptions.some((exception) => covers(exception, finding))),
    unused: exceptions.filter((exception) => !found.some((finding) => covers(exception, finding))),
  };
}

/** What makes a major version: what the project forbids, and what peers of the two versions could not say to each other. */
export function findMajor(config: Config, before: Schema, after: Schema): readonly Diagnostic[] {
  const chosen = findBreaks(config, before, after).left;
  if (config.breaking.category === "SESSION") return chosen;
  const known = new Set(chosen.map(({ rule }) => rule));
  return [...chosen, ...findBreaks(config, before, after, "SESSION").left.filter(({ rule }) => !known.has(rule))];
}

/** What the configuration excepts from its own category is not meant for another one, unless the rule is that one's too; SESSION has a say in versions. */
function isMeantFor(category: Category, rule: string, { breaking }: Config): boolean {
  const of = breakingRules[rule]?.categories ?? [];
  return of.includes(category) || (category === breaking.category && !of.includes("SESSION"));
}

function covers({ rule, file }: Exception, finding: Diagnostic): boolean {
  return rule === finding.rule && globToRegExp(file).test(finding.position.file);
}
