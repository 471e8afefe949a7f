import type { CommandError } from "../errors/command-error.ts";
import type { LostOneWays } from "./sent-one-ways.ts";
import type { SessionStatus } from "./session-type.ts";

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
