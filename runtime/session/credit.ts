/**
 * Credit for what queues at the receiver, counted in items and bytes from the beginning and never downwards ("up to item N"), so that telling
 * it twice is harmless. An item may start while any byte of credit is left: it overshoots by one message at most, and a message larger than
 * the window still passes.
 */

/** The sender's side: what it may still send. */
export class CreditBudget {
  #items: number;
  #bytes: number;
  #sentItems = 0;
  #sentBytes = 0;

  constructor(items: number, bytes: number) {
    this.#items = items;
    this.#bytes = bytes;
  }

  /** Whether one more item may be sent now. */
  get open(): boolean {
    return this.#sentItems < this.#items && this.#sentBytes < this.#bytes;
  }

  spend(bytes: number): void {
    this.#sentItems++;
    this.#sentBytes += bytes;
  }

  /** Takes a grant from the peer. One that is not above the last changes nothing, and is answered with false. */
  grant(items: number, bytes: number): boolean {
    const more = items > this.#items || bytes > this.#bytes;
    if (items > this.#items) this.#items = items;
    if (bytes > this.#bytes) this.#bytes = bytes;
    return more;
  }
}

/** Up to which item and which byte the peer may send. */
export interface Grant {
  readonly items: number;
  readonly bytes: number;
}

/** What is told to the peer as CREDIT. */
export interface Grantable {
  /** Opens the window as far as its reader allows. Returns the totals to tell the peer. */
  grant(): Grant;
}

/** The receiver's side: what it allowed, what came, and what its reader took. */
export class CreditWindow implements Grantable {
  #items: number;
  #bytes: number;
  grantedItems: number;
  grantedBytes: number;
  receivedItems = 0;
  receivedBytes = 0;
  takenItems = 0;
  takenBytes = 0;

  constructor(items: number, bytes: number) {
    this.#items = this.grantedItems = items;
    this.#bytes = this.grantedBytes = bytes;
  }

  /** Another size from the next grant on. What was granted stays: a window becomes smaller as its reader takes items. */
  resize(items: number, bytes: number): void {
    this.#items = items;
    this.#bytes = bytes;
  }

  /** Notes an item that arrived. False when the peer had no credit for it. */
  receive(bytes: number): boolean {
    const allowed = this.receivedItems < this.grantedItems && this.receivedBytes < this.grantedBytes;
    this.receivedItems++;
    this.receivedBytes += bytes;
    return allowed;
  }

  /** Notes that the reader took an item. True when half a window came free since the last grant: then a grant is due. */
  take(bytes: number): boolean {
    this.takenItems++;
    this.takenBytes += bytes;
    return (
      this.takenItems + this.#items - this.grantedItems >= this.#items / 2 ||
      this.takenBytes + this.#bytes - this.grantedBytes >= this.#bytes / 2
    );
  }

  grant(): Grant {
    this.grantedItems = Math.max(this.grantedItems, this.takenItems + this.#items);
    this.grantedBytes = Math.max(this.grantedBytes, this.takenBytes + this.#bytes);
    return { items: this.grantedItems, bytes: this.grantedBytes };
  }
}
