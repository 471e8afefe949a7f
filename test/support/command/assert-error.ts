import * as assert from "uvu/assert";
import type { Code } from "../../../runtime/errors/code.ts";
import { CommandError, type Outcome } from "../../../runtime/errors/command-error.ts";

/** Asserts that `error` is a CommandError of this code and outcome, and returns it. */
export function assertError(error: unknown, code: Code, outcome: Outcome, message?: string | RegExp): CommandError {
  if (!CommandError.is(error)) throw new Error(`not a CommandError: ${String(error)}`, { cause: error });
  assert.equal({ code: error.code, outcome: error.outcome }, { code, outcome }, error.message);
  if (typeof message === "string") assert.is(error.message, message);
  else if (message !== undefined) assert.match(error.message, message);
  return error;
}

/** What the promise rejects with. Handled from now on, so that a test may let time pass before it looks. */
export function caught(promise: Promise<unknown>): Promise<unknown> {
  const caughtError = promise.then(
    (value) => {
      throw new Error(`resolved to ${JSON.stringify(value)} instead of rejecting`);
    },
    (error: unknown) => error,
  );
  caughtError.catch(() => {});
  return caughtError;
}
