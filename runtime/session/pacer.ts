import { PACED_ACK_DELAY_MS } from "./acks.ts";

/** What may be under way while the rate is not known. */
const FIRST_WINDOW_BYTES = 65_536;
/** The least that may be under way: a few packets, so that even a wrong measure is outgrown. */
const LEAST_WINDOW_BYTES = 8_192;
/** How much of the bandwidth-delay product may be under way: enough for the rate to be found when it is more than was measured. */
const GAIN = 1.5;
const DRAINING_GAIN = 0.25;
/** The part that is given to the transport at once: what it has cannot be overtaken. */
const FIRST_PIECE_BYTES = 16_384;
const LEAST_PIECE_BYTES = 2_048;
const PIECE_MS = 10;
/** How long a measure counts at least; it is forgotten after twice that. */
const MEMORY_MS = 10_000;
/** What is under way before anything is measured: a session that sends little has nothing to pace. */
const UNMEASURED_BYTES = 16_384;
/** Measures under way: as many pieces as a path of one and a half seconds holds. A peer that acknowledges nothing makes no more of them. */
const MOST_MARKS = 256;

/** Bytes that were given to the transport in one go, and how things stood then. */
interface Mark {
  /** How many had been given then, these among them. */
  readonly end: number;
  readonly at: number;
  /** How many the peer was known to have received, and since when. */
  readonly received: number;
  readonly receivedAt: number;
  /** More waited for room. */
  readonly full: boolean;
  /** The path had been given less for as long as it took to empty. */
  readonly drained: boolean;
}

/**
 * How much of a session's bytes may be given to its transport before the peer has received them. What lies in the buffers of systems and networks cannot be
 * overtaken by what is urgent, so no more of it is given than keeps the path busy: the bandwidth-delay product, measured by what the peer says of what
 * it received, as the congestion control BBR does (Cardwell et al. 2016). The peer says that up to {@link PACED_ACK_DELAY_MS} late, which counts as delay.
 *
 * Counts begin anew with each connection.
 */
export class Pacer {
  #sent: number;
  #received: number;
  /** Below zero until something was given. */
  #receivedAt = -1;
  #marks: Mark[] | undefined;
  /** Bytes a millisecond. */
  #rate: Largest | undefined;
  /** Milliseconds; the shortest, and when it was measured. */
  #roundtripMs = Number.POSITIVE_INFINITY;
  #measuredAt = 0;
  /** The path is given less, so that its queues empty and show how long it is without them. */
  #draining = false;
  /** More waits than may be given. */
  full = false;

  /**
   * @param sent bytes that were given to the transport before
   * @param received how many of them the peer was known to have received
   */
  constructor(sent = 0, received = 0) {
    this.#sent = sent;
    this.#received = received;
  }

  /** Bytes that may be under way. */
  get window(): number {
    if (this.#rate === undefined) return FIRST_WINDOW_BYTES;
    const gain = this.#draining ? DRAINING_GAIN : GAIN;
    return Math.max(LEAST_WINDOW_BYTES, gain * this.#rate.value * (this.#roundtripMs + PACED_ACK_DELAY_MS));
  }

  /** Bytes that may be given now. */
  get room(): number {
    return this.window - (this.#sent - this.#received);
  }

  /** Bytes to give at once when not all that waits may be given. */
  get piece(): number {
    return this.#rate === undefined ? FIRST_PIECE_BYTES : Math.max(LEAST_PIECE_BYTES, Math.floor(this.#rate.value * PIECE_MS));
  }

  /** Bytes were given to the transport. */
  give(bytes: number, now: number): void {
    if (this.#sent === this.#received || this.#receivedAt < 0) this.#receivedAt = now;
    this.#sent += bytes;
    if (this.#marks === undefined && this.#sent - this.#received <= UNMEASURED_BYTES) return;
    this.#marks ??= [];
    const { full } = this;
    const drained = this.#draining;
    if (this.#marks.length < MOST_MARKS)
      this.#marks.push({ end: this.#sent, at: now, received: this.#received, receivedAt: this.#receivedAt, full, drained });
    if (this.#rate !== undefined && now - this.#measuredAt >= MEMORY_MS) this.#draining = true;
  }

  /** The peer has received so many bytes over this connection, no more than were given. */
  receive(total: number, now: number): void {
    if (total <= this.#received) return;
    this.#received = total;
    const marks = this.#marks;
    if (marks !== undefined) {
      let done = 0;
      while (done < marks.length && marks[done]!.end <= total) done++;
      if (done > 0) this.#measure(marks.splice(0, done).at(-1)!, now);
    }
    this.#receivedAt = now;
  }

  /** Nothing that is under way will be acknowledged: it counts as received, and is no measure. */
  settle(now: number): void {
    this.#received = this.#sent;
    this.#receivedAt = now;
    if (this.#marks !== undefined) this.#marks.length = 0;
  }

  /** Another connection, over another path. */
  restart(): void {
    this.#sent = this.#received = 0;
    this.#marks = this.#rate = undefined;
    this.#roundtripMs = Number.POSITIVE_INFINITY;
    this.full = this.#draining = false;
  }

  #measure({ at, received, receivedAt, full, drained }: Mark, now: number): void {
    const roundtripMs = Math.max(now - at, 1);
    if (roundtripMs <= this.#roundtripMs || drained) {
      this.#roundtripMs = roundtripMs;
      this.#measuredAt = now;
      this.#draining = false;
    }
    // What is sent as it comes shows how much comes, not what the path carries.
    const rate = (this.#received - received) / Math.max(now - receivedAt, 1);
    if (full && this.#rate === undefined) {
      this.#rate = new Largest(rate, now);
      // What was measured until now lay in the queues that the first bytes made.
      this.#draining = true;
    }
    if (this.#rate !== undefined && (full || rate > this.#rate.value)) this.#rate.add(rate, now);
  }
}

/** The largest of late: of between {@link MEMORY_MS} and twice that. */
class Largest {
  #before: number;
  #since: number;
  #present: number;

  constructor(value: number, now: number) {
    this.#before = this.#present = value;
    this.#since = now;
  }

  get value(): number {
    return Math.max(this.#before, this.#present);
  }

  add(value: number, now: number): void {
    if (now - this.#since >= MEMORY_MS) {
      this.#before = this.#present;
      this.#present = value;
      this.#since = now;
    } else this.#present = Math.max(this.#present, value);
  }
}
