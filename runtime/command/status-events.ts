import type { CommandError } from "../errors/command-error.ts";
import { EndError, type SessionEnd } from "../session/session-end.ts";
import type { LostOneWays } from "./sent-one-ways.ts";
import type { Session, SessionStatus } from "./session-type.ts";

/** How things stand, which whoever begins to watch is told first. */
export function present(state: Session["state"], end: SessionEnd | undefined, oneWaysFailed: number): SessionStatus {
  if (end !== undefined) return { type: "ended", error: new EndError(end.reason, end.message), oneWaysFailed };
  if (state === "disconnected") return { type: state, reason: "TRANSPORT_CLOSED", message: "" };
  return { type: state === "draining" ? state : "open" };
}

/** A one-way came to nothing: nobody else may be listening any more. */
export function oneWayFailed(error: CommandError, total: number): SessionStatus {
  return { type: "one_way_failed", command: error.command ?? "", error, total };
}

/** Many at once: each reader makes its events as it reads them. */
export function eachOneWayFailed(lost: LostOneWays, before: number): Iterable<SessionStatus> {
  return {
    *[Symbol.iterator]() {
      let total = before;
      for (const error of lost) yield oneWayFailed(error, ++total);
    },
  };
}
