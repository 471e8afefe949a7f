import type { ResolvedOptions } from "../options/resolved.ts";
import type { Name, OptionNode } from "../syntax/ast.ts";
import { isPseudoOption } from "../syntax/pseudo-option.ts";

/**
 * Where the option of that resolved name (`packed`, `(zserver.command)`), or a part of it, is written on the element: the element's name
 * where that cannot be told, because another of its options was not understood.
 */
export function optionAt(
  node: { readonly name: Name; readonly options: readonly OptionNode[]; readonly resolvedOptions: ResolvedOptions },
  ...names: readonly string[]
): number {
  const written = node.options.filter((option) => !isPseudoOption(option));
  const { list } = node.resolvedOptions;
  if (written.length !== list.length) return node.name.at;
  const index = list.findIndex(({ name }) => names.some((wanted) => name === wanted || name.startsWith(`${wanted}.`)));
  return written[index]?.at ?? node.name.at;
}
