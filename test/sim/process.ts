import type { Clock } from "../../runtime/time/clock.ts";
import type { Timeline } from "./timeline.ts";

/** What the wall clock of every process says when a world begins. */
export const WALL_START_MS: number = Date.UTC(2026, 0, 1);

/** One simulated process: what runs in it runs by its clock, late when it was frozen meanwhile, and not at all once it was killed. */
export class SimProcess implements Clock {
  readonly name: string;
  readonly timeline: Timeline;
  alive = true;
  /** Timers that are armed now. */
  timers = 0;
  /** What the world has for it while it is frozen. */
  #held: (() => void)[] | undefined;
  readonly #killed: (() => void)[] = [];

  constructor(name: string, timeline: Timeline) {
    this.name = name;
    this.timeline = timeline;
  }

  now(): number {
    return this.timeline.now;
  }

  wallNow(): number {
    return WALL_START_MS + this.timeline.now;
  }

  setTimer(delayMs: number, wake: () => void): () => void {
    let armed = true;
    this.timers++;
    const disarm = (): void => {
      if (armed) this.timers--;
      armed = false;
    };
    const event = this.timeline.after(delayMs, () =>
      this.enter(() => {
        if (!armed) return;
        disarm();
        wake();
      }),
    );
    return () => {
      event.run = undefined;
      disarm();
    };
  }

  endOfTurn(run: () => void): void {
    this.timeline.endOfTurn(() => this.enter(run));
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.setTimer(ms, resolve);
    });
  }

  /** Runs something inside the process: now, or when it thaws. */
  enter(run: () => void): void {
    if (!this.alive) return;
    if (this.#held !== undefined) this.#held.push(run);
    else run();
  }

  /** Stops it for a while. All that it missed then comes in one turn, before the end of which it judges nothing. */
  freeze(ms: number): void {
    if (this.#held !== undefined || !this.alive) return;
    this.#held = [];
    this.timeline.after(ms, () => {
      const held = this.#held ?? [];
      this.#held = undefined;
      for (const run of held) this.enter(run);
    });
  }

  /** Ends it without a word. */
  kill(): void {
    this.alive = false;
    this.timers = 0;
    for (const killed of this.#killed.splice(0)) killed();
  }

  whenKilled(run: () => void): void {
    this.#killed.push(run);
  }
}
