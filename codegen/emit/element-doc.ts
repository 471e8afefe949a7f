import { describeElement } from "../model/deprecation.ts";
import type { Element } from "../model/schema.ts";
import { docComment } from "./comment.ts";

type Described = Pick<Element, "comment" | "deprecated">;

/**
 * The JSDoc of an element: its comment, and whether it is deprecated.
 *
 * @param notes lines behind the comment
 */
export function elementDoc(element: Described, indent = "", notes: readonly string[] = []): string {
  const { text } = describeElement(element);
  return docComment([text, ...notes, deprecatedTag(element)].filter((part) => part !== "").join("\n"), indent);
}

/** JSDoc of nothing but the deprecation: for the other half of what is a type and a value, since editors strike out neither unless both say so. */
export function deprecationDoc(element: Described): string {
  return docComment(deprecatedTag(element));
}

function deprecatedTag(element: Described): string {
  return element.deprecated ? `@deprecated ${describeElement(element).deprecation}`.trimEnd() : "";
}
