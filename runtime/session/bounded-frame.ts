import { Reader } from "../bytes/reader.ts";
import { CommandError } from "../errors/command-error.ts";
import { BODY_OVERHEAD_BYTES, type FrameType, headerType, isMessage } from "./frame.ts";
import { bodyStart, PartialFrame, PREFIX_BYTES } from "./partial-frame.ts";
import type { Priority } from "./priority.ts";
import type { UnfinishedMessages } from "./unfinished-bytes.ts";

/** What is kept of a message that is let go: enough to say whose it was. */
const HEAD_BYTES = PREFIX_BYTES + BODY_OVERHEAD_BYTES;

/** What is asked about a message of which a part is there. */
export interface BoundedFrameHost {
  readonly memory: UnfinishedMessages;
  /**
   * Why the rest is not wanted; undefined when it is.
   *
   * @param body stands at the body, of which 1,024 bytes at least are there
   * @param size how many it will have
   */
  judge(type: FrameType, body: Reader, size: number, priority: Priority): string | undefined;
}

/**
 * A partial frame with bounds. A message for which there is no memory, that is too large for its command or that stands still is let go: what comes of it from then on is
 * counted and not kept, so that it fails alone, in its place.
 */
export class BoundedFrame extends PartialFrame {
  readonly #host: BoundedFrameHost;
  readonly #priority: Priority;
  #type: FrameType = 0;
  /** What the host counts of its memory. */
  #counted = 0;
  #judged = false;
  #cameBefore = Number.NEGATIVE_INFINITY;

  constructor(host: BoundedFrameHost, priority: Priority) {
    super();
    this.#host = host;
    this.#priority = priority;
  }

  override add(bytes: Uint8Array, start: number, end: number, size: number): void {
    if (this.came === 0) this.#type = headerType(bytes[start]!) as FrameType;
    super.add(bytes, start, end, size);
    if (this.#judged || this.missing !== undefined || !isMessage(this.#type) || this.kept < HEAD_BYTES) return;
    this.#judged = true;
    const head = bodyStart(this.bytes, 0);
    this.#letGo(this.#host.judge(this.#type, new Reader(this.bytes, head, this.kept), size - head, this.#priority));
  }

  override look = (least: number): boolean => {
    const progress = this.came - this.#cameBefore;
    this.#cameBefore = this.came;
    const message = isMessage(this.#type);
    if (message && progress < least) this.#letGo(`fewer than ${least} bytes of it came in the time that a message has for them`);
    return !message;
  };

  override free = (): void => {
    this.#host.memory.free(this.#counted);
    this.#counted = 0;
  };

  /** Without memory for it, the message is let go, and what is added finds no room beyond its head. */
  protected override grow(length: number, size: number): void {
    if (this.missing !== undefined) return;
    if (isMessage(this.#type) && length > HEAD_BYTES) {
      const refusal = this.#host.memory.take(length - this.#counted);
      if (refusal !== undefined) return void this.#letGo(refusal);
      this.#counted = length;
    }
    super.grow(length, size);
  }

  #letGo(why: string | undefined): void {
    if (why === undefined || this.missing !== undefined) return;
    this.kept = Math.min(this.kept, HEAD_BYTES);
    super.grow(HEAD_BYTES, HEAD_BYTES);
    this.missing = new CommandError("RESOURCE_EXHAUSTED", why, { outcome: "NOT_RUN" });
    this.free();
  }
}
