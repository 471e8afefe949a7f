import { changedError } from "../errors/changed-error.ts";
import { CommandError, type Outcome } from "../errors/command-error.ts";
import type { SessionEnd } from "../session/session-end.ts";
import type { AnyCommand } from "./registry.ts";

/** The session ended before the command did. */
export function lostError(end: SessionEnd, command: string, outcome: Outcome): CommandError {
  return new CommandError("SESSION_LOST", `${command}: the session ended before it did (${textOf(end)})`, { outcome, command });
}

/** The session ended before something did that is no command. */
export function sessionLost(end: SessionEnd): CommandError {
  return new CommandError("SESSION_LOST", `the session ended: ${textOf(end)}`);
}

function textOf({ reason, message }: SessionEnd): string {
  return message === "" ? reason : `${reason}: ${message}`;
}

/** What kept a command from being sent, as its caller is told: it names the command. */
export function unsentError({ name }: AnyCommand, error: unknown): CommandError {
  if (!CommandError.is(error))
    return new CommandError("INTERNAL", `${name}: ${String(error)}`, { outcome: "NOT_RUN", command: name, cause: error });
  if (error.command !== undefined && error.outcome === "NOT_RUN") return error;
  return changedError(error, { outcome: "NOT_RUN", command: name }, named(name, error));
}

/** A stream of requests broke off at this side: its source threw, or gave an item that cannot be sent. */
export function sourceError({ name }: AnyCommand, error: unknown): CommandError {
  if (!CommandError.is(error))
    return new CommandError("CANCELLED", `${name}: the source of its stream failed`, { command: name, cause: error });
  return changedError(error, { outcome: "MAY_HAVE_RUN", command: name }, named(name, error));
}

function named(name: string, { command, message }: CommandError): string {
  return command === undefined ? `${name}: ${message}` : message;
}

/** Nothing passed on a stream. */
export function idleText({ idleTimeoutMs }: AnyCommand): string {
  return `nothing passed for ${idleTimeoutMs} ms (idle_timeout_ms)`;
}

/** What the peer answered cannot be decoded. */
export function unreadableError({ name }: AnyCommand, error: unknown): CommandError {
  const code = CommandError.is(error) && error.code === "RESOURCE_EXHAUSTED" ? "RESOURCE_EXHAUSTED" : "INTERNAL";
  const why = error instanceof Error ? error.message : String(error);
  return new CommandError(code, `${name}: what the peer answered cannot be read: ${why}`, { command: name, cause: error });
}
