import { CommandError } from "../../errors/command-error.ts";
import { exhausted, unsendable } from "../../bytes/fault.ts";
import { decodeDepth } from "../../bytes/reader.ts";
import { located } from "../codec.ts";
import type { JsonKey } from "./value.ts";

/** Names that stand behind a dot; others stand in brackets. */
const plainName = /^[A-Za-z_$][\w$]{0,63}$/;

/** Where a conversion is: what is open, from the message itself inwards. Kept so that errors can say it. */
export class JsonPath {
  /** The first is the message itself, which has no name. */
  readonly #open: JsonKey[] = [];
  /** How many objects are open within the message itself. */
  #depth = -1;

  /** Begins a list or the entries of a map. */
  enter(key: JsonKey): void {
    this.#open.push(key);
  }

  leave(): void {
    this.#open.pop();
  }

  /** Begins an object, or a list that may hold lists. Throws CommandError RESOURCE_EXHAUSTED when too many are open. */
  descend(key: JsonKey): void {
    this.#open.push(key);
    if (++this.#depth > decodeDepth) exhausted("decodeDepth", `the JSON is nested deeper than ${decodeDepth}`);
  }

  ascend(): void {
    this.#open.pop();
    this.#depth--;
  }

  /** A value that is not what belongs there. Throws CommandError INVALID_ARGUMENT. */
  fail(key: JsonKey, value: unknown, wanted: string): never {
    return unsendable(this.#at(key), value, wanted);
  }

  /** Something wrong at `key`. Throws CommandError INVALID_ARGUMENT. */
  refuse(key: JsonKey, what: string): never {
    throw new CommandError("INVALID_ARGUMENT", `${this.#at(key)}: ${what}`, { outcome: "NOT_RUN" });
  }

  /** The same error with the path before it. */
  locate(key: JsonKey, error: unknown): unknown {
    const path = this.#at(key);
    return path === "" ? error : located(path, error);
  }

  #at(key: JsonKey): string {
    const inner = [...this.#open, key].slice(1).map(shown).join("");
    return inner.startsWith(".") ? inner.slice(1) : inner;
  }
}

function shown(key: JsonKey): string {
  if (typeof key === "number") return `[${key}]`;
  return plainName.test(key) ? `.${key}` : `[${JSON.stringify(key.length > 32 ? `${key.slice(0, 32)}…` : key)}]`;
}
