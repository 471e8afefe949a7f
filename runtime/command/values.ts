/** Names a value that interceptors hand to handlers, with its type. Each key is its own identity; the description is for people. */
export class ContextKey<T> {
  readonly description: string;
  readonly defaultValue: T;

  constructor(description: string, defaultValue: T) {
    this.description = description;
    this.defaultValue = defaultValue;
  }
}

/** What interceptors of one call leave for those after them and for the handler. Stays in this process. */
export class ContextValues {
  #values: Map<unknown, unknown> | undefined;

  /** The value under this key, or the key's default. */
  get<T>(key: ContextKey<T>): T {
    return this.#values?.has(key) ? (this.#values.get(key) as T) : key.defaultValue;
  }

  set<T>(key: ContextKey<T>, value: T): this {
    this.#values ??= new Map();
    this.#values.set(key, value);
    return this;
  }
}
