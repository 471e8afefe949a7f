import { malformed } from "../../bytes/fault.ts";
import type { JsonValue } from "./value.ts";

const backslash = 0x5c;
const colon = 0x3a;

/**
 * `JSON.parse`, except that an object with two members of the same name is an error, which `JSON.parse` takes the last one of: whoever
 * checked the text before may have taken the first. Throws CommandError INVALID_ARGUMENT for text that is no JSON.
 */
export function parseJson(text: string): JsonValue {
  let json: JsonValue;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return malformed((error as Error).message);
  }
  refuseDuplicates(text);
  return json;
}

/** @param text valid JSON */
function refuseDuplicates(text: string): void {
  // The names of what is open, once it has any: a deeply nested text of brackets must cost no more than itself.
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case "{":
      case "[":
        open.push(undefined);
        break;
      case "}":
      case "]":
        open.pop();
        break;
      case '"': {
        const end = endOfString(text, at);
        if (isName(text, end)) {
          const name = nameOf(text.slice(at + 1, end - 1));
          const names = open.pop() ?? new Set();
          open.push(names);
          if (names.has(name)) malformed(`the member ${JSON.stringify(name.slice(0, 32))} is given twice, at position ${at}`);
          names.add(name);
        }
        at = end - 1;
      }
    }
  }
}

/** The position behind a string that begins at `start`: a quote ends it unless an odd number of backslashes stands before. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); ; at = text.indexOf('"', at + 1)) {
    let before = at;
    while (text.charCodeAt(before - 1) === backslash) before--;
    if ((at - before) % 2 === 0) return at + 1;
  }
}

function nameOf(written: string): string {
  return written.includes("\\") ? JSON.parse(`"${written}"`) : written;
}

/** Whether what ends before `at` is the name of a member. */
function isName(text: string, at: number): boolean {
  let next = at;
  while (text.charCodeAt(next) <= 0x20) next++;
  return text.charCodeAt(next) === colon;
}
