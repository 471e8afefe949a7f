import type { Element } from "./schema.ts";

/** Where a comment says itself why something is deprecated: from a line that begins so to the end of its paragraph. */
const ownWords = /^[ \t]*(?:Deprecated:|@deprecated\b:?)[ \t]*(.*(?:\n[ \t]*\S.*)*)\n*/im;

/** What is said about an element, and apart from that what the comment of a deprecated one says about its deprecation: what to use instead. */
export function describeElement({ comment, deprecated }: Pick<Element, "comment" | "deprecated">): {
  readonly text: string;
  readonly deprecation: string;
} {
  const found = deprecated ? ownWords.exec(comment) : null;
  if (found === null) return { text: comment, deprecation: "" };
  const text = comment.slice(0, found.index) + comment.slice(found.index + found[0].length);
  return { text: text.trimEnd(), deprecation: found[1]!.trimEnd() };
}
