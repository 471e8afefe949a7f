import { CommandError, type CommandErrorOptions } from "./command-error.ts";

/** An error as another one is told of it: all that it says, but for what is given here. */
export function changedError(
  { code, message: said, outcome, details, command, incident, retryAfterMs, cause }: CommandError,
  changes: CommandErrorOptions,
  message: string = said,
): CommandError {
  return new CommandError(code, message, { outcome, details, command, incident, retryAfterMs, cause, ...changes });
}
