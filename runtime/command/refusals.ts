import { CommandError } from "../errors/command-error.ts";

/** A command of this name that no handler is here for. */
export function unimplementedError(name: string): CommandError {
  return new CommandError("UNIMPLEMENTED", `${name} is not implemented here`, { outcome: "NOT_RUN", command: name });
}

/** A command of a batch that starts only when those before it succeed, and one did not. */
export function abandonedError(name: string): CommandError {
  return new CommandError("ABORTED", `${name}: the command before it in its batch failed`, { outcome: "NOT_RUN", command: name });
}
