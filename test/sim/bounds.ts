import type { Peer } from "../../runtime/command/peer.ts";
import type { Session } from "../../runtime/command/session-type.ts";
import type { Limits } from "../../runtime/session/limits.ts";
import { byUrgency, shareOf } from "../../runtime/session/priority.ts";
import { timersOf } from "../../runtime/time/timers-of.ts";
import type { SimProcess } from "./process.ts";
import type { Scenario } from "./scenario.ts";

/** The most that a failure or a short reply takes. */
const END_BYTES = 400;
/** Ends and cancellations that may be under way for commands that are over at this side. */
const PAST_COMMANDS = 20;

/** ENTRANCES and MOVE, which need no room either. */
const MOVE_BYTES = 300;

/** What a session holds beyond its bounds, in words; undefined when it keeps them. */
export function tooMuch(session: Session, { limits, textLength, moves }: Scenario): string | undefined {
  const { callsPending, commandsPending } = session.stats();
  const { heldBytes } = (session as unknown as Peer).core.outboxes;
  // One message of each class may overshoot; ends and cancellations need no room, and each command has at most one of each.
  const room = byUrgency.reduce<number>((sum, priority) => sum + shareOf(priority, limits.outboxBytes) + 2 * textLength + 200, 0);
  const bound = room + moves * MOVE_BYTES + (callsPending + commandsPending + PAST_COMMANDS) * END_BYTES;
  return heldBytes > bound ? `holds ${heldBytes} bytes, more than ${bound}` : tooMuchOfStreams(session, limits, 2 * textLength + 200);
}

/** Items wait within the windows of their streams; each stream may overshoot by an item. */
function tooMuchOfStreams(session: Session, { streams, streamBytes, streamBudgetBytes }: Limits, itemBytes: number): string | undefined {
  const { callsPending, commandsPending } = session.stats();
  const { budget } = (session as unknown as Peer).streams!;
  if (budget.extraBytes > streamBudgetBytes - streams * streamBytes)
    return `has granted ${budget.extraBytes} bytes beyond its first windows`;
  const bound = (callsPending + commandsPending) * (streamBytes + itemBytes) + budget.extraBytes;
  return budget.heldBytes > bound ? `holds ${budget.heldBytes} bytes of items, more than ${bound}` : undefined;
}

/** Timers of a process without a session: those of a search and of connections that open or close. */
const PROCESS_TIMERS = 60;
/** Of a session that does nothing. */
const SESSION_TIMERS = 10;
/** Of a command at one end: its deadline, and its wait for room. */
const COMMAND_TIMERS = 2;

/** What a process waits for beyond its bounds, in words; undefined when it keeps them. */
export function tooManyTimers(process: SimProcess, sessions: readonly Session[], { commands }: Scenario): string | undefined {
  const { size } = timersOf(process);
  const pending = sessions.reduce((sum, session) => sum + session.stats().callsPending + session.stats().commandsPending, 0);
  // Sends that wait are not counted as pending; no program has more than all of its own.
  const bound = PROCESS_TIMERS + sessions.length * (SESSION_TIMERS + commands) + pending * COMMAND_TIMERS;
  return size > bound ? `has ${size} timers, more than ${bound}` : undefined;
}
