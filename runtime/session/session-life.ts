import type { LifeHost } from "./attachment.ts";
import { FrameType } from "./frame.ts";
import type { Look } from "./liveness.ts";
import type { Session } from "./session.ts";
import type { SessionLink } from "./session-options.ts";

/** What the life of a session's connection is judged by, and what is done for it. */
export class SessionLife implements LifeHost {
  readonly #session: Pick<Session, "outboxes" | "owed" | "handler" | "write" | "options" | "connectionLost">;
  readonly #link: SessionLink;

  constructor(session: Session, link: SessionLink) {
    this.#session = session;
    this.#link = link;
  }

  /** Silence after which this side pings: the server's pings are what a client hears of a quiet session. */
  get quietMs(): number {
    const { role, keepAliveMs, livenessTimeoutMs } = this.#session.options;
    return role === "server" ? keepAliveMs : keepAliveMs + livenessTimeoutMs / 3;
  }

  get waiting(): boolean {
    return this.#session.outboxes.unacknowledged || this.#session.handler.waiting;
  }

  ping(number: number): void {
    this.#session.write(FrameType.PING, (writer) => writer.uint32(number));
  }

  received(bytes: number): void {
    this.#session.owed.received(bytes);
  }

  sayAlive(): void {
    this.#session.owed.sayAlive();
  }

  afterPoll(look: Look): void {
    const { probes, endOfTurn } = this.#session.options;
    (probes ?? endOfTurn)(look);
  }

  dead(message: string): void {
    this.#session.connectionLost("PEER_DEAD", message, this.#link);
    this.#link.close();
  }
}
