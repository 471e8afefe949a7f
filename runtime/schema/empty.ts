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

/** The list with one more entry: the same list, unless it is {@link emptyList}. Only for lists that the caller made. */
export function append<T>(list: readonly T[], entry: T): readonly T[] {
  if (list === emptyList) return [entry];
  (list as T[]).push(entry);
  return list;
}

/** The map to put entries into: the same map, unless it is {@link emptyMap}. Only for maps that the caller made. */
export function openMap<Key, Value>(map: ReadonlyMap<Key, Value>): Map<Key, Value> {
  return map === emptyMap ? new Map<Key, Value>() : (map as Map<Key, Value>);
}

/** What absent bytes decode to: no element to change. */
export const emptyBytes: Uint8Array = new Uint8Array(0);
