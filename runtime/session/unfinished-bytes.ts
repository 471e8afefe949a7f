import { BODY_OVERHEAD_BYTES } from "./frame.ts";
import type { Limits } from "./limits.ts";

/** Memory for messages whose end has not come, of all sessions of one server. */
export class UnfinishedBytes {
  readonly #most: number;
  #held = 0;

  /** @param most bytes that they may hold together, what each session has set aside not counted */
  constructor(most: number) {
    this.#most = most;
  }

  get held(): number {
    return this.#held;
  }

  /** False when there is no room for so many more. */
  take(bytes: number): boolean {
    if (this.#held + bytes > this.#most) return false;
    this.#held += bytes;
    return true;
  }

  free(bytes: number): void {
    this.#held -= bytes;
  }
}

/** What each session has of its own, whatever the others hold: a message that is no larger than a record always finds room. */
const ASIDE_BYTES = 65_536;

type UnfinishedLimits = Pick<Limits, "messageBytes" | "unfinishedBytes">;

/** The same of one session: what is set aside for it is its own, whatever the others hold; what is beyond that, it shares with them. */
export class UnfinishedMessages {
  readonly #most: number;
  readonly #aside: number;
  readonly #shared: UnfinishedBytes | undefined;
  #held = 0;

  /**
   * @param shared undefined where there are no others
   * @param aside bytes of this session that do not count there
   */
  constructor(limits: UnfinishedLimits, shared?: UnfinishedBytes, aside: number = ASIDE_BYTES) {
    this.#most = Math.max(limits.unfinishedBytes, limits.messageBytes + BODY_OVERHEAD_BYTES);
    this.#aside = aside;
    this.#shared = shared;
  }

  get held(): number {
    return this.#held;
  }

  /** Why there is no room for so many more; undefined when there is, and it is taken. */
  take(bytes: number): string | undefined {
    const held = this.#held + bytes;
    if (held > this.#most) return `unfinished messages of its session may take ${this.#most} bytes (limit unfinishedBytes)`;
    const beyond = this.#beyond(held) - this.#beyond(this.#held);
    if (beyond > 0 && this.#shared?.take(beyond) === false)
      return "unfinished messages of all sessions take as much as they may (unfinishedBytes)";
    this.#held = held;
    return undefined;
  }

  free(bytes: number): void {
    const held = this.#held - bytes;
    this.#shared?.free(this.#beyond(this.#held) - this.#beyond(held));
    this.#held = held;
  }

  #beyond(held: number): number {
    return Math.max(0, held - this.#aside);
  }
}
