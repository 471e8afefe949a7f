import type { Enum } from "../model/schema.ts";
import { quote } from "./literal.ts";

/** What a message or an enum reserves, one a line. Editions reserve names without quotes. */
export function* reservedLines({ reservedNumbers, reservedNames }: Reserving, edition: boolean): Generator<string> {
  for (const { from, to } of reservedNumbers) yield `reserved ${range(from, to)};`;
  for (const name of reservedNames) yield `reserved ${edition ? name : quote(name)};`;
}

type Reserving = Pick<Enum, "reservedNumbers" | "reservedNames">;

export const range = (from: number, to: number): string => (from === to ? `${from}` : `${from} to ${to}`);

/** `head { … }` with one line each, or on a line of its own where there is nothing in it. */
export function* block(head: string, lines: Iterable<string>): Generator<string> {
  let empty = true;
  for (const line of lines) {
    if (empty) yield `${head} {`;
    empty = false;
    yield `  ${line}`;
  }
  yield empty ? `${head} {}` : "}";
}
