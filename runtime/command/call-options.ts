import { CommandError } from "../errors/command-error.ts";
import type { CallOptions } from "../schema/caller.ts";

/** Throws CommandError INVALID_ARGUMENT, NOT_RUN for options that nobody knows and times that are none. */
export function checkCallOptions(options: CallOptions): void {
  for (const name of Object.keys(options)) {
    if (name !== "signal" && name !== "timeoutMs") throw refused(`unknown option "${name}"; known are signal, timeoutMs`);
  }
  const { timeoutMs = 0 } = options;
  if (!(typeof timeoutMs === "number" && timeoutMs >= 0 && timeoutMs <= Number.MAX_SAFE_INTEGER))
    throw refused(`timeoutMs must be a number of milliseconds, 0 for no deadline, not ${timeoutMs}`);
}

/** The options of a call with the signal that interceptors gave it. In Node 20 a literal that begins with a spread may have a hidden class of its own, each time. */
export function withSignal(options: CallOptions, signal: AbortSignal): CallOptions {
  const own = { signal, ...options };
  own.signal = signal;
  return own;
}

function refused(message: string): CommandError {
  return new CommandError("INVALID_ARGUMENT", message, { outcome: "NOT_RUN" });
}
