import { CommandError } from "../errors/command-error.ts";

/** A command of this name that no handler is here for. */
export function unimplementedError(name: string): CommandError {
  return new CommandError("UNIMPLEMENTED", `${name} is not implemented here`, { outcome: "NOT_RUN", command: name });
}

/** A command whose message was let go, since it would have exceeded a limit. */
export function letGoError(name: string, { message }: Error): CommandError {
  return new CommandError("RESOURCE_EXHAUSTED", `${name}: ${message}`, { outcome: "NOT_RUN", command: name });
}

/** A command that came after `drain()`. */
export function drainingError(name: string): CommandError {
  return new CommandError("UNAVAILABLE", `${name}: this side takes no new commands, it is draining`, { outcome: "NOT_RUN" });
}

/** A command that came while new work is refused. */
export function overloadedError(name: string, retryAfterMs: number): CommandError {
  const message = `${name}: this side is overloaded and takes no new commands`;
  return new CommandError("RESOURCE_EXHAUSTED", message, { outcome: "NOT_RUN", retryAfterMs });
}

/** A command whose deadline passed before its turn came. */
export function lateError(name: string): CommandError {
  return new CommandError("DEADLINE_EXCEEDED", `${name} waited for its turn until its deadline`, { outcome: "NOT_RUN" });
}

/** A command of a batch that starts only when those before it succeed, and one did not. */
export function abandonedError(name: string): CommandError {
  return new CommandError("ABORTED", `${name}: the command before it in its batch failed`, { outcome: "NOT_RUN", command: name });
}
