import { type Chance, chooseOne } from "../../discovery/chance.ts";

/** Things of which any one can be taken out, and one at random, at the same price however many there are. */
class Bag<T extends { index: number }> {
  readonly items: T[] = [];

  add(item: T): void {
    item.index = this.items.length;
    this.items.push(item);
  }

  remove(item: T): void {
    const last = this.items.pop()!;
    if (last === item) return;
    this.items[item.index] = last;
    last.index = item.index;
  }
}

const nothing = (): void => {};

/** One connection that has not been let in. */
export class HalfOpen {
  /** Ends it. */
  cut: () => void;
  /** Its client has shown a ticket. */
  ticketed = false;
  /** After how many milliseconds its client is welcome, told as soon as it can be; undefined when it may go on. */
  retryAfterMs: number | undefined;
  /** A Diffie-Hellman was spent on it. */
  begun = false;
  /** Its place in the bag. */
  index = 0;
  readonly #left: (connection: HalfOpen, arrived: boolean) => void;
  #here = true;

  constructor(cut: () => void, left: (connection: HalfOpen, arrived: boolean) => void) {
    this.cut = cut;
    this.#left = left;
  }

  get isHere(): boolean {
    return this.#here;
  }

  /** Its client has finished the handshake. */
  arrive(): void {
    this.#leave(true);
  }

  /** It is gone, or has arrived before. */
  leave(): void {
    this.#leave(false);
  }

  #leave(arrived: boolean): void {
    if (!this.#here) return;
    this.#here = false;
    this.#left(this, arrived);
    // Whoever has arrived is not cut any more; what would cut it is not kept for as long as its socket.
    if (arrived) this.cut = nothing;
  }
}

/** The connections that have not been let in. Whoever comes when there is no room takes the place of one at random, of those without a ticket first. */
export class Places {
  readonly #limit: number;
  readonly #chance: Chance;
  readonly #left: (connection: HalfOpen, arrived: boolean) => void;
  readonly #strangers = new Bag<HalfOpen>();
  readonly #guests = new Bag<HalfOpen>();

  /** @param left told of each that leaves, and whether it has arrived */
  constructor(limit: number, chance: Chance, left: (connection: HalfOpen, arrived: boolean) => void = () => {}) {
    this.#limit = limit;
    this.#chance = chance;
    this.#left = left;
  }

  get size(): number {
    return this.#strangers.items.length + this.#guests.items.length;
  }

  /** Takes a place, another's if need be: `dropped` says that. */
  enter(cut: () => void): { readonly connection: HalfOpen; readonly dropped: boolean } {
    const dropped = this.size >= this.#limit && this.#dropOne();
    const connection = new HalfOpen(cut, this.#gone);
    this.#strangers.add(connection);
    return { connection, dropped };
  }

  /** It has shown a ticket. */
  honour(connection: HalfOpen): void {
    this.#strangers.remove(connection);
    connection.ticketed = true;
    this.#guests.add(connection);
  }

  values(): HalfOpen[] {
    return [...this.#strangers.items, ...this.#guests.items];
  }

  readonly #gone = (connection: HalfOpen, arrived: boolean): void => {
    this.#bagOf(connection).remove(connection);
    this.#left(connection, arrived);
  };

  #bagOf({ ticketed }: HalfOpen): Bag<HalfOpen> {
    return ticketed ? this.#guests : this.#strangers;
  }

  #dropOne(): boolean {
    const one = chooseOne(this.#chance, this.#strangers.items.length > 0 ? this.#strangers.items : this.#guests.items);
    one?.leave();
    one?.cut();
    return one !== undefined;
  }
}
