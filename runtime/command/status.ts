/** Events that one slow reader of a feed may leave unread before the oldest is dropped. */
const UNREAD_EVENTS = 256;

/** One subscription: ends with the feed, or when its reader returns. */
interface Reader<Event> {
  /** What was told and not read, each batch of events made as it is read. */
  readonly unread: Iterator<Event>[];
  wake: (() => void) | undefined;
  ended: boolean;
}

/**
 * State changes as typed async iterators. Each reader gets what happens from its subscription on, its own copy of the queue, bounded: a reader
 * that does not keep up loses the oldest events, never memory.
 */
export class StatusFeed<Event> {
  /** Undefined until there is one. */
  #readers: Set<Reader<Event>> | undefined;
  readonly #first: () => Event;
  #ended: boolean;

  /**
   * @param first the event that tells a new reader how things stand
   * @param ended no more events will come
   */
  constructor(first: () => Event, ended = false) {
    this.#first = first;
    this.#ended = ended;
  }

  emit(event: Event): void {
    this.emitEach([event]);
  }

  /** Whether anybody reads: events that take time to make are not made for nobody. */
  get watched(): boolean {
    return this.#readers !== undefined && this.#readers.size > 0;
  }

  /** Many events that belong together: they count as one unread, and each reader iterates them by itself. */
  emitEach(events: Iterable<Event>): void {
    for (const reader of this.#readers ?? []) {
      if (reader.unread.length >= UNREAD_EVENTS) reader.unread.shift();
      reader.unread.push(events[Symbol.iterator]());
      reader.wake?.();
    }
  }

  /** No more events: iterations end once they have read what is left. */
  end(): void {
    this.#ended = true;
    for (const reader of this.#readers ?? []) {
      reader.ended = true;
      reader.wake?.();
    }
    this.#readers?.clear();
  }

  subscribe(): AsyncIterableIterator<Event> {
    const reader: Reader<Event> = { unread: [[this.#first()].values()], wake: undefined, ended: this.#ended };
    if (!this.#ended) {
      this.#readers ??= new Set();
      this.#readers.add(reader);
    }
    return this.#iterate(reader);
  }

  #iterate(reader: Reader<Event>): AsyncIterableIterator<Event> {
    const leave = (): void => {
      reader.ended = true;
      reader.unread.length = 0;
      this.#readers?.delete(reader);
      reader.wake?.();
    };
    const next = async (): Promise<IteratorResult<Event, undefined>> => {
      for (;;) {
        const events = reader.unread[0];
        const event = events?.next();
        if (event?.done === false) return event;
        if (events !== undefined) {
          reader.unread.shift();
          continue;
        }
        if (reader.ended) return { done: true, value: undefined };
        await new Promise<void>((resolve) => {
          const earlier = reader.wake;
          reader.wake = () => {
            reader.wake = undefined;
            earlier?.();
            resolve();
          };
        });
      }
    };
    return {
      next,
      return: async () => {
        leave();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }
}
