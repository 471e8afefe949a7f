import type { Element, Option, Position } from "../../model/schema.ts";
import { isDeprecated, type ResolvedOptions } from "../options/resolved.ts";
import type { Source } from "../source.ts";
import type { Name } from "../syntax/ast.ts";
import { freezeValue } from "./freeze.ts";

interface Declaration {
  readonly name: Name;
  readonly fullName: string;
  readonly comment: string;
  readonly resolvedOptions: ResolvedOptions;
}

/**
 * What every element of the model has in common.
 *
 * @param within something that is deprecated with all that it declares
 */
export function buildElement(source: Source, node: Declaration, within = false): Element & { readonly options: readonly Option[] } {
  return {
    name: node.name.text,
    fullName: node.fullName,
    position: buildPosition(source, node.name.at),
    comment: node.comment,
    deprecated: within || isDeprecated(node.resolvedOptions),
    options: buildOptions(node.resolvedOptions),
  };
}

export function buildPosition(source: Source, at: number): Position {
  return Object.freeze(source.position(at));
}

export function buildOptions({ list }: ResolvedOptions): readonly Option[] {
  return freezeAll(list, ({ name, value, position }) => ({ name, value: freezeValue(value), position: Object.freeze(position) }));
}

const nothing: readonly never[] = Object.freeze([]);

/** A frozen list of frozen results; all empty ones are the same. */
export function freezeAll<T, R>(list: readonly T[], build: (item: T) => R): readonly R[] {
  return list.length === 0 ? nothing : Object.freeze(list.map((item) => Object.freeze(build(item))));
}
