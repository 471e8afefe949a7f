import type { Element, Option } from "../../model/schema.ts";
import type { ResolvedOptions } from "../options/resolved.ts";
import type { Source } from "../source.ts";
import type { Name } from "../syntax/ast.ts";
import { freezeValue } from "./freeze.ts";

interface Declaration {
  readonly name: Name;
  readonly fullName: string;
  readonly comment: string;
  readonly resolvedOptions: ResolvedOptions;
}

/** What every element of the model has in common. */
export function buildElement(source: Source, node: Declaration): Element & { readonly options: readonly Option[] } {
  return {
    name: node.name.text,
    fullName: node.fullName,
    position: Object.freeze(source.position(node.name.at)),
    comment: node.comment,
    deprecated: node.resolvedOptions.values.deprecated === true,
    options: buildOptions(node.resolvedOptions),
  };
}

export function buildOptions({ list }: ResolvedOptions): readonly Option[] {
  return freezeAll(list, (option) => ({ ...option, position: Object.freeze(option.position), value: freezeValue(option.value) }));
}

/** A frozen list of frozen results. */
export function freezeAll<T, R>(list: readonly T[], build: (item: T) => R): readonly R[] {
  return Object.freeze(list.map((item) => Object.freeze(build(item))));
}
