import type { SessionCaller } from "./caller.ts";
import type { CarriedCounts } from "./connection-totals.ts";
import type { CommandReceiver } from "./handler-side.ts";
import type { SessionStats } from "./session-type.ts";

/** The counts of a session. Who has called nothing has no caller, and who was not called no receiver. */
export function sessionStats(
  caller: SessionCaller | undefined,
  receiver: CommandReceiver | undefined,
  oneWaysFailed: number,
  carried: CarriedCounts,
): SessionStats {
  return {
    commandsSent: caller?.classes.sent ?? 0,
    commandsHandled: receiver?.handled ?? 0,
    oneWaysFailed,
    oneWaysRefused: receiver?.oneWaysRefused ?? 0,
    volatileDropped: caller?.classes.volatileDropped ?? 0,
    volatileRefused: receiver?.volatileRefused ?? 0,
    callsPending: caller?.pending ?? 0,
    commandsPending: receiver?.pending ?? 0,
    ...carried,
  };
}
