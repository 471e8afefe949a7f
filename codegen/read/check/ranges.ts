import type { Name, RangeNode, Reserved } from "../syntax/ast.ts";
import type { CheckContext } from "./context.ts";

interface NumberedRange extends RangeNode {
  readonly what: string;
}

/** Reserved and extension ranges: in order, and apart from each other. Returns them sorted, for {@link containing}. */
export function checkRanges(
  context: CheckContext,
  reserved: readonly RangeNode[],
  extensions: readonly RangeNode[],
): readonly NumberedRange[] {
  const ranges: NumberedRange[] = [];
  for (const range of reserved) ranges.push({ ...range, what: "reserved" });
  for (const range of extensions) ranges.push({ ...range, what: "for extensions" });
  for (const { from, to, at } of ranges) {
    if (to < from) context.report(at, "RANGE_ORDER", `the range ${from} to ${to} is empty`, "put the smaller number first");
  }
  const sorted = ranges.filter(({ from, to }) => from <= to).sort((a, b) => a.from - b.from || a.at - b.at);
  for (const [index, range] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before === undefined || before.to < range.from) continue;
    const [first, second] = before.at < range.at ? [before, range] : [range, before];
    context.report(
      second.at,
      "RANGE_OVERLAP",
      `${format(second)} overlaps ${format(first)}, which is ${first.what}`,
      "make the ranges distinct",
    );
  }
  return sorted;
}

/** The range that holds `number`, by binary search; of overlapping ones, any. */
export function containing(sorted: readonly NumberedRange[], number: number): NumberedRange | undefined {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]!.to < number) low = middle + 1;
    else high = middle;
  }
  const range = sorted[low];
  return range && range.from <= number ? range : undefined;
}

/** The names, each reserved once. */
export function checkReservedNames(context: CheckContext, { names }: Reserved): ReadonlySet<string> {
  const seen = new Set<string>();
  for (const { text, at } of names as readonly Name[]) {
    if (seen.has(text)) context.report(at, "RESERVED_TWICE", `the name ${text} is reserved twice`, "remove one of the two");
    seen.add(text);
  }
  return seen;
}

function format({ from, to }: RangeNode): string {
  return from === to ? `${from}` : `${from} to ${to}`;
}
