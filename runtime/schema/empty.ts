/** What a list without entries decodes to: one for all, frozen. */
export const emptyList: never[] = Object.freeze([]) as never;

/** What a map without entries decodes to: one for all, which refuses changes. */
export const emptyMap: Map<never, never> = refusing(new Map<never, never>());

function refusing(map: Map<never, never>): Map<never, never> {
  const refuse = (): never => {
    throw new TypeError("Cannot change the entries of a decoded map");
  };
  return Object.freeze(Object.defineProperties(map, { set: { value: refuse }, delete: { value: refuse }, clear: { value: refuse } }));
}

/** What absent bytes decode to: no element to change. */
export const emptyBytes: Uint8Array = new Uint8Array(0);
