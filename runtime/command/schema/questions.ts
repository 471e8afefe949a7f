import type { EndReason } from "../../errors/end-reason.ts";
import type { Outboxes } from "../../session/outboxes.ts";
import type { OutgoingClasses } from "../outgoing-class.ts";
import { Priority } from "../../session/priority.ts";
import { ProtocolError } from "../../session/protocol-error.ts";
import type { Timer, Timers } from "../../time/timers.ts";

/** The session in which services are compared. */
export interface ComparingSession {
  readonly core: {
    readonly ended: boolean;
    readonly outboxes: Pick<Outboxes, "of">;
    /** `answered` is called when the peer answers a ping over the connection that there is now. */
    ping(answered: () => void): void;
  };
  readonly outgoing: Pick<OutgoingClasses, "hold"> | undefined;
  end(reason: EndReason, message: string): void;
}

/** How long a peer may take to answer. */
export interface ComparingTimes {
  readonly timers: Timers;
  /** As for its hello, once it has accepted the question. */
  readonly handshakeTimeoutMs: number;
}

/** A question to the peer. */
interface Question<Subject> {
  readonly subject: Subject;
  readonly release: () => void;
  /** Until then it may be on its way; what comes of a connection that leads nowhere is not the peer's doing. */
  accepted: boolean;
  timer?: Timer;
}

/**
 * Questions that the peer answers in their order. What is called meanwhile waits for the answers, and the peer has its time for each from when it accepted
 * it. That it had it is certain when it answers a ping that was sent after that: neither a lost connection nor a sleep of this side looks like it.
 */
export class Questions<Subject> {
  readonly #session: ComparingSession;
  readonly #times: ComparingTimes;
  readonly #asked: Question<Subject>[] = [];

  constructor(session: ComparingSession, times: ComparingTimes) {
    this.#session = session;
    this.#times = times;
  }

  /** `send` asks in a frame of class CONTROL. It is not called when the same was asked before and not answered, or nobody is there to be asked. */
  ask(subject: Subject, send: () => void): void {
    const { core } = this.#session;
    if (core.ended || this.#asked.some((asked) => asked.subject === subject)) return;
    const question: Question<Subject> = { subject, release: this.#session.outgoing!.hold(), accepted: false };
    this.#asked.push(question);
    send();
    core.outboxes.of(Priority.CONTROL).whenAcknowledged(() => {
      question.accepted = true;
      this.#expect(question);
    });
  }

  /** The oldest is answered, which `settle` deals with before what waits goes on. Throws ProtocolError when there is none. */
  answered(settle: (subject: Subject) => void): void {
    const question = this.#asked.shift();
    if (question === undefined) throw new ProtocolError("an answer came that nobody asked for");
    question.timer?.cancel();
    settle(question.subject);
    question.release();
  }

  /** The session goes on over another connection, and the peer has its time anew: questions and answers may come again. */
  restart(): void {
    for (const question of this.#asked) if (question.accepted) this.#expect(question);
  }

  /** The session has ended. */
  stop(): void {
    for (const { timer } of this.#asked.splice(0)) timer?.cancel();
  }

  #expect(question: Question<Subject>): void {
    const { timers, handshakeTimeoutMs: ms } = this.#times;
    question.timer?.cancel();
    if (!this.#asked.includes(question)) return;
    question.timer = timers.after(ms, () =>
      this.#session.core.ping(() => {
        if (this.#asked.includes(question)) this.#session.end("PROTOCOL_ERROR", `the peer did not compare a service within ${ms} ms`);
      }),
    );
  }
}
