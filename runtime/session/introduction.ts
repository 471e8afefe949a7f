import { type ClientHello, readClientHello, readResume, type Resume } from "../../generated/zserver/protocol/v1/session.ts";
import type { Reader } from "../bytes/reader.ts";
import { readCounts } from "./counts.ts";
import { CREDENTIALS_BYTES, FrameType } from "./frame.ts";
import { checkVersion } from "./greetings.ts";
import { ProtocolError } from "./protocol-error.ts";
import type { SessionHandler } from "./session-options.ts";

/** What a server's client begins with, from its first frame to the end of the record that brought it: until the client is let in, nothing may follow. */
export class Introduction {
  #frame: ClientHello | Resume | undefined;

  /** Takes the first frame. Throws ProtocolError. */
  read(type: FrameType, body: Reader): void {
    if (type !== FrameType.CLIENT_HELLO && type !== FrameType.RESUME)
      throw new ProtocolError(`the client's first frame is of type ${type}, not ${FrameType.CLIENT_HELLO} or ${FrameType.RESUME}`);
    this.#frame = type === FrameType.RESUME ? readResume(body, body.end) : readClientHello(body, body.end);
    checkCredentials(this.#frame.credentials);
    if ("accepted" in this.#frame) readCounts(this.#frame.accepted);
  }

  /**
   * A record was read to its end: the client is heard. Returns why not, where it speaks another version of the protocol. Throws ProtocolError.
   *
   * @param pendingBytes what the record holds of a frame that is not complete
   */
  hear(pendingBytes: number, handler: SessionHandler): string | undefined {
    if (pendingBytes > 0) throw new ProtocolError("something follows the client's first frame before it was let in");
    const frame = this.#frame;
    this.#frame = undefined;
    if (frame === undefined) return undefined;
    const refusal = checkVersion(frame.protocol);
    if (refusal !== undefined) return refusal;
    if ("session" in frame) handler.resume(frame);
    else handler.opened(frame);
    return undefined;
  }
}

/** Throws ProtocolError for credentials that are too long. */
export function checkCredentials({ length }: Uint8Array): void {
  if (length > CREDENTIALS_BYTES) throw new ProtocolError(`credentials of ${length} bytes; the limit is ${CREDENTIALS_BYTES}`);
}
