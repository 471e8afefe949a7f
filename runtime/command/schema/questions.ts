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

/** How long a peer may take to answer, as for its hello. */
export interface ComparingTimes {
  readonly timers: Timers;
  readonly handshakeTimeoutMs: number;
}

/** A question to the peer. */
interface Question<Subject> {
  readonly subject: Subject;
  readonly release: () => void;
  timer: Timer;
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
    const question = { subject, release: this.#session.holdCalls() } as Question<Subject>;
    this.#expect(question);
    this.#asked.push(question);
    return true;
  }

  /** The oldest is answered, which `settle` deals with before what waits goes on. Throws ProtocolError when there is none. */
  answered(settle: (subject: Subject) => void): void {
    const question = this.#asked.shift();
    if (question === undefined) throw new ProtocolError("an answer came that nobody asked for");
    question.timer.cancel();
    settle(question.subject);
    question.release();
  }

  /** The session has ended. */
  stop(): void {
    for (const { timer } of this.#asked.splice(0)) timer.cancel();
  }

  #expect(question: Question<Subject>): void {
    const { timers, handshakeTimeoutMs } = this.#times;
    question.timer = timers.after(handshakeTimeoutMs, () => {
      if (this.#session.core.detached) this.#expect(question);
      else this.#session.end("PROTOCOL_ERROR", `the peer did not compare a service within ${handshakeTimeoutMs} ms`);
    });
  }
}
