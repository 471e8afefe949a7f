import type { CustomEndpoint } from "../../../runtime/transport/custom.ts";

/** How much of one connection passes, both directions together. */
export class Life {
  #left: number;

  constructor(bytes: number = Number.POSITIVE_INFINITY) {
    this.#left = bytes;
  }

  get over(): boolean {
    return this.#left === 0;
  }

  /** What of these bytes still passes. */
  take(bytes: Uint8Array): Uint8Array {
    const part = bytes.subarray(0, Math.min(this.#left, bytes.length));
    this.#left -= part.length;
    return part;
  }
}

/** What stands between clients and a server, and makes connections fail as a test wants. */
export abstract class Interference {
  /** Connections that were killed. */
  kills = 0;
  /** How many bytes, both directions together, the next connection lives; undefined: it is not killed. */
  nextLife: () => number | undefined = () => undefined;
  protected silent = false;
  /** Ends each connection that there is. */
  protected readonly connections: Set<() => void> = new Set();

  /** Where clients connect to. */
  abstract readonly endpoint: string | CustomEndpoint;

  /** From here on nothing is forwarded and nothing ends: packets are dropped. */
  silence(): void {
    this.silent = true;
  }

  /** Ends every connection at once. */
  kill(): void {
    this.kills++;
    this.#end();
  }

  async close(): Promise<void> {
    this.#end();
  }

  #end(): void {
    for (const end of [...this.connections]) end();
  }

  protected newLife(): Life {
    return new Life(this.nextLife());
  }
}
