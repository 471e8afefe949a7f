import type { LimitsInit } from "../../generated/zserver/protocol/v1/handshake.ts";
import { checkOptions } from "../errors/options.ts";

/** What a side accepts and holds. The first group is told to the other side, which then fails locally what would exceed it. */
export interface Limits {
  /** The largest encoded message, in bytes. Default 4 MiB, as in gRPC: larger things want to be streams. */
  readonly messageBytes: number;
  /** The most commands that the peer may have unanswered here. Default 10,000: each costs about a kilobyte while its handler waits. */
  readonly commandsInFlight: number;
  /** The most of them that may be streams. Default 256: for each, `streamBytes` of `streamBudgetBytes` are set aside. */
  readonly streams: number;
  /** The most objects and list or map entries in one decoded message; at its default it gives way to the schema's `max_elements`. Default 100,000: two bytes can make an object of a hundred. */
  readonly decodeElements: number;
  /** The most bytes of commands that wait here for their handler to start. Default 4 MiB. */
  readonly queuedBytes: number;
  /** The most commands that wait here for their handler to start. Default 4,096. */
  readonly queuedCommands: number;
  /** The most items of one stream that wait here for their reader, until it has shown that it takes more. Default 256: it grows with `streamBytes`. */
  readonly streamItems: number;
  /**
   * The most bytes of one stream that wait here for its reader, until it has shown that it takes more. Default 64 KiB: what a path of 5 Mbit/s with a
   * roundtrip of 100 ms holds. It grows to what the reader takes in two roundtrips, and an eighth of `streamBudgetBytes` at most.
   */
  readonly streamBytes: number;
  /** The most different commands that the peer may call in one session. Default 4,096. */
  readonly commandNames: number;

  /**
   * The most bytes that are sent and not acknowledged, or wait to be sent; what leaves in one turn of the event loop counts for 128 more, which is what keeping it takes. A send
   * beyond it waits. Default 4 MiB.
   */
  readonly outboxBytes: number;
  /** The most sends that wait for room or credit. A send beyond it fails at once. Default 65,536. */
  readonly waitingSends: number;
  /**
   * The most bytes that all streams of one session may have on their way to readers here. `streams` times `streamBytes` of it are set aside, the rest is what
   * windows grow by. Default 32 MiB, or as much as is set aside where that is more: eight streams of 100 Mbit/s with a roundtrip of 150 ms.
   */
  readonly streamBudgetBytes: number;
  /**
   * The most memory for messages of one session whose end has not come, in bytes; there is one such in each class of priority at most. One that would take more
   * fails with RESOURCE_EXHAUSTED. Never less than one message of `messageBytes`. Default 8 MiB. It binds servers and Node clients.
   */
  readonly unfinishedBytes: number;
  /** The most replies of one session that are parked by `defer()`. Default 10,000. */
  readonly parkedReplies: number;
  /**
   * The most commands of the peer that start here in a second; those beyond it wait in the queue, and the peer for credit. After a pause, so many
   * may start at once. Default: as many as come.
   */
  readonly commandsPerSecond: number;
}

/** The limits of a side that states none. */
export const defaultLimits: Limits = {
  messageBytes: 4_194_304,
  commandsInFlight: 10_000,
  streams: 256,
  decodeElements: 100_000,
  queuedBytes: 4_194_304,
  queuedCommands: 4_096,
  streamItems: 256,
  streamBytes: 65_536,
  commandNames: 4_096,
  outboxBytes: 4_194_304,
  waitingSends: 65_536,
  streamBudgetBytes: 33_554_432,
  unfinishedBytes: 8_388_608,
  parkedReplies: 10_000,
  commandsPerSecond: Number.POSITIVE_INFINITY,
};

/** The limits that an application asked for, the others at their defaults. Throws TypeError for unknown names and values that are not counts. */
export function resolveLimits(limits?: Partial<Limits>): Limits {
  if (limits === undefined) return withBudget(defaultLimits, false);
  checkOptions("limits", limits, Object.keys(defaultLimits));
  const resolved: { -readonly [Name in keyof Limits]: number } = { ...defaultLimits };
  for (const [name, value] of Object.entries(limits) as [keyof Limits, number | undefined][]) {
    if (value === undefined) continue;
    const whole = Number.isInteger(value) && value > 0 && value <= 0x7fffffff;
    if (!whole && value !== defaultLimits[name])
      throw new TypeError(`limits.${name} must be a whole number from 1 to 2147483647, not ${value}`);
    resolved[name] = value;
  }
  return withBudget(resolved, limits.streamBudgetBytes !== undefined);
}

function withBudget(limits: Limits, given: boolean): Limits {
  const { streams, streamBytes, streamBudgetBytes } = limits;
  const aside = streams * streamBytes;
  if (aside <= streamBudgetBytes) return limits;
  if (given)
    throw new TypeError(
      `limits.streamBudgetBytes must be at least streams × streamBytes, which is ${aside}, not ${streamBudgetBytes}: raise it, or lower one of them`,
    );
  return { ...limits, streamBudgetBytes: aside };
}

/** The part of the limits that the peer is told. */
export type PeerLimits = Pick<
  Limits,
  | "messageBytes"
  | "commandsInFlight"
  | "streams"
  | "decodeElements"
  | "queuedBytes"
  | "queuedCommands"
  | "streamItems"
  | "streamBytes"
  | "commandNames"
> & {
  /** The forms in which commands may come compressed, as bits; see docs/PROTOCOL.md. No option: the schemas of the handlers say it. */
  readonly compressions?: number | undefined;
};

/** The generated `Limits` message has the same field names, so that a limit has one name in code, schema and wire. */
export function limitsToWire(limits: Limits & Pick<PeerLimits, "compressions">): LimitsInit {
  const {
    outboxBytes: _outbox,
    waitingSends: _waiting,
    streamBudgetBytes: _budget,
    unfinishedBytes: _unfinished,
    parkedReplies: _parked,
    commandsPerSecond: _pace,
    ...told
  } = limits;
  return told;
}
