import type { Welcome } from "../../generated/zserver/protocol/v1/session.ts";
import type { Reader } from "../bytes/reader.ts";
import { CONTROL_BYTES, FrameType, maxBodyBytes } from "./frame.ts";
import { checkVersion, readWelcome, writeDescriptions } from "./greetings.ts";
import { Introduction } from "./introduction.ts";
import { ProtocolError } from "./protocol-error.ts";
import type { SessionHandler, WriteFrame } from "./session-options.ts";

/** The session that is to open. */
export interface OpeningHost {
  readonly handler: SessionHandler;
  write: WriteFrame;
  /** The peer is given its time to say what is to come now. */
  awaitPeer(): void;
  /** Server: the client has said what it was to say, and is judged. */
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
  /** The largest body, in bytes, that a frame of this type may have now. A stranger's messages are not gathered. */
  maxBody(type: number): number;
  /** Server, while it decides: asks the client to describe these services first. */
  describe(services: Uint8Array): void;
  /** A frame that is no CLOSE. Throws ProtocolError. */
  frame(type: FrameType, body: Reader): void;
  /**
   * A record was read to its end. Throws ProtocolError.
   *
   * @param pendingBytes what it holds of a frame that is not complete
   */
  recordRead(pendingBytes: number): void;
}

/** A server's: its client introduces itself, says what it is asked for, and is silent otherwise until it is let in. */
export class ServerOpening implements Opening {
  readonly #host: OpeningHost;
  readonly #introduction = new Introduction();
  #describing = false;
  deciding = false;

  constructor(host: OpeningHost) {
    this.#host = host;
    host.awaitPeer();
  }

  /** Descriptions are longer than all else, and nobody's business before the client is let in. */
  maxBody(type: number): number {
    const most = maxBodyBytes(type, 0);
    return this.#describing ? most : Math.min(most, CONTROL_BYTES);
  }

  describe(services: Uint8Array): void {
    if (!this.deciding) return;
    this.deciding = false;
    this.#describing = true;
    this.#host.write(FrameType.DESCRIBE, (writer) => writer.raw(services));
    this.#host.awaitPeer();
  }

  frame(type: FrameType, body: Reader): void {
    if (this.deciding) throw new ProtocolError(`a frame of type ${type} came before the client was let in`);
    if (this.#describing) this.#introduction.readDescriptions(type, body);
    else this.#introduction.read(type, body);
    this.#describing = false;
    this.deciding = true;
    this.#host.introduced();
  }

  recordRead(pendingBytes: number): void {
    if (!this.deciding) return;
    const refusal = this.#introduction.hear(pendingBytes, this.#host.handler);
    if (refusal !== undefined) this.#host.refuse(refusal);
  }
}

/** A client's: the server's welcome, and what the server wants to know before. */
export class ClientOpening implements Opening {
  readonly #host: OpeningHost;
  readonly deciding = false;
  #described = false;

  constructor(host: OpeningHost) {
    this.#host = host;
    host.awaitPeer();
  }

  maxBody(type: number): number {
    return maxBodyBytes(type, 0);
  }

  describe(): void {}

  frame(type: FrameType, body: Reader): void {
    const { handler } = this.#host;
    if (type === FrameType.DESCRIBE && !this.#described) {
      this.#described = true;
      const descriptions = handler.describe(body.bytes.slice(body.position, body.end));
      this.#host.write(FrameType.DESCRIPTIONS, (writer) => writeDescriptions(writer, descriptions));
      this.#host.awaitPeer();
      return;
    }
    const welcome = readWelcome(type, body);
    const refusal = checkVersion(welcome.protocol);
    this.#host.welcomed(welcome);
    if (refusal === undefined) handler.opened(welcome);
    else this.#host.refuse(refusal);
  }

  recordRead(): void {}
}
