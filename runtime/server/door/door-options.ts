import { checkCounts } from "../../common-options.ts";
import { checkOptions } from "../../errors/options.ts";

/** How a server keeps strangers from taking its time. What is over a limit is refused with a time after which it is welcome, and then cut. */
export interface DoorOptions {
  /**
   * Connections that one address may open at once, and that many more before it is cut at once instead of being told. An IPv6 address counts with its whole
   * /64. Default 500: a school or a mobile network behind one address, back after a pause.
   */
  readonly connectionBurst?: number | undefined;
  /** Connections that one address may open in a second in the long run. Default 50: under a hundredth of a core. */
  readonly connectionsPerSecond?: number | undefined;
  /** Addresses that are counted at once; the one that was quiet longest is forgotten. Default 65,536, of some 100 bytes each. */
  readonly countedAddresses?: number | undefined;
  /** Addresses and networks that are not counted. Default those of this machine: 127.0.0.0/8 and ::1. */
  readonly uncounted?: readonly string[] | undefined;
  /** Handshakes of clients that know no key of this server (a judging function as `serverKey`), at once, all addresses together. Default 1,000. */
  readonly unpinnedBurst?: number | undefined;
  /** The same in a second, in the long run. Default 200: they cost anybody nothing to ask for. */
  readonly unpinnedPerSecond?: number | undefined;
  /** Milliseconds of a turn of the event loop that handshakes may take, so that sessions wait no longer than that. Default 0.5: three handshakes or so. */
  readonly handshakeBudgetMs?: number | undefined;
  /**
   * The part of the server's time that handshakes of clients without a ticket may take while many are not finished, above 0 and at most 0.5; those with a
   * ticket have as much again. As long as clients finish what they begin, there is no such bound. Default 0.1: some four hundred handshakes a second.
   */
  readonly handshakeShare?: number | undefined;
  /** Handshakes that wait for their time; whoever has no ticket is refused beyond it. Default 1,024: half a second of a busy server. */
  readonly queuedHandshakes?: number | undefined;
  /** How long a ticket is honoured with which a client that had a session passes the others. Default 3,600,000: an hour. */
  readonly ticketLifetimeMs?: number | undefined;
}

export type DoorSettings = { readonly [Name in keyof DoorOptions]-?: NonNullable<DoorOptions[Name]> };

const defaults: DoorSettings = {
  connectionBurst: 500,
  connectionsPerSecond: 50,
  countedAddresses: 65_536,
  uncounted: ["127.0.0.0/8", "::1"],
  unpinnedBurst: 1_000,
  unpinnedPerSecond: 200,
  handshakeBudgetMs: 0.5,
  handshakeShare: 0.1,
  queuedHandshakes: 1_024,
  ticketLifetimeMs: 3_600_000,
};

/** Throws TypeError for unknown options and impossible values. */
export function doorSettings(options: DoorOptions = {}): DoorSettings {
  checkOptions("`door`", options, Object.keys(defaults));
  const { uncounted, handshakeBudgetMs = 1, handshakeShare = 0.5, ...counts } = options;
  checkCounts(counts, Object.keys(counts) as (keyof typeof counts)[]);
  if (!(handshakeBudgetMs > 0 && handshakeBudgetMs <= 1_000))
    throw new TypeError(`handshakeBudgetMs is a number of milliseconds above 0 and at most 1000, not ${String(handshakeBudgetMs)}`);
  if (!(handshakeShare > 0 && handshakeShare <= 0.5))
    throw new TypeError(`handshakeShare is a number above 0 and at most 0.5, not ${String(handshakeShare)}`);
  if (uncounted !== undefined && !Array.isArray(uncounted))
    throw new TypeError('`uncounted` is a list of networks, for example ["10.0.0.0/8"]');
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return { ...defaults, ...given };
}
