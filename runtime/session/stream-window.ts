import { CreditWindow, type Grant, type Grantable } from "./credit.ts";
import type { Claim, StreamBudget } from "./stream-budget.ts";

/** Credit is renewed when half a window was taken, so the half that is left must last a roundtrip; what is measured by halves may miss one of three. */
const ROUNDTRIPS = 3;

/**
 * The receiver's side of one stream. Its window grows with what its reader takes in a roundtrip, which is the bandwidth-delay product where the
 * window is what limits the stream (Dynamic Right-Sizing, Fisk and Feng 2001), as far as the session's budget allows.
 *
 * A roundtrip is measured from a grant until what the peer could not have sent without it; a peer that waits before it sends makes it too long, so
 * the shortest one counts.
 */
export class StreamWindow implements Grantable, Claim {
  readonly #budget: StreamBudget;
  readonly #credit: CreditWindow;
  readonly #own: boolean;
  readonly #bytesPerItem: number;
  /** Bytes beyond the first window. */
  #larger = 0;
  /** When the grant was told whose effect is awaited; -1 for none. */
  #toldAt = -1;
  #toldItems = 0;
  #toldBytes = 0;
  /** Since when, and from where on, what is taken is counted; -1 before the first grant. */
  #since = -1;
  #usedBefore = 0;
  #heldBytes = 0;
  #closed = false;
  extra = 0;
  wants = false;
  poor = false;

  /** @param own whether this side opened the stream */
  constructor(budget: StreamBudget, own: boolean) {
    const { streamItems, streamBytes } = budget.limits;
    this.#budget = budget;
    this.#own = own;
    this.#credit = new CreditWindow(streamItems, streamBytes);
    this.#bytesPerItem = streamBytes / streamItems;
    if (own) budget.own(1);
  }

  /** Notes an item that arrived. False when the peer had no credit for it. */
  receive(bytes: number): boolean {
    const credit = this.#credit;
    if (this.#toldAt >= 0 && (credit.receivedItems >= this.#toldItems || credit.receivedBytes >= this.#toldBytes)) {
      this.#budget.measured(this.#budget.now() - this.#toldAt);
      this.#toldAt = -1;
    }
    return credit.receive(bytes);
  }

  /** The item waits for the reader. False when all that wait in this session are as much as may be. */
  hold(bytes: number): boolean {
    if (this.#closed) return true;
    const held = this.#budget.hold(bytes);
    if (held) this.#heldBytes += bytes;
    return held;
  }

  /** The reader took an item that waited. True when a grant is due. */
  takeHeld(bytes: number): boolean {
    if (!this.#closed) {
      this.#budget.letGo(bytes);
      this.#heldBytes -= bytes;
    }
    return this.take(bytes);
  }

  /** The reader took an item. True when a grant is due. */
  take(bytes: number): boolean {
    return this.#credit.take(bytes);
  }

  grant(): Grant {
    const now = this.#budget.now();
    const credit = this.#credit;
    if (!this.#closed) this.#fit(now);
    const { grantedItems, grantedBytes } = credit;
    const grant = credit.grant();
    if (this.#toldAt < 0 && (grant.items > grantedItems || grant.bytes > grantedBytes)) {
      this.#toldAt = now;
      this.#toldItems = grantedItems;
      this.#toldBytes = grantedBytes;
    }
    return grant;
  }

  /** What was told, was told over a connection that is gone. */
  restate(): void {
    this.#toldAt = this.#since = -1;
    this.#budget.forgetRoundtrip();
  }

  /** Nothing waits on the budget's account any more, and nothing more is granted beyond what is. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#budget.letGo(this.#heldBytes);
    this.#budget.release(this);
    if (this.#own) this.#budget.own(-1);
  }

  #fit(now: number): void {
    const budget = this.#budget;
    const { streamItems, streamBytes } = budget.limits;
    const used = this.#used;
    let wanted = this.#larger;
    if (this.#since < 0) {
      this.#since = now;
      this.#usedBefore = used;
    } else if (now - this.#since >= budget.roundtripMs) {
      const inRoundtrip = ((used - this.#usedBefore) * budget.roundtripMs) / (now - this.#since);
      wanted = Math.max(wanted, ROUNDTRIPS * inRoundtrip - streamBytes);
      this.#since = now;
      this.#usedBefore = used;
    }
    if (wanted <= 0) return;
    this.#larger = budget.claim(this, wanted, this.#outstanding - streamBytes);
    const factor = 1 + this.#larger / streamBytes;
    this.#credit.resize(Math.floor(streamItems * factor), Math.floor(streamBytes * factor));
  }

  /** What the reader took; items count as the part of a window that they are. */
  get #used(): number {
    return Math.max(this.#credit.takenBytes, this.#credit.takenItems * this.#bytesPerItem);
  }

  get #outstanding(): number {
    const { grantedItems, takenItems, grantedBytes, receivedBytes, takenBytes } = this.#credit;
    return Math.max(grantedBytes - takenBytes, receivedBytes - takenBytes, (grantedItems - takenItems) * this.#bytesPerItem);
  }
}
