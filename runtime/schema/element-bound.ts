import { defaultDecodeElements } from "../bytes/reader.ts";

/**
 * How many objects and entries a message may hold: what its schema states, but no more than what was set for the occasion. A limit at its
 * default was set by nobody, so that a schema may allow more.
 *
 * @param maxElements of the schema, where it states one
 * @param elements the limit `decodeElements`
 */
export function elementBound(maxElements: number | undefined, elements: number): number {
  if (maxElements === undefined) return elements;
  return elements === defaultDecodeElements ? maxElements : Math.min(maxElements, elements);
}
