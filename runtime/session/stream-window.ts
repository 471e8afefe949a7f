import { CreditWindow, type Grant, type Grantable } from "./credit.ts";
import type { Claim, StreamBudget } from "./stream-budget.ts";

/** Credit is renewed when half a window was taken, so the half that is left must last a roundtrip; what is measured by halves may miss one of three. */
const ROUNDTRIPS = 3;

/** How long the silence before what a grant brought must be, for the grant to be what the peer waited for: so many times as long as between items before, */
const STARVED_PACES = 3;
/** and such a part of the time since the grant, for items come several at once. */
const STARVED_PART = 1 / 32;
/**
 * The part of a window that is taken in a roundtrip where the window is the limit: from two thirds on. Where it is not, the half that is left when credit is renewed
 * lasts until what was granted then comes, and so exactly that half is taken.
 */
const NEAR_WINDOW = 0.6;
/** A turn of an event loop: the peer does not answer faster, however short the path is. */
const MIN_ROUNDTRIP_MS = 1;

/**
 * The receiver's side of one stream. Its window grows while the peer waits for credit, to three times what the reader takes in a roundtrip, which is
 * the bandwidth-delay product where the window is what limits the stream (Dynamic Right-Sizing, Fisk and Feng 2001), as far as the session's budget
 * allows.
 *
 * A roundtrip is measured from a grant to the first item that could not be sent without it, what waits at the peer before this stream's items
 * included. The window was what the peer waited for when silence came before that item, or when nearly all of a window is taken in a roundtrip: a peer that
 * spreads what it sends over time is never silent. Else it had credit left, and took its time for other reasons.
 */
export class StreamWindow implements Grantable, Claim {
  readonly budget: StreamBudget;
  readonly #credit: CreditWindow;
  readonly #own: boolean;
  readonly #bytesPerItem: number;
  /** Bytes beyond the first window. */
  #larger = 0;
  /** When the grant was told whose effect is awaited; -1 for none. */
  #toldAt = -1;
  #toldItems = 0;
  #toldBytes = 0;
  /** How many items had come when it was told. */
  #before = 0;
  /** When the last item came that could be sent without it; -1 for not yet. */
  #lastAt = -1;
  /** As measured last; Infinity while none was since the window grew. */
  #roundtripMs = Number.POSITIVE_INFINITY;
  /** Silence came before it was over. */
  #starved = false;
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
    this.budget = budget;
    this.#own = own;
    this.#credit = new CreditWindow(streamItems, streamBytes);
    this.#bytesPerItem = streamBytes / streamItems;
    if (own) budget.own(1);
  }

  /** Notes an item that arrived. False when the peer had no credit for it. */
  receive(bytes: number): boolean {
    const credit = this.#credit;
    if (this.#lastAt >= 0) this.#measure();
    const allowed = credit.receive(bytes);
    if (this.#toldAt >= 0) this.#notice();
    return allowed;
  }

  /** The item waits for the reader. False when all that wait in this session are as much as may be. */
  hold(bytes: number): boolean {
    if (this.#closed) return true;
    const held = this.budget.hold(bytes);
    if (held) this.#heldBytes += bytes;
    return held;
  }

  /** The reader took an item that waited. True when a grant is due. */
  takeHeld(bytes: number): boolean {
    if (!this.#closed) {
      this.budget.letGo(bytes);
      this.#heldBytes -= bytes;
    }
    return this.take(bytes);
  }

  /** The reader took an item. True when a grant is due. */
  take(bytes: number): boolean {
    return this.#credit.take(bytes);
  }

  grant(): Grant {
    const now = this.budget.now();
    const credit = this.#credit;
    if (!this.#closed) this.#fit(now);
    const { grantedItems, grantedBytes } = credit;
    const grant = credit.grant();
    if (this.#toldAt < 0 && (grant.items > grantedItems || grant.bytes > grantedBytes)) {
      this.#toldAt = now;
      this.#toldItems = grantedItems;
      this.#toldBytes = grantedBytes;
      this.#before = credit.receivedItems;
      this.#notice();
    }
    return grant;
  }

  /** What was told, was told over a connection that is gone. */
  restate(): void {
    this.#toldAt = this.#lastAt = this.#since = -1;
    this.#roundtripMs = Number.POSITIVE_INFINITY;
  }

  /** Nothing waits on the budget's account any more, and nothing more is granted beyond what is. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.budget.letGo(this.#heldBytes);
    this.budget.release(this);
    if (this.#own) this.budget.own(-1);
  }

  /** Whether all has come that could be sent without the grant whose effect is awaited. */
  #notice(): void {
    const { receivedItems, receivedBytes } = this.#credit;
    if (this.#lastAt < 0 && (receivedItems >= this.#toldItems || receivedBytes >= this.#toldBytes)) this.#lastAt = this.budget.now();
  }

  /** What came now could not be sent without the grant. */
  #measure(): void {
    const now = this.budget.now();
    const sinceGrant = now - this.#toldAt;
    const pace = (this.#lastAt - this.#toldAt) / Math.max(1, this.#credit.receivedItems - this.#before);
    this.#starved = now - this.#lastAt > Math.max(STARVED_PACES * pace, STARVED_PART * sinceGrant);
    this.#roundtripMs = Math.max(MIN_ROUNDTRIP_MS, sinceGrant);
    this.#toldAt = this.#lastAt = -1;
  }

  #fit(now: number): void {
    const { streamItems, streamBytes } = this.budget.limits;
    const used = this.#used;
    let wanted = this.#larger;
    if (this.#since < 0) {
      this.#since = now;
      this.#usedBefore = used;
    } else if (now - this.#since >= this.#roundtripMs) {
      const inRoundtrip = ((used - this.#usedBefore) * this.#roundtripMs) / (now - this.#since);
      if (this.#starved || inRoundtrip > NEAR_WINDOW * (streamBytes + this.#larger))
        wanted = Math.max(wanted, ROUNDTRIPS * inRoundtrip - streamBytes);
      this.#roundtripMs = Number.POSITIVE_INFINITY;
      this.#since = now;
      this.#usedBefore = used;
    }
    if (wanted <= 0) return;
    this.#larger = this.budget.claim(this, wanted, this.#outstanding - streamBytes);
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
