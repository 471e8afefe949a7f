import * as assert from "uvu/assert";
import type { Code } from "../../../runtime/errors/code.ts";
import { CommandError } from "../../../runtime/errors/command-error.ts";

/** Asserts that `run` throws a CommandError with this code and a message that matches, and never another error. */
export function throwsCommandError(run: () => unknown, code: Code, message: RegExp): void {
  let thrown: unknown;
  try {
    run();
  } catch (error) {
    thrown = error;
  }
  assert.ok(CommandError.is(thrown), `expected a CommandError that matches ${message}, got ${thrown}`);
  assert.is(thrown.code, code);
  assert.match(thrown.message, message);
}

/** Bytes of hexadecimal digits; blanks are ignored. */
export function hex(digits: string): Uint8Array {
  return new Uint8Array(Buffer.from(digits.replace(/\s/g, ""), "hex"));
}
