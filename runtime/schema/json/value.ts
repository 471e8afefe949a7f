/** A value as `JSON.parse` gives it and `JSON.stringify` takes it. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** The members of an object of JSON, by their names. */
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** A JSON object while it is made. */
export type OpenJsonObject = Record<string, JsonValue>;

/** Where a value lies in what holds it: the name of a member, or the index in a list. */
export type JsonKey = string | number;

/** Sets an own member, also one that is called `__proto__`. */
export function setMember(json: OpenJsonObject, name: string, value: JsonValue): void {
  if (name === "__proto__") Object.defineProperty(json, name, { value, enumerable: true, configurable: true, writable: true });
  else json[name] = value;
}

/** The members of a JSON object; undefined for every other value. */
export function asObject(json: JsonValue): JsonObject | undefined {
  return typeof json === "object" && json !== null && !isArray(json) ? json : undefined;
}

/** `Array.isArray`, which does not narrow to readonly arrays by itself. */
export function isArray(json: JsonValue): json is readonly JsonValue[] {
  return Array.isArray(json);
}
