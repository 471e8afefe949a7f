import type { OptionValue } from "../../model/schema.ts";

/** Freezes an option's value with all that is in it, except the bytes, which JavaScript cannot freeze. */
export function freezeValue(value: OptionValue): OptionValue {
  if (typeof value !== "object" || value instanceof Uint8Array || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) freezeValue(inner);
  return Object.freeze(value);
}
