import type { Knock } from "../../channel/options.ts";
import { type Chance, chanceOf } from "../../discovery/chance.ts";
import type { Log } from "../../command/log.ts";
import type { CryptoProvider } from "../../crypto/provider.ts";
import type { RandomSource } from "../../crypto/random.ts";
import type { Clock } from "../../time/clock.ts";
import type { Timers } from "../../time/timers.ts";
import { type AddressTest, addressTest } from "../../transport/address-list.ts";
import type { Gate, Place } from "../../transport/gate.ts";
import type { RemoteAddress } from "../../transport/transport.ts";
import { addressKey } from "./address-key.ts";
import { type DoorOptions, type DoorSettings, doorSettings } from "./door-options.ts";
import { HandshakeQueue } from "./handshake-queue.ts";
import { type HalfOpen, Places } from "./places.ts";
import { Tickets } from "./tickets.ts";
import { TokenBuckets } from "./token-buckets.ts";
import { Trust } from "./trust.ts";

/** When a client that was refused because others are too many may come again. It adds chance of its own. */
const RETRY_AFTER_MS = 1_000;

/** How often the log is told that clients are turned away, while they are. */
const TELL_EVERY_MS = 60_000;

/** What a door takes from its server. */
export interface DoorSeams {
  readonly crypto: CryptoProvider;
  readonly random: RandomSource;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

/** Connections that the door has turned away, by what it had against them. */
export interface DoorCounts {
  /** Cut at once: their address opens far too many. */
  readonly cut: number;
  /** Told OVERLOADED. */
  readonly refused: number;
  /** Cut in their handshake, for others that came later. */
  readonly dropped: number;
}

/**
 * What stands before a server's sessions: decides which connections may come in at all, which handshakes are worth a Diffie-Hellman, and when there
 * is time for one (docs/SECURITY.md, "The door").
 */
export class Door implements Gate {
  readonly #settings: DoorSettings;
  readonly #isUncounted: AddressTest;
  readonly #byAddress: TokenBuckets;
  readonly #unpinned: TokenBuckets;
  readonly #places: Places;
  readonly #queue: HandshakeQueue;
  readonly #trust = new Trust();
  readonly #tickets: Tickets;
  readonly #log: Log;
  readonly #now: () => number;
  readonly #counts = { cut: 0, refused: 0, dropped: 0 };
  /** When the log was told of them. */
  #toldAt = Number.NEGATIVE_INFINITY;

  /** Throws TypeError for impossible options. */
  constructor(options: DoorOptions | undefined, halfOpenConnections: number, { crypto, random, clock, timers, log }: DoorSeams) {
    const settings = doorSettings(options);
    const chance: Chance = chanceOf(random);
    const now = (): number => clock.now();
    this.#settings = settings;
    this.#log = log;
    this.#now = now;
    this.#isUncounted = addressTest("uncounted", settings.uncounted);
    const { connectionBurst, connectionsPerSecond, countedAddresses, unpinnedBurst, unpinnedPerSecond } = settings;
    this.#byAddress = new TokenBuckets({ burst: connectionBurst, refillPerSecond: connectionsPerSecond, keys: countedAddresses, now });
    this.#unpinned = new TokenBuckets({ burst: unpinnedBurst, refillPerSecond: unpinnedPerSecond, keys: 1, now });
    this.#tickets = new Tickets({ crypto, random, now, lifetimeMs: settings.ticketLifetimeMs });
    this.#places = new Places(halfOpenConnections, chance, ({ begun }, arrived) => {
      if (begun) this.#trust.over(arrived);
    });
    this.#queue = new HandshakeQueue({
      clock,
      timers,
      budgetMs: settings.handshakeBudgetMs,
      share: settings.handshakeShare,
      free: () => this.#trust.free,
    });
  }

  get counts(): DoorCounts {
    return { ...this.#counts };
  }

  /** Connections that have not been let in. */
  get halfOpen(): number {
    return this.#places.size;
  }

  enter(remote: RemoteAddress | undefined, cut: () => void): HalfOpen | undefined {
    const waitMs = this.#waitOf(remote);
    if (waitMs === "cut") return undefined;
    const { connection, dropped } = this.#places.enter(cut);
    if (dropped) this.#turnedAway("dropped");
    connection.retryAfterMs = waitMs;
    return connection;
  }

  count(place: Place, remote: RemoteAddress): boolean {
    const waitMs = this.#waitOf(remote);
    if (waitMs === "cut") return false;
    (place as HalfOpen).retryAfterMs = waitMs;
    return true;
  }

  /** Whether this connection is worth a Diffie-Hellman: undefined, or after how many milliseconds it may come again. */
  judge(connection: HalfOpen, { knowsServer, ticket }: Knock): number | undefined {
    if (ticket.length > 0 && this.#tickets.redeem(ticket)) this.#places.honour(connection);
    const retryAfterMs = connection.ticketed ? undefined : this.#judgeStranger(connection, knowsServer);
    if (retryAfterMs !== undefined) this.#turnedAway("refused");
    return retryAfterMs;
  }

  /** Does a piece of its handshake when there is time. */
  schedule(connection: HalfOpen, work: () => void): void {
    const { ticketed } = connection;
    this.#queue.push(() => {
      if (!connection.begun && connection.isHere) {
        connection.begun = true;
        this.#trust.begun();
      }
      work();
    }, ticketed);
  }

  /** With what a client that has a session passes the next time, once. */
  ticket(): Uint8Array {
    return this.#tickets.issue();
  }

  /** Cuts all that have not been let in. */
  close(): void {
    for (const connection of this.#places.values()) {
      connection.leave();
      connection.cut();
    }
  }

  #turnedAway(how: keyof DoorCounts): void {
    const counts = this.#counts;
    counts[how]++;
    if (this.#now() - this.#toldAt < TELL_EVERY_MS) return;
    this.#toldAt = this.#now();
    const told = `${counts.refused} refused, ${counts.cut} cut, ${counts.dropped} dropped since the server began`;
    this.#log({ level: "warn", message: `more clients come than \`door\` and \`halfOpenConnections\` let in: ${told}` });
  }

  /** For how long this address has to stay away; undefined when it may come. */
  #waitOf(remote: RemoteAddress | undefined): number | "cut" | undefined {
    if (remote === undefined || this.#isUncounted(remote.address)) return undefined;
    const { connectionBurst, connectionsPerSecond } = this.#settings;
    const missing = this.#byAddress.take(addressKey(remote.address));
    if (missing === 0) return undefined;
    if (missing < connectionBurst) return Math.ceil((missing * 1000) / connectionsPerSecond);
    this.#turnedAway("cut");
    return "cut";
  }

  #judgeStranger({ retryAfterMs }: HalfOpen, knowsServer: boolean): number | undefined {
    if (retryAfterMs !== undefined) return retryAfterMs;
    if (this.#queue.strangers >= this.#settings.queuedHandshakes) return RETRY_AFTER_MS;
    if (knowsServer) return undefined;
    const missing = this.#unpinned.take("");
    return missing > 0 ? Math.ceil((missing * 1000) / this.#settings.unpinnedPerSecond) : undefined;
  }
}
