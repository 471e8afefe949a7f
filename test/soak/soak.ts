import { setMaxListeners } from "node:events";
import type { Client, EndReason } from "../../runtime/index.ts";
import { describeFootprint, type Footprint, handleCount, leaksBetween, measure } from "./footprint.ts";
import { cut, endings, lifeHandlers, type Life, loose, useAll } from "./lives.ts";
import { openPlace, type Place } from "./place.ts";

export interface SoakOptions {
  readonly sessions: number;
  /** Sessions before the first measurement: code is compiled, and pools have their size. */
  readonly warmUp: number;
  /** One session in so many goes over a socket or a port. */
  readonly socketsEvery: number;
  /** Sessions at once. */
  readonly concurrency: number;
  readonly print: (line: string) => void;
  /** Sees each session once it is over. */
  readonly over?: (client: Client) => void;
}

export interface SoakResult {
  readonly start: Footprint;
  readonly end: Footprint;
  readonly resumes: number;
  readonly ends: ReadonlyMap<EndReason, number>;
  readonly leaks: readonly string[];
}

/** How often a soak tells how far it is. */
const PROGRESS_LINES = 10;
/** How long what was closed may take to be gone: a client that gives up during the handshake of TLS is cut after 10 s. */
const REST_MS = 15_000;
/** After so many sessions, one never gets in: its client gives up half-way, or there is nobody. */
const TURNED_AWAY_EVERY = 25;

/** Opens, uses, cuts, resumes and closes sessions, and compares what the process holds at the end with what it held at the start. */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  const { sessions, warmUp, print } = options;
  const place = await openPlace(lifeHandlers);
  const run = new Soak(options, place, await measure());
  try {
    await run.live(warmUp, () => {});
    const start = await run.rest();
    print(`at the start, after ${warmUp} sessions: ${describeFootprint(start)}`);
    const step = Math.ceil(sessions / PROGRESS_LINES);
    const began = performance.now();
    await run.live(sessions, (done) => {
      if (done % step === 0 && done < sessions)
        print(`${done} sessions: ${(done / ((performance.now() - began) / 1000)).toFixed(0)} a second`);
    });
    const end = await run.rest();
    print(`at the end, after ${sessions} more: ${describeFootprint(end)}`);
    return { start, end, resumes: run.resumes, ends: run.ends, leaks: leaksBetween(start, end) };
  } finally {
    await run.close();
  }
}

class Soak {
  readonly ends = new Map<EndReason, number>();
  resumes = 0;
  readonly #options: SoakOptions;
  readonly #place: Place;
  readonly #forever = new AbortController().signal;
  /** The server by itself, before its first session. */
  readonly #alone: Footprint;
  #number = 0;

  constructor(options: SoakOptions, place: Place, alone: Footprint) {
    this.#alone = alone;
    this.#options = options;
    this.#place = place;
    // Those of many sessions at once are no leak; those of sessions that are over are, and the heap shows them.
    setMaxListeners(0, this.#forever);
  }

  /** Lives through so many sessions, some of them at a time. */
  async live(sessions: number, progress: (done: number) => void): Promise<void> {
    const last = this.#number + sessions;
    let done = 0;
    const worker = async (): Promise<void> => {
      while (this.#number < last) {
        await this.#liveOne(this.#number++);
        progress(++done);
      }
    };
    await Promise.all(Array.from({ length: this.#options.concurrency }, worker));
  }

  /** Waits until nothing is under way, then measures. */
  async rest(): Promise<Footprint> {
    await Promise.all(Array.from(this.#place.server.sessions(), (session) => session.close()));
    const until = performance.now() + REST_MS;
    while (handleCount() > this.#alone.handles && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
    return measure();
  }

  close(): Promise<void> {
    return this.#place.close();
  }

  async #liveOne(number: number): Promise<void> {
    if (number % TURNED_AWAY_EVERY === 0) await this.#turnedAway(number);
    const client = await this.#place.connect(number, this.#options.socketsEvery, { signal: this.#forever });
    const session = [...this.#place.server.sessions()].find(({ id }) => id === client.id)!;
    const life: Life = { number, client, session, forever: this.#forever, patience: new AbortController() };
    await useAll(life);
    // Whether it succeeds is not what this is about; that it leaves nothing behind is.
    Promise.resolve(loose[number % loose.length]!(life)).catch(() => {});
    cut(life);
    await useAll(life);
    await endings[number % endings.length]!(life);
    const { reason } = await client.closed;
    this.ends.set(reason, (this.ends.get(reason) ?? 0) + 1);
    this.resumes++;
    this.#options.over?.(client);
  }

  async #turnedAway(number: number): Promise<void> {
    const giveUp = new AbortController();
    const attempt = this.#place.connect(number, this.#options.socketsEvery, { signal: giveUp.signal });
    setImmediate(() => giveUp.abort());
    await attempt.then(
      (client) => client.close(),
      () => {},
    );
  }
}
