import { defaultLimits, type Limits } from "../../runtime/session/limits.ts";
import { type AdmissionScenario, admissionOf } from "./admission.ts";
import type { LinkQuality } from "./link.ts";
import { SimRandom } from "./random.ts";

/** What kind of world a seed makes. Times are in virtual milliseconds. */
export interface Scenario {
  readonly seed: number;
  readonly random: SimRandom;
  readonly sealed: boolean;
  /** 1 Mbit/s, 50 ms, 4 MiB of transport buffer: nothing is cut, and nothing may be lost. */
  readonly slow: boolean;
  readonly clients: number;
  readonly entrances: readonly string[];
  readonly quality: LinkQuality;
  /** What every path takes at a time, and in what pieces; undefined: as much as it is measured to. */
  readonly narrow: { readonly windowBytes: number; readonly pieceBytes: number } | undefined;
  /** How long the network and the programs are restless. */
  readonly chaosMs: number;
  readonly cutChance: number;
  readonly cutBytes: number;
  /** Cuts at times of their own, beside those at bytes. */
  readonly timedCuts: number;
  readonly freezes: number;
  readonly restarts: number;
  /** How often the server moves its clients to another entrance; only a server that seals can. */
  readonly moves: number;
  /** Clients whose process is killed. */
  readonly deaths: number;
  /** How likely what a client sent on one connection comes again on another one. */
  readonly replayChance: number;
  /** How many sessions the server keeps without a connection. */
  readonly detachedSessions: number;
  /** Commands of each client, and of the server to each. */
  readonly commands: number;
  /** The largest text of a command, in characters. */
  readonly textLength: number;
  readonly retentionMs: number;
  readonly livenessTimeoutMs: number;
  readonly handshakeTimeoutMs: number;
  readonly sendTimeoutMs: number;
  readonly rotateAfterMs: number;
  readonly rotateAfterBytes: number;
  readonly limits: Limits;
  /** Undefined: everybody is let in. */
  readonly admission: AdmissionScenario | undefined;
}

const SLOW: LinkQuality = {
  latencyMs: 50,
  jitterMs: 0,
  bytesPerMs: 125,
  highWaterBytes: 4 * 1024 * 1024,
  pieceBytes: 12_000,
  splitChance: 0.2,
};

/** The world of a seed: one in five seals, and most of those move their clients; one in twenty-five is slow. */
export function scenarioOf(seed: number): Scenario {
  const random = new SimRandom(seed);
  const slow = seed % 25 === 7;
  const chaosMs = slow ? 10_000 : random.between(4_000, 20_000);
  const sealed = seed % 5 === 0;
  const moves = sealed && !slow ? random.pick([0, 1, 3, 6]) : 0;
  return {
    seed,
    random,
    slow,
    sealed,
    clients: slow ? 1 : random.between(1, 3),
    entrances: moves === 0 && random.chance(0.5) ? ["a"] : ["a", "b"],
    quality: slow ? SLOW : quality(random),
    chaosMs,
    cutChance: slow ? 0 : random.pick([0.7, 0.9, 0.97]),
    cutBytes: random.pick([1_500, 6_000, 20_000]),
    timedCuts: slow ? 0 : random.between(0, 6),
    freezes: slow ? 0 : random.pick([0, 0, 1, 3]),
    restarts: slow ? 0 : random.pick([0, 0, 0, 1, 2]),
    moves,
    deaths: slow ? 0 : random.pick([0, 0, 0, 0, 1]),
    replayChance: sealed && !slow ? 0.3 : 0,
    detachedSessions: slow ? 100 : random.pick([1, 100, 100, 100, 100]),
    commands: slow ? 80 : random.between(20, 60),
    textLength: slow ? 60_000 : random.pick([10, 100, 600]),
    retentionMs: slow ? 300_000 : random.pick([0, 3_000, 20_000, 20_000, 120_000, 120_000, 300_000, 300_000, 300_000]),
    livenessTimeoutMs: slow ? 10_000 : random.pick([1_500, 4_000, 10_000]),
    handshakeTimeoutMs: slow ? 10_000 : random.pick([1_500, 10_000]),
    sendTimeoutMs: slow ? 60_000 : 5_000,
    rotateAfterMs: random.pick([500, 3_000, 120_000]),
    rotateAfterBytes: random.pick([4_000, 1_000_000]),
    limits: slow ? defaultLimits : limits(random),
    admission: slow ? undefined : admissionOf(seed),
    narrow:
      slow || seed % 3 !== 0 ? undefined : { windowBytes: random.pick([300, 1_000, 4_000]), pieceBytes: random.pick([256, 300, 1_000]) },
  };
}

function quality(random: SimRandom): LinkQuality {
  return {
    latencyMs: random.pick([0, 1, 5, 20, 60]),
    jitterMs: random.pick([0, 3, 30]),
    bytesPerMs: random.pick([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 100, 1_000]),
    highWaterBytes: random.pick([500, 10_000, 1_000_000]),
    pieceBytes: random.pick([60, 1_400, 65_536]),
    splitChance: random.pick([0, 0.3, 1]),
  };
}

/** The defaults, or a few limits so tight that everything waits for credit. */
function limits(random: SimRandom): Limits {
  if (random.chance(0.5)) return defaultLimits;
  return {
    ...defaultLimits,
    outboxBytes: random.pick([800, 4_000, 100_000]),
    queuedCommands: random.pick([1, 4, 64]),
    queuedBytes: random.pick([300, 5_000]),
    streamItems: random.pick([1, 3, 16]),
    streamBytes: random.pick([50, 2_000]),
    commandsPerSecond: random.pick([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 30]),
  };
}
