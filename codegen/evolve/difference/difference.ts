import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Schema } from "../../model/schema.ts";
import type { LockedFile } from "../lock/lock.ts";
import type { Level } from "../lock/version.ts";
import { type Change, changesBetween } from "./changes.ts";

/** One state of a project's schemas, and its files as canonical text. */
export interface State {
  readonly schema: Schema;
  readonly files: readonly LockedFile[];
}

/** What became of a schema, and how much that is. */
export interface Difference {
  /** Undefined where nothing changed at all. */
  readonly level: Level | undefined;
  /** What is broken: why it is major. */
  readonly breaks: readonly Diagnostic[];
  /** What people who write against the schema see: why it is at least minor. */
  readonly changes: readonly Change[];
  /** Where that is all, the files in which something else is different: options for other languages, imports, an order. */
  readonly otherwise: readonly string[];
}

/** @param breaks what `zgen breaking` finds between the two, without what the project excepts */
export function differenceOf(before: State, after: State, breaks: readonly Diagnostic[]): Difference {
  const changes = changesBetween(before.schema, after.schema);
  const otherwise = breaks.length + changes.length > 0 ? [] : unlikeFiles(before.files, after.files);
  const level = breaks.length > 0 ? "major" : changes.length > 0 ? "minor" : otherwise.length > 0 ? "patch" : undefined;
  return { level, breaks, changes, otherwise };
}

function unlikeFiles(before: readonly LockedFile[], after: readonly LockedFile[]): readonly string[] {
  const [was, is] = [before, after].map((files) => new Map(files.map(({ name, text }) => [name, text])));
  return [...new Set([...was!.keys(), ...is!.keys()])].filter((name) => was!.get(name) !== is!.get(name)).sort();
}
