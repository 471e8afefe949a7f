import type { Implementation } from "./command/handlers.ts";
import type { Interceptor } from "./command/interceptor.ts";
import type { Log } from "./command/log.ts";
import type { Session } from "./command/session-type.ts";
import type { CryptoProvider } from "./crypto/provider.ts";
import type { RandomSource } from "./crypto/random.ts";
import type { ServiceType } from "./schema/service-type.ts";
import type { Limits } from "./session/limits.ts";
import type { Clock } from "./time/clock.ts";
import type { MemoryNetwork } from "./transport/memory-network.ts";

/** What `serve` and `connect` have in common. Times are in milliseconds. */
export interface CommonOptions<Data = unknown> {
  /** What this side handles, made with `implement`. */
  readonly handlers?: readonly Implementation<Data>[] | undefined;
  /**
   * Services that this side is going to call. What the other side has of them is then known when the session begins; it is asked for others at their first
   * `use`, and calls wait for the answer.
   */
  readonly services?: readonly ServiceType[] | undefined;
  /** Wrap commands in both directions, the first outermost; `call.side` tells which. */
  readonly interceptors?: readonly Interceptor[] | undefined;
  /** Makes `session.data` when a session begins. */
  readonly sessionData?: ((session: Session<unknown>) => Data) | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /** Bytes in one direction after which keys are renewed. Default 1 GiB. */
  readonly rotateAfterBytes?: number | undefined;
  /** From the transport's opening to the end of the handshake, and from there to the other side's hello. Default 10,000. */
  readonly handshakeTimeoutMs?: number | undefined;
  /**
   * The longest silence of a connection while anything is outstanding. It is given up earlier where roundtrips are short: after 12 of them, and 1,500 ms at
   * the soonest. Default 10,000.
   */
  readonly livenessTimeoutMs?: number | undefined;
  /** Silence after which a server pings a quiet session. Default 25,000. */
  readonly keepAliveMs?: number | undefined;
  /**
   * How long a session without a connection is kept, so that it can go on over another one; the shorter of both sides' times counts. 0: a session ends
   * with its connection. A client's time is not told to the server, which keeps what a client left without a word (its process died, or it had 0) for its own. Default
   * 300,000.
   */
  readonly retentionMs?: number | undefined;
  /** Deadline of unary commands whose schema and call state none. Default 30,000. */
  readonly defaultTimeoutMs?: number | undefined;
  /** How long a send may wait for room or credit. Default 5,000. */
  readonly sendTimeoutMs?: number | undefined;
  /** Gets what whoever runs this process should know. Default: warnings and errors on the console. */
  readonly log?: Log | undefined;
  /** Where `memory:` endpoints are. */
  readonly memory?: MemoryNetwork | undefined;
  /** Seals nothing. Only on `memory:` endpoints, and only when both sides say so; not in a browser, which has no server. Default false. */
  readonly unsealed?: boolean | undefined;
  /** Default: native in Node, portable in browsers. */
  readonly crypto?: CryptoProvider | undefined;
  /** Default: the platform's. */
  readonly clock?: Clock | undefined;
  /** Default: the platform's cryptographically secure source. */
  readonly random?: RandomSource | undefined;
}

/** The names of {@link CommonOptions}, for the check of unknown ones. */
export const commonOptionNames = [
  "handlers",
  "services",
  "interceptors",
  "sessionData",
  "limits",
  "rotateAfterBytes",
  "handshakeTimeoutMs",
  "livenessTimeoutMs",
  "keepAliveMs",
  "retentionMs",
  "defaultTimeoutMs",
  "sendTimeoutMs",
  "log",
  "memory",
  "unsealed",
  "crypto",
  "clock",
  "random",
] as const satisfies readonly (keyof CommonOptions)[] as readonly string[];

/** The times of a session whose defaults are not the channel's. */
export interface SessionTimes {
  readonly handshakeTimeoutMs: number;
  readonly livenessTimeoutMs: number;
  readonly keepAliveMs: number;
  readonly defaultTimeoutMs: number;
  readonly sendTimeoutMs: number;
}

const defaultTimes: SessionTimes = {
  handshakeTimeoutMs: 10_000,
  livenessTimeoutMs: 10_000,
  keepAliveMs: 25_000,
  defaultTimeoutMs: 30_000,
  sendTimeoutMs: 5_000,
};

/** The times of a session, defaults filled in. Throws TypeError for what is not a whole number from 1 on. */
export function sessionTimes(options: { readonly [Name in keyof SessionTimes]?: number | undefined }): SessionTimes {
  const names = Object.keys(defaultTimes) as (keyof SessionTimes)[];
  checkCounts(options, names);
  const times: { -readonly [Name in keyof SessionTimes]: number } = { ...defaultTimes };
  for (const name of names) times[name] = options[name] ?? times[name];
  return times;
}

const DEFAULT_RETENTION_MS = 300_000;
/** What a timer of every platform can wait for. */
const MAX_RETENTION_MS = 0x7fffffff;

/** The retention time, or its default. Throws TypeError for what is no whole number of milliseconds. */
export function retentionOf(retentionMs: number = DEFAULT_RETENTION_MS): number {
  if (Number.isSafeInteger(retentionMs) && retentionMs >= 0 && retentionMs <= MAX_RETENTION_MS) return retentionMs;
  throw new TypeError(`retentionMs must be a whole number from 0 to ${MAX_RETENTION_MS}, not ${retentionMs}`);
}

/** Throws TypeError for one of these options that is given and not a whole number from 1 on. */
export function checkCounts<Name extends string>(options: { readonly [N in Name]?: number | undefined }, names: readonly Name[]): void {
  for (const name of names) {
    const value: number | undefined = options[name];
    if (value !== undefined && !(Number.isSafeInteger(value) && value > 0))
      throw new TypeError(`${name} must be a whole number from 1 on, not ${value}`);
  }
}
