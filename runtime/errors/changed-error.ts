import { CommandError, type CommandErrorOptions } from "./command-error.ts";

/** An error as another one is told of it: all that it says, but for what is given here. */
export function changedError(error: CommandError, changes: CommandErrorOptions, message: string = error.message): CommandError {
  // An error's cause is none of the properties that are spread.
  return new CommandError(error.code, message, { ...error, cause: error.cause, ...changes });
}
