import { UsageError } from "./terminal.ts";

/** A JSON object whose keys are known and whose values are asked for by type. */
export class Keys {
  readonly #file: string;
  readonly #where: string;
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(file: string, where: string, json: unknown, known: readonly string[]) {
    this.#file = file;
    this.#where = where;
    if (typeof json !== "object" || json === null || Array.isArray(json)) throw this.error("", "an object");
    this.#values = json as Record<string, unknown>;
    const unknown = Object.keys(json).find((key) => !known.includes(key));
    if (unknown !== undefined) throw new UsageError(`${file}: unknown key ${this.#name(unknown)} (known: ${known.join(", ")})`);
  }

  has(key: string): boolean {
    return this.#values[key] !== undefined;
  }

  /** Whatever it is. */
  value(key: string): unknown {
    return this.#values[key];
  }

  string(key: string): string | undefined {
    const value = this.#values[key];
    if (value !== undefined && typeof value !== "string") throw this.error(key, "a string");
    return value;
  }

  boolean(key: string): boolean | undefined {
    const value = this.#values[key];
    if (value !== undefined && typeof value !== "boolean") throw this.error(key, "true or false");
    return value;
  }

  number(key: string): number | undefined {
    const value = this.#values[key];
    if (value !== undefined && typeof value !== "number") throw this.error(key, "a number");
    return value;
  }

  list(key: string): readonly unknown[] | undefined {
    const value = this.#values[key];
    if (value !== undefined && !Array.isArray(value)) throw this.error(key, "a list");
    return value;
  }

  strings(key: string): readonly string[] | undefined {
    const values = this.list(key);
    if (values?.some((value) => typeof value !== "string")) throw this.error(key, "a list of strings");
    return values as readonly string[] | undefined;
  }

  /** An object below this one, empty when it is not there. */
  object(key: string, known: readonly string[]): Keys {
    return new Keys(this.#file, this.#name(key), this.#values[key] ?? {}, known);
  }

  /** A list of objects, empty when it is not there. */
  objects(key: string, known: readonly string[]): readonly Keys[] {
    return (this.list(key) ?? []).map((json, index) => new Keys(this.#file, `${this.#name(key)}[${index}]`, json, known));
  }

  /** What is wrong with a value. */
  error(key: string, expected: string): UsageError {
    return new UsageError(`${this.#file}: ${this.#name(key) || "the file"} must be ${expected}`);
  }

  get names(): readonly string[] {
    return Object.keys(this.#values);
  }

  #name(key: string): string {
    return [this.#where, key].filter(Boolean).join(".");
  }
}
