import type { Timer, Timers } from "../time/timers.ts";
import { type Counts, countEach } from "./counts.ts";
import { Priority } from "./priority.ts";
import type { Turns } from "./session-options.ts";

// A constant of its own: every frame asks for it.
const { NORMAL } = Priority;

/**
 * How long an acknowledgement waits for other frames to ride with. One that goes alone costs its receiver as much as a message does, so it waits as long as nobody
 * waits for it; less than the least silence that a peer probes, which would cost more. Who needs it sooner asks by a ping.
 */
export const ACK_DELAY_MS = 250;
/** The same for what is not of class NORMAL, and for all from a peer that paces what it sends: it measures its path by what it hears. */
export const PACED_ACK_DELAY_MS = 25;
/**
 * Bytes after which an acknowledgement waits no longer, where the peer paces; else they are all that it waits for {@link PACED_ACK_DELAY_MS} at most, as the peer may begin
 * to. Half of what may be under way to a peer about whose path nothing is known.
 */
export const ACK_BYTES = 32_768;
/** Bytes after which it waits no longer in any case: a quarter of what a peer holds by default. Each that goes alone costs both sides a call into the kernel, and its receiver a turn. */
export const UNPACED_ACK_BYTES = 1_048_576;

/** Counts what this side accepted and decides when to say so. */
export class Acks {
  readonly #timers: Timers;
  protected readonly turns: Turns;
  #accepted = 0;
  /** Of the other classes. */
  #others: number[] | undefined;
  #due = false;
  #bytes = 0;
  #timer: Timer | undefined;
  /** The peer uses HIGH or BULK, and so paces what it sends. */
  #paced = false;
  /** The timer runs for {@link PACED_ACK_DELAY_MS}. */
  #soon = false;

  /** @param turns is asked for a flush, which takes the acknowledgement along */
  constructor(timers: Timers, turns: Turns) {
    this.#timers = timers;
    this.turns = turns;
  }

  /** How many numbered frames of class NORMAL were accepted. */
  get accepted(): number {
    return this.#accepted;
  }

  /** How many of each class. */
  get counts(): Counts {
    const others = this.#others;
    if (others === undefined) return [this.accepted];
    return countEach((priority) => (priority === NORMAL ? this.accepted : others[priority]!));
  }

  /** Whether there is something to tell. */
  get due(): boolean {
    return this.#due;
  }

  /** A numbered frame was handed to the dispatcher. */
  accept(bytes: number, priority: Priority = NORMAL): void {
    this.#due = true;
    if (priority === NORMAL) this.#accepted++;
    else this.#acceptOther(priority);
    this.#bytes += bytes;
    if (this.#bytes >= (this.#paced ? ACK_BYTES : UNPACED_ACK_BYTES)) {
      this.#bytes = 0;
      this.turns.schedule();
    } else if (this.#paced || this.#bytes >= ACK_BYTES) this.#hurry();
    else this.#timer ??= this.#timers.after(ACK_DELAY_MS, () => this.#expire());
  }

  /** What to tell now; the waiting ends. */
  take(): Counts {
    this.#due = false;
    this.#bytes = 0;
    return this.counts;
  }

  /** Whatever was told may have been lost: it is due again. */
  restate(): void {
    this.#due = true;
  }

  /** Cancels what waits. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #acceptOther(priority: Priority): void {
    this.#others ??= [0, 0, 0, 0];
    this.#others[priority]!++;
    if (priority !== Priority.CONTROL) this.#paced = true;
    this.#hurry();
  }

  #hurry(): void {
    if (this.#soon) return;
    this.#timer?.cancel();
    this.#soon = true;
    this.#timer = this.#timers.after(PACED_ACK_DELAY_MS, () => this.#expire());
  }

  // The timer is left to run when an ack rode along: cancelling and arming one for each turn would cost more than an idle wake.
  #expire(): void {
    this.#timer = undefined;
    this.#soon = false;
    if (this.#due) this.turns.schedule();
  }
}
