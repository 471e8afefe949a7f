import type { EndReason } from "../../errors/end-reason.ts";
import { ProtocolError } from "../../session/protocol-error.ts";
import type { Timer, Timers } from "../../time/timers.ts";

/** The session in which services are compared. */
export interface ComparingSession {
  readonly core: { readonly ended: boolean; readonly detached: boolean };
  /** Sends no command until the returned function is called: commands keep their order. */
  holdCalls(): () => void;
  end(reason: EndReason, message: string): void;
}

/** How long a peer may take to answer. */
export interface ComparingTimes {
  readonly timers: Timers;
  /** As for its hello, once it has the question. */
  readonly handshakeTimeoutMs: number;
  /** That a connection leads nowhere is found out within this. */
  readonly livenessTimeoutMs: number;
}

/** A question to the peer. */
interface Question<Subject> {
  readonly subject: Subject;
  readonly release: () => void;
  timer?: Timer;
}

/**
 * Questions that the peer answers in their order. What is called meanwhile waits for the answers, and the peer has its time for each while there is a
 * connection.
 */
export class Questions<Subject> {
  readonly #session: ComparingSession;
  readonly #times: ComparingTimes;
  readonly #asked: Question<Subject>[] = [];

  constructor(session: ComparingSession, times: ComparingTimes) {
    this.#session = session;
    this.#times = times;
  }

  /** False when it was asked before and not answered, or nobody is there to be asked. */
  ask(subject: Subject): boolean {
    if (this.#session.core.ended || this.#asked.some((asked) => asked.subject === subject)) return false;
    const question: Question<Subject> = { subject, release: this.#session.holdCalls() };
    this.#expect(question);
    this.#asked.push(question);
    return true;
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
    for (const question of this.#asked) this.#expect(question);
  }

  /** The session has ended. */
  stop(): void {
    for (const { timer } of this.#asked.splice(0)) timer?.cancel();
  }

  #expect(question: Question<Subject>): void {
    const { timers, handshakeTimeoutMs, livenessTimeoutMs } = this.#times;
    const ms = handshakeTimeoutMs + livenessTimeoutMs;
    question.timer?.cancel();
    question.timer = timers.after(ms, () => {
      if (!this.#session.core.detached) this.#session.end("PROTOCOL_ERROR", `the peer did not compare a service within ${ms} ms`);
    });
  }
}
