/** One way of moving much from a client to its server. Both run in a process each. */
export interface BulkContender {
  readonly name: string;
  /** Starts a server on a free port of 127.0.0.1. Returns what `connect` needs to know. */
  serve(): Promise<string>;
  connect(address: string): Promise<BulkClient>;
}

/** A connection. */
export interface BulkClient {
  /** Sends the chunk so many times, each when there is room for it. Returns the bytes that the server has counted when it has all. */
  pour(chunk: Buffer, count: number): Promise<number>;
  /** A small request with its answer. Missing where only pouring is measured. */
  ask?(): Promise<void>;
}

/** The same chunk, as many times. */
export function* repeated<Item>(item: Item, count: number): Generator<Item, void> {
  for (let i = 0; i < count; i++) yield item;
}
