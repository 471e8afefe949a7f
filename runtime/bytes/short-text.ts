/**
 * Text as it may travel: well-formed (no lone surrogate survives the cut, or the sender's own text) and no longer than `maxUnits`, in UTF-16 units.
 */
export function shortText(text: string, maxUnits: number): string {
  const short = text.length > maxUnits ? `${text.slice(0, maxUnits - 1)}…` : text;
  return short.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, "\uFFFD");
}
