/** The first slots: most sides have one command open at a time. */
const FIRST_SLOTS = 4;
/**
 * As many stay when no command is open. A side that has one at a time makes its few anew, so that a quiet one has none, and one that had many at once is not to hold their
 * memory for ever.
 */
const KEPT_SLOTS = 16;

const noSlots: readonly never[] = [];

/**
 * The open commands of one side by their ids, which ascend by 2: each has its place in a ring, and one that is still open when the ring comes round again
 * moves aside. A `Map` would be rebuilt again and again where keys come and go, and V8 links each state to the next: one that has got into the old generation
 * keeps alive all that came later, answered calls and their messages, until the next full collection.
 */
export class CommandTable<Command extends { readonly id: number }> {
  /** A power of two, at least twice what is in them; none before the first command. */
  #slots: (Command | undefined)[] = noSlots as never[];
  #inSlots = 0;
  #aside: Map<number, Command> | undefined;

  get size(): number {
    return this.#inSlots + (this.#aside?.size ?? 0);
  }

  /** In the order of their ids. */
  get all(): Command[] {
    const all = this.#slots.filter((command) => command !== undefined);
    if (this.#aside !== undefined) all.push(...this.#aside.values());
    return all.sort((a, b) => a.id - b.id);
  }

  get(id: number): Command | undefined {
    if (this.#inSlots > 0) {
      const command = this.#slots[this.#slotOf(id)];
      if (command?.id === id) return command;
    }
    return this.#aside?.get(id);
  }

  /** Its id has not been used before. */
  add(command: Command): void {
    if (2 * this.#inSlots >= this.#slots.length) this.#grow();
    const slot = this.#slotOf(command.id);
    const older = this.#slots[slot];
    this.#slots[slot] = command;
    if (older === undefined) this.#inSlots++;
    else {
      this.#aside ??= new Map();
      this.#aside.set(older.id, older);
    }
  }

  /** Nothing happens when it is not there. */
  delete(id: number): void {
    const slot = this.#slotOf(id);
    if (this.#inSlots === 0 || this.#slots[slot]?.id !== id) this.#aside?.delete(id);
    else {
      this.#slots[slot] = undefined;
      if (--this.#inSlots === 0 && this.#slots.length !== KEPT_SLOTS) this.#slots = noSlots as never[];
    }
  }

  /** The lower bits suffice, whatever the id has above them. */
  #slotOf(id: number): number {
    return (id >>> 1) & (this.#slots.length - 1);
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Array<Command | undefined>(Math.max(FIRST_SLOTS, 4 * before.length)).fill(undefined);
    for (const command of before) if (command !== undefined) this.#slots[this.#slotOf(command.id)] = command;
  }
}
