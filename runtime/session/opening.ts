import type { Welcome } from "../../generated/zserver/protocol/v1/session.ts";
import type { Reader } from "../bytes/reader.ts";
import type { FrameType } from "./frame.ts";
import { checkVersion, readWelcome } from "./greetings.ts";
import { Introduction } from "./introduction.ts";
import { ProtocolError } from "./protocol-error.ts";
import type { SessionHandler } from "./session-options.ts";

/** The session that is to open. */
export interface OpeningHost {
  readonly handler: SessionHandler;
  /** Server: the client's first frame has come, and is judged. */
  introduced(): void;
  /** Client: the server's welcome has come. */
  welcomed(welcome: Welcome): void;
  /** The peer speaks another version of the protocol. */
  refuse(why: string): void;
}

/** How a session begins: what may come, and from whom, until it is open. */
export interface Opening {
  /** A server has heard its client, and decides. */
  readonly deciding: boolean;
  /** A frame that is no CLOSE. Throws ProtocolError. */
  frame(type: FrameType, body: Reader): void;
  /**
   * A record was read to its end. Throws ProtocolError.
   *
   * @param pendingBytes what it holds of a frame that is not complete
   */
  recordRead(pendingBytes: number): void;
}

/** A server's: its client introduces itself, and is silent until it is let in. */
export class ServerOpening implements Opening {
  readonly #host: OpeningHost;
  readonly #introduction = new Introduction();
  deciding = false;

  constructor(host: OpeningHost) {
    this.#host = host;
  }

  frame(type: FrameType, body: Reader): void {
    if (this.deciding) throw new ProtocolError(`a frame of type ${type} came before the client was let in`);
    this.#introduction.read(type, body);
    this.deciding = true;
    this.#host.introduced();
  }

  recordRead(pendingBytes: number): void {
    if (!this.deciding) return;
    const refusal = this.#introduction.hear(pendingBytes, this.#host.handler);
    if (refusal !== undefined) this.#host.refuse(refusal);
  }
}

/** A client's: the server's welcome. */
export class ClientOpening implements Opening {
  readonly #host: OpeningHost;
  readonly deciding = false;

  constructor(host: OpeningHost) {
    this.#host = host;
  }

  frame(type: FrameType, body: Reader): void {
    const welcome = readWelcome(type, body);
    const refusal = checkVersion(welcome.protocol);
    this.#host.welcomed(welcome);
    if (refusal === undefined) this.#host.handler.opened(welcome);
    else this.#host.refuse(refusal);
  }

  recordRead(): void {}
}
