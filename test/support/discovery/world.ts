import { chanceOf } from "../../../runtime/discovery/chance.ts";
import { parseEndpointList } from "../../../runtime/discovery/endpoint-list.ts";
import { EndpointPool } from "../../../runtime/discovery/endpoint-pool.ts";
import { type RaceOptions, type RaceResult, race, type TargetSource } from "../../../runtime/discovery/race.ts";
import type { DiscoveryStep } from "../../../runtime/discovery/step.ts";
import type { DialTarget } from "../../../runtime/discovery/target.ts";
import { seededRandom, TestTime } from "../channel/ends.ts";
import { type Behaviour, ScriptedAttempts } from "./attempts.ts";

/** The targets of one endpoint, each at one of `addresses`. */
export function targetsOf(url: string, addresses: readonly string[], priority = 0): DialTarget[] {
  const [listed] = parseEndpointList([{ url, priority }]);
  return addresses.map((address) => ({ endpoint: listed!.endpoint, address, priority }));
}

/** A source that brings its targets at once. */
export function sourceOf(targets: readonly DialTarget[], priority: number = targets[0]?.priority ?? 0): TargetSource {
  return {
    url: targets[0]?.endpoint.url ?? "ws://nowhere.test/",
    priority,
    open: ({ found, done }) => {
      found(targets);
      done();
      return () => {};
    },
  };
}

/** A pool, time and attempts of one test, and what a race told. */
export class RaceWorld {
  readonly time: TestTime = new TestTime();
  readonly pool: EndpointPool;
  readonly attempts: ScriptedAttempts;
  readonly steps: DiscoveryStep[] = [];
  readonly discarded: string[] = [];
  result: RaceResult<string> | undefined;
  error: unknown;

  constructor(behaviour: Readonly<Record<string, Behaviour>> | ((name: string) => Behaviour | undefined), seed = 1) {
    this.pool = new EndpointPool([], { timers: this.time.timers, chance: chanceOf(seededRandom(seed)) });
    this.attempts = new ScriptedAttempts(this.time.timers, behaviour);
  }

  race(sources: readonly TargetSource[], options: Partial<RaceOptions<string>> = {}): void {
    race<string>({
      timers: this.time.timers,
      pool: this.pool,
      sources,
      attempt: this.attempts.attempt,
      discard: (value) => void this.discarded.push(value),
      onStep: (step) => void this.steps.push(step),
      attemptDelayMs: 250,
      attemptTimeoutMs: 10_000,
      maxConcurrent: 8,
      deadlineMs: Number.POSITIVE_INFINITY,
      ...options,
    }).then(
      (result) => {
        this.result = result;
      },
      (error: unknown) => {
        this.error = error;
      },
    );
  }
}
