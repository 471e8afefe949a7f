import type { Close, Resumed } from "../../generated/zserver/protocol/v1/session.ts";
import type { Writer } from "../bytes/writer.ts";
import { type EndReason, endReasons } from "../errors/end-reason.ts";
import type { Acks } from "./acks.ts";
import type { Attachment } from "./attachment.ts";
import { type Counts, countEach, countOf, readCounts } from "./counts.ts";
import { isSequenced } from "./frame.ts";
import type { Priority } from "./priority.ts";
import { ProtocolError } from "./protocol-error.ts";
import { ResumeAttempt, type ResumingSession } from "./resume-attempt.ts";
import { endByPeer, type SessionEnd } from "./session-end.ts";
import type { ResumeRequest, SessionHandler } from "./session-options.ts";

/** The session that goes from one connection to the next. */
export interface SuccessionHost extends ResumingSession {
  /** Counts the numbered frames of the server that it has accepted. */
  readonly owed: Pick<Acks, "counts">;
  readonly detached: boolean;
  readonly handler: Pick<SessionHandler, "detached">;
  /** The session takes this for its connection, in the place of the one in use if there is one. */
  replace(attachment: Attachment): void;
  /** It goes on behind these frames of its own. Throws ProtocolError. */
  goOn(accepted: Counts, answer: Resumed): void;
  /** It has ended, and the server need not be told. */
  over(end: SessionEnd): void;
}

/**
 * How a client's session comes from one connection to the next: it asks over the new one, and uses the one it has, if it has one, until the server
 * has answered. What comes over that meanwhile comes again behind the answer, and is left out there.
 */
export class Succession {
  readonly #host: SuccessionHost;
  #attempt: ResumeAttempt | undefined;
  /** The server gave up the connection in use for the attempt's: that is told only when nothing comes of the attempt. */
  #givenUp = false;
  /** Numbered frames that come again though they were accepted; undefined when none do. */
  #repeated: number[] | undefined;

  constructor(host: SuccessionHost) {
    this.#host = host;
  }

  /** Asks the server to go on over this connection; `granted` is called when it does. One attempt at a time. */
  request(attachment: Attachment, request: ResumeRequest, granted: () => void): ResumeAttempt {
    const session = this.#host;
    const accepted = session.owed.counts;
    this.#attempt = new ResumeAttempt(attachment, request, {
      session,
      accepted,
      granted: (resumed) => {
        granted();
        this.#goOn(attachment, resumed, accepted);
      },
      over: (close) => this.#over(close),
    });
    return this.#attempt;
  }

  /** Whether this frame came over the connection before, and was accepted there. */
  repeats(header: number, priority: Priority): boolean {
    if (this.#repeated === undefined || !isSequenced(header) || countOf(this.#repeated, priority) === 0) return false;
    this.#repeated[priority]!--;
    return true;
  }

  /** Whether the end of the connection in use is part of going over to another one. */
  expects(reason: EndReason): boolean {
    this.#givenUp = reason === "SUPERSEDED" && this.#attempt !== undefined;
    return this.#givenUp;
  }

  /** The session is over. That it had no connection any more is told first, if nobody was. */
  withdraw(close: (writer: Writer) => void): void {
    const missed = this.#givenUp;
    this.#givenUp = false;
    this.#attempt?.withdraw(close);
    if (missed) this.#missed();
  }

  #goOn(attachment: Attachment, answer: Resumed, told: Counts): void {
    const host = this.#host;
    this.#attempt = undefined;
    this.#givenUp = false;
    host.replace(attachment);
    const behind = answer.behind.length === 0 ? told : readCounts(answer.behind);
    this.#repeated = countEach((priority) => {
      const [from, least, most] = [countOf(behind, priority), countOf(told, priority), countOf(host.owed.counts, priority)];
      if (from < least || from > most)
        throw new ProtocolError(`the peer goes on behind its frame ${from}, which is not from ${least} to ${most}`);
      return most - from;
    }) as number[];
    host.goOn(readCounts(answer.accepted), answer);
  }

  /** What the session has now is the connection in use, or none. */
  #over(close: Close | undefined): void {
    const host = this.#host;
    const missed = this.#givenUp;
    this.#attempt = undefined;
    this.#givenUp = false;
    const end = close === undefined ? undefined : endByPeer(close, undefined);
    // Another connection may still be granted what this one was too late for.
    if (end !== undefined && host.detached && endReasons[end.reason].ends === "session") host.over(end);
    else if (missed) this.#missed();
  }

  /** The connection in use is gone, which nobody was told. */
  #missed(): void {
    this.#host.handler.detached("SUPERSEDED", "");
  }
}
