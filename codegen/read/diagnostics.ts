import type { Diagnostic } from "../model/diagnostic.ts";
import { readLimits } from "./limits.ts";
import type { Rule } from "./rules.ts";
import type { Source } from "./source.ts";

/** Collects what is wrong with a schema, over all of its files. */
export class Diagnostics {
  readonly #list: Diagnostic[] = [];
  readonly #rules = new Map<string, Rule>();

  get empty(): boolean {
    return this.#list.length === 0;
  }

  /** How many there are; comparing two counts tells whether a step found something. */
  get count(): number {
    return this.#list.length;
  }

  /** At one place only the first rule reports: what others say of the same word is mostly its consequence. */
  add(source: Source, at: number, rule: Rule, message: string, remedy: string): void {
    if (this.#list.length >= readLimits.diagnostics) return;
    const place = `${source.name}:${at}`;
    const first = this.#rules.get(place) ?? rule;
    if (first !== rule) return;
    this.#rules.set(place, rule);
    this.#list.push(Object.freeze({ position: Object.freeze(source.position(at)), rule, message, remedy }));
  }

  /** By file, line and column. */
  sorted(): readonly Diagnostic[] {
    return this.#list.sort((a, b) => {
      if (a.position.file !== b.position.file) return a.position.file < b.position.file ? -1 : 1;
      return a.position.line - b.position.line || a.position.column - b.position.column;
    });
  }
}
