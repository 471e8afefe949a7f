import type { Timers } from "../time/timers.ts";
import { WheelTimer } from "../time/wheel-timer.ts";

/** Probes a peer that still is silent, or gives it up. False when neither was due. */
export type Look = () => boolean;

/** What liveness asks of the session. */
export interface LivenessHost {
  /** Whether something is outstanding: unacknowledged frames, open requests, an unanswered ping. */
  readonly waiting: boolean;
  probe(): void;
  /** Calls back once the input that waits has been read, or later where many peers are silent. */
  afterPoll(look: Look): void;
  dead(): void;
}

/** The least silence that is probed: a turn of the peer's event loop may take that long, and so may a lost packet. */
export const MIN_PROBE_MS = 500;
/** How many roundtrips an answer may take. */
const PROBE_ROUNDTRIPS = 4;

/**
 * Decides when a peer is dead. Every received byte is life. While something is outstanding, silence is probed twice and ends after three times
 * four roundtrips (the longest of late), or three times {@link MIN_PROBE_MS} where those are shorter; after `timeoutMs` at the latest, and while no
 * roundtrip was measured. A quiet session is pinged every `keepAliveMs` by its server, and its client becomes suspicious when those pings stay away.
 */
export class Liveness extends WheelTimer {
  readonly #timers: Timers;
  readonly #host: LivenessHost;
  readonly #quietMs: number;
  readonly #maxProbeMs: number;
  #probeMs: number;
  #rttMs = 0;
  #heardAt: number;
  #probes = 0;
  #probedAt = 0;
  /** The timer ends no later than a probe would: nothing that is outstanding shortens it. */
  #near = false;
  #stopped = false;

  /**
   * @param timeoutMs the longest silence while something is outstanding
   * @param quietMs silence after which a side with nothing outstanding pings: `keepAliveMs` at the server, more at the client
   */
  constructor(timers: Timers, host: LivenessHost, timeoutMs: number, quietMs: number) {
    super();
    this.#timers = timers;
    this.#host = host;
    this.#quietMs = quietMs;
    this.#maxProbeMs = this.#probeMs = Math.floor(timeoutMs / 3);
    // Whole milliseconds: V8 keeps a fraction in an object of its own.
    this.#heardAt = Math.floor(timers.now());
    this.#arm(quietMs);
  }

  /** Bytes came from the peer. */
  heard(): void {
    this.#heardAt = Math.floor(this.#timers.now());
    this.#probes = 0;
  }

  /** A roundtrip took so long. One that took longer than those before counts at once, a shorter one little by little. */
  measured(rttMs: number): void {
    this.#rttMs = Math.max(rttMs, (7 * this.#rttMs + rttMs) / 8);
    this.#probeMs = Math.min(this.#maxProbeMs, Math.max(MIN_PROBE_MS, PROBE_ROUNDTRIPS * this.#rttMs));
    this.#near = false;
    if (this.#host.waiting) this.expect();
  }

  /** Something is outstanding from now on: silence counts. */
  expect(): void {
    // Asked for every frame.
    if (this.#near) return;
    if (this.due - this.#timers.now() > this.#probeMs) this.#arm(this.#probeMs);
    this.#near = true;
  }

  stop(): void {
    this.#stopped = true;
    this.disarm();
  }

  #arm(delayMs: number): void {
    if (this.#stopped) return;
    this.disarm();
    this.#near = delayMs <= this.#probeMs;
    this.#timers.start(this, delayMs);
  }

  /** It is time to look; first, input that already waits in the kernel is read. */
  override expire(): void {
    // This process slept (a suspended machine, a blocked event loop): what the silence was is not known, so the probes begin anew.
    if (this.#timers.now() - this.due > this.#probeMs) this.#probes = 0;
    this.#host.afterPoll(() => this.#look());
  }

  #look(): boolean {
    if (this.#stopped) return false;
    const now = this.#timers.now();
    const silenceMs = this.#host.waiting ? Math.min(this.#probeMs, this.#quietMs) : this.#quietMs;
    const waitMs = Math.max(silenceMs + this.#heardAt, this.#probes && this.#probeMs + this.#probedAt) - now;
    if (waitMs > 0) this.#arm(waitMs);
    else if (this.#probes < 2) {
      this.#probes++;
      this.#probedAt = now;
      this.#host.probe();
      this.#arm(Math.min(this.#probeMs, this.#quietMs));
    } else this.#host.dead();
    return waitMs <= 0;
  }
}
