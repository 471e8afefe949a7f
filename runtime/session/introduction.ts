import { readSchemas, type Schemas } from "../../generated/zserver/protocol/v1/negotiation.ts";
import { type ClientHello, readClientHello, readResume, type Resume } from "../../generated/zserver/protocol/v1/session.ts";
import type { Reader } from "../bytes/reader.ts";
import { readCounts } from "./counts.ts";
import { CREDENTIALS_BYTES, FrameType } from "./frame.ts";
import { checkVersion } from "./greetings.ts";
import { ProtocolError } from "./protocol-error.ts";
import type { SessionHandler } from "./session-options.ts";

/** What a client says before it is let in, from its frame to the end of the record that brought it: nothing may follow. */
export class Introduction {
  #frame: ClientHello | Resume | undefined;
  #descriptions: Schemas | undefined;

  /** Takes the first frame. Throws ProtocolError. */
  read(type: FrameType, body: Reader): void {
    if (type !== FrameType.CLIENT_HELLO && type !== FrameType.RESUME)
      throw new ProtocolError(`the client's first frame is of type ${type}, not ${FrameType.CLIENT_HELLO} or ${FrameType.RESUME}`);
    this.#frame = type === FrameType.RESUME ? readResume(body, body.end) : readClientHello(body, body.end);
    checkCredentials(this.#frame.credentials);
    if ("accepted" in this.#frame) readCounts(this.#frame.accepted);
  }

  /** Takes the descriptions that the client was asked for. Throws ProtocolError for anything else. */
  readDescriptions(type: FrameType, body: Reader): void {
    if (type !== FrameType.DESCRIPTIONS) throw new ProtocolError(`a frame of type ${type} came before the client was let in`);
    this.#descriptions = readSchemas(body, body.end);
  }

  /**
   * A record was read to its end: the client is heard. Returns why not, where it speaks another version of the protocol. Throws ProtocolError.
   *
   * @param pendingBytes what the record holds of a frame that is not complete
   */
  hear(pendingBytes: number, handler: SessionHandler): string | undefined {
    if (pendingBytes > 0) throw new ProtocolError("something follows the client's first frame before it was let in");
    const frame = this.#frame;
    const descriptions = this.#descriptions;
    this.#frame = undefined;
    this.#descriptions = undefined;
    if (descriptions !== undefined) handler.described(descriptions);
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
