import { Offer } from "../../../generated/zserver/protocol/v1/handshake.ts";
import { concatBytes } from "../../../runtime/bytes/concat.ts";
import { messageMac } from "../../../runtime/channel/message-mac.ts";
import { packetOf } from "../../../runtime/channel/preamble.ts";
import type { SuiteName } from "../../../runtime/channel/suite.ts";
import { HandshakeState } from "../../../runtime/crypto/noise/handshake-state.ts";
import { encode } from "../../../runtime/schema/codec.ts";
import { native, seededRandom, text } from "./ends.ts";

const none = new Uint8Array(0);

/** The packet of an offer. */
export function offerPacket(suites: readonly string[], keyHint: Uint8Array = none, further: Uint8Array = none): Uint8Array {
  return packetOf(text("ZSRV"), Uint8Array.of(1), encode(Offer, { suites, keyHint }), further);
}

/** The packet of message 1 behind an offer, with its MAC for this server. */
export function message1Packet(offer: Uint8Array, message1: Uint8Array, serverKey: Uint8Array = none): Uint8Array {
  return packetOf(message1, messageMac(native, serverKey, offer, message1));
}

export interface KnockOptions {
  readonly suite?: SuiteName;
  /** The static key to expect, in NK and XK. */
  readonly staticKey?: Uint8Array | undefined;
  /** What the MAC is made with. */
  readonly serverKey?: Uint8Array | undefined;
  readonly payload?: Uint8Array | undefined;
}

/** A genuine message 1 behind an offer made by hand. */
export function knock(offer: Uint8Array, options: KnockOptions = {}): Uint8Array {
  const noise = new HandshakeState({
    crypto: native,
    random: seededRandom(71),
    protocolName: options.suite ?? "Noise_XX_25519_ChaChaPoly_SHA256",
    initiator: true,
    prologue: offer,
    remoteStatic: options.staticKey,
  });
  return concatBytes(offer, message1Packet(offer, noise.writeMessage(options.payload ?? none), options.serverKey));
}
