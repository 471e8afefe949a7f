import type { Peer } from "../../runtime/command/peer.ts";
import type { Session } from "../../runtime/command/session-type.ts";
import type { Scenario } from "./scenario.ts";

/** The most that a failure or a short reply takes. */
const END_BYTES = 400;
/** Ends and cancellations that may be under way for commands that are over at this side. */
const PAST_COMMANDS = 20;

/** What a session holds beyond its bounds, in words; undefined when it keeps them. */
export function tooMuch(session: Session, { limits, textLength }: Scenario): string | undefined {
  const { callsPending, commandsPending } = session.stats();
  const { heldBytes } = (session as unknown as Peer).core.outbox;
  // One message may overshoot; ends and cancellations need no room, and each command has at most one of each.
  const bound = limits.outboxBytes + 2 * textLength + 200 + (callsPending + commandsPending + PAST_COMMANDS) * END_BYTES;
  return heldBytes > bound ? `holds ${heldBytes} bytes, more than ${bound}` : undefined;
}
