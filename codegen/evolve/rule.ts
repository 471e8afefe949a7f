import type { Position } from "../model/schema.ts";
import type { SchemaPair } from "./schema-pair.ts";

/**
 * buf's: what breaks generated code file by file, or package by package; what breaks JSON; what breaks the wire. Each forbids what those behind it forbid.
 * SESSION: what two sides of a session that have one state each cannot say to each other.
 */
export const categories = ["FILE", "PACKAGE", "WIRE_JSON", "WIRE", "SESSION"] as const;

export type Category = (typeof categories)[number];

export const bufCategories: readonly Category[] = categories.filter((category) => category !== "SESSION");

/**
 * @param position in the state after the change; where something is gone, what held it
 * @param message what is broken, in one sentence
 */
export type Report = (position: Position, message: string) => void;

export type Check = (schemas: SchemaPair, report: Report) => void;

export interface BreakingRule {
  /** What the rule asks for, in one sentence. */
  readonly says: string;
  readonly categories: readonly Category[];
  readonly check: Check;
}
