import { type Failure, Failure_Outcome, type FailureInit } from "../../generated/zserver/protocol/v1/session.ts";
import { shortText } from "../bytes/short-text.ts";
import { codeFromNumber, codeNumbers } from "../errors/code.ts";
import { CommandError, type Outcome } from "../errors/command-error.ts";
import { receivedDetail } from "../errors/error-detail.ts";
import type { CommandType } from "../schema/service-type.ts";
import { FAILURE_BYTES } from "../session/frame.ts";

/** The longest message of a failure, in UTF-16 units; longer ones are cut. */
const FAILURE_TEXT_UNITS = 4_096;
/** The longest id of an incident, in UTF-16 units; longer ones are cut. */
const INCIDENT_UNITS = 64;

/** What travels of an error: its code, message, outcome, incident, and those details that the command declares. Never its cause or stack. */
export function failureToWire(error: CommandError, command: CommandType | undefined): FailureInit {
  const declared = error.details.filter((detail) => command?.errors?.some((type) => type.name === detail.type));
  const size = declared.reduce((bytes, detail) => bytes + detail.type.length * 3 + detail.value.length + 16, 0);
  return {
    code: codeNumbers[error.code],
    message: shortText(error.message, FAILURE_TEXT_UNITS),
    outcome: error.outcome === "NOT_RUN" ? Failure_Outcome.NOT_RUN : Failure_Outcome.MAY_HAVE_RUN,
    details: size <= FAILURE_BYTES - 4 * FAILURE_TEXT_UNITS ? declared : [],
    incident: shortText(error.incident ?? "", INCIDENT_UNITS),
    retryAfterMs: wholeMs(error.retryAfterMs),
  };
}

/** What the wire can hold of a time that a handler may have made up. */
function wholeMs(ms: number | undefined): number {
  return ms !== undefined && ms > 0 ? Math.min(Math.ceil(ms), 0xffffffff) : 0;
}

/** The error that a peer's failure stands for. */
export function failureFromWire(failure: Failure, command: string): CommandError {
  return new CommandError(codeFromNumber(failure.code), failure.message, {
    outcome: failure.outcome === Failure_Outcome.NOT_RUN ? "NOT_RUN" : "MAY_HAVE_RUN",
    details: failure.details.map(({ type, value }) => receivedDetail(type, value)),
    incident: failure.incident === "" ? undefined : failure.incident,
    retryAfterMs: failure.retryAfterMs === 0 ? undefined : failure.retryAfterMs,
    command,
  });
}

/** The error for what would exceed a limit: it names limit, size and command. */
export function limitError(
  limit: string,
  allowed: number,
  actual: string,
  command: CommandType,
  outcome: Outcome = "NOT_RUN",
): CommandError {
  return new CommandError("RESOURCE_EXHAUSTED", `${command.name}: ${actual}; the limit ${limit} is ${allowed}`, {
    outcome,
    command: command.name,
  });
}
