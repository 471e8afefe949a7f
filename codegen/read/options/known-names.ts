/** So many names fit on the line of a diagnostic. */
const MAX_NAMED = 20;

/** A remedy that says all names that could have been meant; undefined where they are too many for a line. */
export function writeOneOf(names: readonly string[]): string | undefined {
  if (names.length === 0 || names.length > MAX_NAMED) return undefined;
  return `write ${names.join(", ").replace(/, ([^,]*)$/, " or $1")}`;
}
