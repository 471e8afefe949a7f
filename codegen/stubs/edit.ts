/** Text that takes the place of what lies between two offsets; an insertion where they are equal. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Carries out edits that do not overlap. Insertions at one place keep their order. Nothing else of the text changes. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const sorted = edits.map((edit, order) => ({ ...edit, order })).sort((a, b) => a.from - b.from || a.order - b.order);
  let result = "";
  let at = 0;
  for (const { from, to, text: replacement } of sorted) {
    if (from < at) throw new Error(`two edits overlap at ${from}`);
    result += text.slice(at, from) + replacement;
    at = to;
  }
  return result + text.slice(at);
}
