import type { LifeHost } from "./attachment.ts";
import { FrameType } from "./frame.ts";
import type { Outboxes } from "./outboxes.ts";
import type { Owed } from "./owed.ts";
import type { SessionOptions, WriteFrame } from "./session-options.ts";

type LifeOptions = Pick<SessionOptions, "handler" | "endOfTurn" | "role" | "keepAliveMs" | "livenessTimeoutMs">;

/** What the life of a session's connection is judged by, and what is done for it. */
export class SessionLife implements LifeHost {
  readonly #outboxes: Outboxes;
  readonly #owed: Owed;
  readonly #options: LifeOptions;
  readonly #write: WriteFrame;
  readonly dead: (message: string) => void;

  constructor(outboxes: Outboxes, owed: Owed, options: LifeOptions, write: WriteFrame, dead: LifeHost["dead"]) {
    this.#outboxes = outboxes;
    this.#owed = owed;
    this.#options = options;
    this.#write = write;
    this.dead = dead;
  }

  /** Silence after which this side pings: the server's pings are what a client hears of a quiet session. */
  get quietMs(): number {
    const { role, keepAliveMs, livenessTimeoutMs } = this.#options;
    return role === "server" ? keepAliveMs : keepAliveMs + livenessTimeoutMs / 3;
  }

  get waiting(): boolean {
    return this.#outboxes.unacknowledged || this.#options.handler.waiting;
  }

  ping(number: number): void {
    this.#write(FrameType.PING, (writer) => writer.uint32(number));
  }

  received(bytes: number): void {
    this.#owed.received(bytes);
  }

  sayAlive(): void {
    this.#owed.sayAlive();
  }

  afterPoll(run: () => void): void {
    this.#options.endOfTurn(run);
  }
}
