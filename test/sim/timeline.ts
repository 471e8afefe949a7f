import { systemClock } from "../../runtime/time/system-clock.ts";

/** Turns of the event loop in which no time passes: a world takes a few dozen of them; one that takes so many never comes to rest. */
const MAX_TURNS = 10_000;

/** Something that happens at a time of its own, unless it is taken back. */
export interface SimEvent {
  readonly at: number;
  readonly order: number;
  /** Undefined once it has happened or was taken back. */
  run: (() => void) | undefined;
}

/** The time of a simulated world: it goes on from event to event, and stands still while anything is under way. */
export class Timeline {
  now = 0;
  steps = 0;
  #order = 0;
  /** A binary heap: the next event is the first. */
  readonly #heap: SimEvent[] = [];
  #turnEnd: (() => void)[] = [];

  after(delayMs: number, run: () => void): SimEvent {
    return this.at(this.now + delayMs, run);
  }

  /** At an absolute time: two events that were set to the same one happen in the order in which they were set. */
  at(at: number, run: () => void): SimEvent {
    const event: SimEvent = { at: Math.max(this.now, at), order: this.#order++, run };
    this.#push(event);
    return event;
  }

  endOfTurn(run: () => void): void {
    this.#turnEnd.push(run);
  }

  /** Lets time pass until `done`; false when nothing more happens, or not until `limitMs`. */
  async run(done: () => boolean, limitMs: number): Promise<boolean> {
    const end = this.now + limitMs;
    for (;;) {
      await this.#rest();
      if (done()) return true;
      const event = this.#take();
      if (event === undefined) return false;
      if (event.at > end) {
        this.#push(event);
        this.now = end;
        return false;
      }
      this.steps++;
      this.now = event.at;
      const { run } = event;
      event.run = undefined;
      run!();
    }
  }

  /** Promises settle and turns end until nothing is left to do now. Throws where that never comes: a process would be busy for ever. */
  async #rest(): Promise<void> {
    for (let turns = 0; turns < MAX_TURNS; turns++) {
      // A macrotask of the real event loop: every promise job that can run has run then.
      await new Promise<void>((resolve) => systemClock.endOfTurn(resolve));
      if (this.#turnEnd.length === 0) return;
      for (const run of this.#turnEnd.splice(0)) run();
    }
    throw new Error(`at ${this.now} ms something asks for another turn of the event loop, ${MAX_TURNS} times in a row`);
  }

  #push(event: SimEvent): void {
    const heap = this.#heap;
    let at = heap.length;
    for (; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!before(event, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = event;
  }

  /** The next event that was not taken back. */
  #take(): SimEvent | undefined {
    for (;;) {
      const first = this.#heap[0];
      const last = this.#heap.pop();
      if (first === undefined || last === undefined) return undefined;
      if (this.#heap.length > 0) this.#sink(last);
      if (first.run !== undefined) return first;
    }
  }

  #sink(event: SimEvent): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (!before(heap[child]!, event)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = event;
  }
}

function before(a: SimEvent, b: SimEvent): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
