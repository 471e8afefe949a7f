import { CommandError } from "../errors/command-error.ts";

/** Bytes that no correct sender writes. Throws CommandError INVALID_ARGUMENT. */
export function malformed(what: string): never {
  throw new CommandError("INVALID_ARGUMENT", `malformed message: ${what}`, { outcome: "NOT_RUN" });
}

/** Bytes without a field that must be there. Throws CommandError INVALID_ARGUMENT. */
export function absent(field: string): never {
  malformed(`the required field ${field} is missing`);
}

/** Bytes that would cost more than `limit` allows. Throws CommandError RESOURCE_EXHAUSTED. */
export function exhausted(limit: string, what: string): never {
  throw new CommandError("RESOURCE_EXHAUSTED", `${what} (limit ${limit})`, { outcome: "NOT_RUN" });
}

/**
 * A value that the schema cannot hold, found before it is sent. Throws CommandError INVALID_ARGUMENT.
 *
 * @param field the field's name; empty outside of generated code
 * @param wanted what would have been right, for example `a uint32`
 */
export function unsendable(field: string, value: unknown, wanted: string): never {
  const where = field === "" ? "" : `${field}: `;
  throw new CommandError("INVALID_ARGUMENT", `${where}${shown(value)} is not ${wanted}`, { outcome: "NOT_RUN" });
}

/** A value as an error shows it: short, and never the contents of an object. */
function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 32 ? `${value.slice(0, 32)}…` : value);
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "an array" : "an object";
  if (typeof value === "function") return "a function";
  return typeof value === "bigint" ? `${value}n` : String(value);
}
