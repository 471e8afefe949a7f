import {
  Answer,
  type AnswerInit,
  type Offer,
  type OfferInit,
  readOffer as readFields,
  writeOffer,
} from "../../generated/zserver/protocol/v1/handshake.ts";
import { concatBytes } from "../bytes/concat.ts";
import { decode, encode } from "../schema/codec.ts";
import { ChannelFailure } from "./failure.ts";
import { LENGTH_BYTES, PREAMBLE_BYTES } from "./limits.ts";

/** "ZSRV": tells a stray HTTP request or another protocol from a client of ours. */
export const magic: Uint8Array = /* @__PURE__ */ Uint8Array.of(0x5a, 0x53, 0x52, 0x56);

/** The version of the preamble, for the day when another handshake is needed than Noise. */
const PREAMBLE_VERSION = 1;

/** The same place in the first packet of a {@link PlainChannel}, so that a plain end and a sealing one never understand each other. */
export const PLAIN_VERSION = 0;

/** A packet as it travels: its length, then its parts. */
export function packetOf(...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return concatBytes(Uint8Array.of(length >>> 8, length & 0xff), ...parts);
}

export function offerPacket(offer: OfferInit): Uint8Array {
  return packetOf(magic, Uint8Array.of(PREAMBLE_VERSION), encode({ name: "Offer", write: writeOffer }, offer));
}

/** Reads an offer, of at most PREAMBLE_BYTES. Throws ChannelFailure or CommandError. */
export function readOffer(packet: Uint8Array): Offer {
  const body = afterMagic(packet, PREAMBLE_VERSION);
  return decode({ name: "Offer", read: readFields }, body);
}

/** What follows the magic and this version. Throws ChannelFailure for anything else. */
export function afterMagic(packet: Uint8Array, version: number): Uint8Array {
  const body = packet.subarray(LENGTH_BYTES);
  if (!magic.every((byte, index) => body[index] === byte))
    throw new ChannelFailure("HANDSHAKE_FAILED", "the first bytes are not of this protocol");
  if (body[magic.length] !== version) {
    throw new ChannelFailure("HANDSHAKE_FAILED", `the preamble has version ${body[magic.length] ?? "none"}; this side speaks ${version}`);
  }
  return body.subarray(magic.length + 1);
}

export function answerPacket(answer: AnswerInit): Uint8Array {
  const packet = packetOf(encode(Answer, answer));
  if (packet.length > LENGTH_BYTES + PREAMBLE_BYTES) throw new RangeError("the answer is larger than a preamble may be");
  return packet;
}

export function readAnswer(packet: Uint8Array): Answer {
  return decode(Answer, packet.subarray(LENGTH_BYTES));
}
