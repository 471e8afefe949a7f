import { Priority } from "../session/priority.ts";

/** The classes in which there are commands: every barrier stands in each of them. */
export const commandClasses: readonly Exclude<Priority, typeof Priority.CONTROL>[] = [Priority.HIGH, Priority.NORMAL, Priority.BULK];

/** How far the classes of one session have come: a barrier opens when each of them has started all that came before it. */
export class Barriers {
  /** By class, how many barriers it stands at or has behind it. */
  readonly #reached = [0, 0, 0, 0];
  /** Barriers that are open. */
  opened = 0;

  /** A class has started all that came before its barrier of this number, counted from 1. Whether that opens one. */
  reach(priority: Priority, barrier: number): boolean {
    if (barrier <= this.#reached[priority]!) return false;
    this.#reached[priority] = barrier;
    const before = this.opened;
    this.opened = Math.min(...commandClasses.map((each) => this.#reached[each]!));
    return this.opened > before;
  }
}
