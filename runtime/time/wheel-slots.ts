/** Slots of one level: as many as an integer has bits, so that one integer tells which are occupied. */
const SLOTS = 32;
/** Ticks in one slot of each level. The last level spans 32^6 ticks (12 days of 1 ms); what is due later goes round until its turn comes. */
const SPANS: readonly number[] = [1, SLOTS, SLOTS ** 2, SLOTS ** 3, SLOTS ** 4, SLOTS ** 5];
const TOP = SPANS.length - 1;
const HORIZON_TICKS = SLOTS ** SPANS.length;

/** What the slots know of an entry. The links are theirs. */
export interface SlotEntry<E> {
  /** When it is due, as a tick. */
  readonly tick: number;
  /** In which slot it is; -1 while in none. */
  slot: number;
  previous: E | undefined;
  next: E | undefined;
}

/**
 * The slots of a hierarchical timing wheel: entries sorted by the tick in which they are due, as finely as their distance asks for. Adding and
 * removing one takes constant time. Knows no clock: ticks are numbers, which may outgrow 32 bits.
 *
 * Source: G. Varghese and T. Lauck, "Hashed and Hierarchical Timing Wheels", SOSP 1987, scheme 7.
 */
export class WheelSlots<E extends SlotEntry<E>> {
  /** The first entry of each slot, level by level. */
  readonly #first: (E | undefined)[] = new Array<E | undefined>(SLOTS * SPANS.length).fill(undefined);
  /** One bit for each slot that holds an entry, one integer for each level. */
  readonly #occupied = new Int32Array(SPANS.length);
  #tick: number;

  constructor(tick: number) {
    this.#tick = tick;
  }

  /** Everything that was due up to this tick has been taken. */
  get tick(): number {
    return this.#tick;
  }

  /** Goes on to `tick`, which must lie before {@link nextTick}: in between there is nothing to take. */
  skipTo(tick: number): void {
    this.#tick = Math.max(this.#tick, tick);
  }

  /** Adds an entry that is due after the present tick. Returns the tick at which its slot begins, the latest at which to call {@link take}. */
  add(entry: E): number {
    const distance = Math.min(entry.tick - this.#tick, HORIZON_TICKS - 1);
    let level = 0;
    while (level < TOP && distance >= SPANS[level + 1]!) level++;
    const span = SPANS[level]!;
    const turn = Math.floor((this.#tick + distance) / span);
    const slot = turn % SLOTS;
    entry.slot = level * SLOTS + slot;
    const first = this.#first[entry.slot];
    entry.next = first;
    entry.previous = undefined;
    if (first !== undefined) first.previous = entry;
    this.#first[entry.slot] = entry;
    this.#occupied[level]! |= 1 << slot;
    return turn * span;
  }

  /** Removes an entry; nothing happens when it is in no slot. */
  remove(entry: E): void {
    const { previous, next, slot } = entry;
    if (slot < 0) return;
    entry.slot = -1;
    // Whatever still refers to the entry, be it the garbage of an older one, must not keep its neighbours.
    entry.previous = entry.next = undefined;
    if (next !== undefined) next.previous = previous;
    if (previous !== undefined) previous.next = next;
    else {
      this.#first[slot] = next;
      if (next === undefined) this.#clear(Math.floor(slot / SLOTS), slot % SLOTS);
    }
  }

  /** The tick at which the next occupied slot begins; infinity when all are empty. */
  nextTick(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (let level = 0; level <= TOP; level++) {
      const occupied = this.#occupied[level]!;
      if (occupied === 0) continue;
      const turn = Math.floor(this.#tick / SPANS[level]!);
      // The slot after the present one becomes bit 0, and the present one, which holds what is due a whole turn later, bit 31.
      const shift = (turn + 1) % SLOTS;
      const rotated = (occupied >>> shift) | (occupied << (SLOTS - shift));
      const steps = SLOTS - Math.clz32(rotated & -rotated);
      earliest = Math.min(earliest, (turn + steps) * SPANS[level]!);
    }
    return earliest;
  }

  /** Goes on to {@link nextTick} and empties the slots that begin there: into `due` what is due, the rest down a level. */
  take(due: E[]): void {
    const tick = this.nextTick();
    if (tick === Number.POSITIVE_INFINITY) return;
    this.#tick = tick;
    for (let level = TOP; level >= 0; level--) {
      const span = SPANS[level]!;
      if (tick % span !== 0) continue;
      const slot = (tick / span) % SLOTS;
      let entry = this.#first[level * SLOTS + slot];
      this.#first[level * SLOTS + slot] = undefined;
      this.#clear(level, slot);
      while (entry !== undefined) {
        const { next } = entry as SlotEntry<E>;
        entry.slot = -1;
        entry.previous = entry.next = undefined;
        if (entry.tick <= tick) due.push(entry);
        else this.add(entry);
        entry = next;
      }
    }
  }

  #clear(level: number, slot: number): void {
    this.#occupied[level]! &= ~(1 << slot);
  }
}
