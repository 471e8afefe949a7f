import { RecordKind } from "../channel/channel.ts";

/** The classes of priority: each is a stream of frames of its own, in records of the kind that has its number. */
export const Priority: {
  readonly NORMAL: typeof RecordKind.NORMAL;
  /** Of the session's own frames. */
  readonly CONTROL: typeof RecordKind.CONTROL;
  readonly HIGH: typeof RecordKind.HIGH;
  readonly BULK: typeof RecordKind.BULK;
} = RecordKind;
export type Priority = (typeof Priority)[keyof typeof Priority];

/** The classes, the most urgent first. */
export const byUrgency: readonly Priority[] = [Priority.CONTROL, Priority.HIGH, Priority.NORMAL, Priority.BULK];

/** Something that each class has one of, by {@link Priority}. Only NORMAL's is there from the beginning: nearly every session uses no other class. */
export class ByPriority<T> {
  readonly normal: T;
  /** Undefined while NORMAL's is the only one. */
  #all: readonly T[] | undefined;
  #others: (T | undefined)[] | undefined;

  constructor(normal: T) {
    this.normal = normal;
  }

  /** Whether NORMAL's is the only one. */
  get lone(): boolean {
    return this.#others === undefined;
  }

  /** Those that there are, of the most urgent class first. Whoever is asked often asks for {@link lone} before, which needs no list. */
  get all(): readonly T[] {
    return this.#all ?? [this.normal];
  }

  get(priority: Priority): T | undefined {
    return priority === Priority.NORMAL ? this.normal : this.#others?.[priority];
  }

  /** Gives a class that has none yet its own. */
  add(priority: Exclude<Priority, typeof Priority.NORMAL>, item: T): T {
    this.#others ??= [undefined, undefined, undefined, undefined];
    this.#others[priority] = item;
    this.#all = byUrgency.flatMap((each) => this.get(each) ?? []);
    return item;
  }
}

/**
 * What a class may have beside NORMAL's whole of something that is bounded. Its own, since classes that shared one bound would wait for each other
 * there, the urgent for the bulky one; and less than the whole, since what is urgent is little, and what is bulky can wait.
 */
export function shareOf(priority: Priority, whole: number): number {
  return priority === Priority.NORMAL ? whole : Math.ceil(whole / (priority === Priority.BULK ? 2 : 4));
}
