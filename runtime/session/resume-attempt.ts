import { type Close, readClose, readResumed, type Resumed } from "../../generated/zserver/protocol/v1/session.ts";
import type { Writer } from "../bytes/writer.ts";
import type { EndReason } from "../errors/end-reason.ts";
import type { Attachment } from "./attachment.ts";
import type { Carried } from "./connection.ts";
import type { Counts } from "./counts.ts";
import { FrameType, frameHeader, headerType } from "./frame.ts";
import type { FrameSink } from "./frame-assembler.ts";
import { writeResume } from "./greetings.ts";
import { Priority } from "./priority.ts";
import { ProtocolError } from "./protocol-error.ts";
import type { ResumeRequest, SessionOptions } from "./session-options.ts";

/** The session that is to go on over another connection. */
export interface ResumingSession {
  readonly options: Pick<SessionOptions, "handshakeTimeoutMs">;
  frame: FrameSink;
  fail(error: unknown): void;
  close(reason: EndReason, message: string): void;
}

/** Who makes an attempt, and hears what comes of it. */
export interface ResumeAttemptHost {
  readonly session: ResumingSession;
  /** How many numbered frames of the server were accepted when RESUME was sent. */
  readonly accepted: Counts;
  /** The server goes on over this connection. Throws ProtocolError. */
  granted(resumed: Resumed): void;
  /** Nothing came of it: the server refused, or nothing is known of what it did. */
  over(close: Close | undefined): void;
}

/**
 * A client's wish to have its session go on over a new connection, from RESUME to the answer. It leaves the connection in use alone, if there still
 * is one: only the answer decides which of the two it is.
 */
export class ResumeAttempt implements Carried {
  /** Whether the session goes on over this connection. */
  readonly granted: Promise<boolean>;
  readonly #host: ResumeAttemptHost;
  readonly #attachment: Attachment;
  #state: "asking" | "granted" | "over" = "asking";
  #settle!: (granted: boolean) => void;

  /** @param attachment what a session has of this connection */
  constructor(attachment: Attachment, request: ResumeRequest, host: ResumeAttemptHost) {
    this.#host = host;
    this.#attachment = attachment;
    this.granted = new Promise((resolve) => {
      this.#settle = resolve;
    });
    attachment.awaitHello(host.session.options.handshakeTimeoutMs, () => {
      this.connectionLost();
      attachment.link.close();
    });
    attachment.send(FrameType.RESUME, (writer) => writeResume(writer, request, host.accepted));
  }

  /** The session is over: the server is told, whether it has answered or not. */
  withdraw(close: (writer: Writer) => void): void {
    if (!this.#end()) return;
    this.#attachment.send(FrameType.CLOSE, close);
    this.#attachment.link.close();
  }

  heard(): void {}

  drained(): void {}

  receive(recordKind: number, plaintext: Uint8Array): void {
    try {
      this.#attachment.receive(recordKind, plaintext, this.#onFrame);
    } catch (error) {
      this.#host.session.fail(error);
    }
  }

  connectionLost(): void {
    if (this.#end()) this.#host.over(undefined);
  }

  close(reason: EndReason, message: string): void {
    this.#host.session.close(reason, message);
  }

  readonly #onFrame: FrameSink = (header, body, size) => {
    if (this.#state !== "asking") return this.#state === "granted" && this.#host.session.frame(header, body, size);
    if (header === frameHeader(FrameType.CLOSE)) {
      const close = readClose(body, body.end);
      this.#end();
      this.#host.over(close);
      this.#attachment.link.close();
      return false;
    }
    if (header !== frameHeader(FrameType.RESUMED) || this.#attachment.priority !== Priority.NORMAL)
      throw new ProtocolError(`the first frame is of type ${headerType(header)}, not ${FrameType.RESUMED}`);
    const resumed = readResumed(body, body.end);
    this.#state = "granted";
    this.#settle(true);
    this.#host.granted(resumed);
    return true;
  };

  /** False when it was over before. */
  #end(): boolean {
    if (this.#state !== "asking") return false;
    this.#state = "over";
    this.#attachment.stop();
    this.#settle(false);
    return true;
  }
}
