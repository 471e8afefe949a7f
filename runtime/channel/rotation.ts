import { concatBytes } from "../bytes/concat.ts";
import { fromHex } from "../bytes/hex.ts";
import { HandshakeState } from "../crypto/noise/handshake-state.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import type { RandomSource } from "../crypto/random.ts";
import type { Pace } from "../time/pace.ts";
import { type Epoch, rotationPsk } from "./epoch.ts";
import type { StaticKeys } from "./handshake.ts";
import { WORN_KEY_BYTES } from "./limits.ts";
import type { Records } from "./records.ts";

/** One side's part in renewing the keys of a connection, in band. Sans-IO, as the handshake; it owns the epoch. */
export interface Rotation {
  /** The epoch that both directions have reached. */
  readonly epoch: Epoch;
  /** The epoch that follows, while it exists and is not reached. */
  readonly next: Epoch | undefined;
  /** Whether a rotation was begun and one direction still is under the old key. */
  readonly underway: boolean;
  /** A record that begins a rotation, or asks for one; undefined while one is under way or asked for already, or has to wait. */
  request(): Uint8Array | undefined;
  /** A verified record of a kind from FIRST_CHANNEL_KIND on. Throws IllegalRecord. */
  receive(kind: number, body: Uint8Array): RotationStep;
  /** Forgets what is secret, an unfinished rotation included. */
  wipe(): void;
}

export interface RotationStep {
  readonly output?: Uint8Array | undefined;
  /** Both directions have reached a new epoch. */
  readonly rotated?: boolean | undefined;
}

/** What both sides' rotations need. */
export interface RotationContext extends Pick<Records, "keyBytes" | "seal" | "sealUnder" | "openUnder"> {
  readonly crypto: CryptoProvider;
  readonly random: RandomSource;
  readonly statics: StaticKeys;
  /** How often the dialler may begin. Made when it is first asked for. */
  readonly pace: Pace;
}

/** Whether the present keys carried enough in one direction to be renewed at any time. The listener counts no less than its dialler. */
export function worn({ keyBytes }: RotationContext): boolean {
  return keyBytes >= WORN_KEY_BYTES;
}

/** An authenticated peer sent what it must not: the session ends, not only the connection. Thrown inside the channel only. */
export class IllegalRecord extends Error {
  override readonly name = "IllegalRecord";
}

/**
 * The Noise handshake of the rotation that ends `epoch`: bound to that epoch by its hash and number, and to its secrets by the pre-shared key, so
 * that only the two ends of this connection complete it.
 */
export function rotationHandshake(context: RotationContext, epoch: Epoch, initiator: boolean): HandshakeState {
  const { crypto, random, statics } = context;
  const number = new Uint8Array(4);
  new DataView(number.buffer).setUint32(0, epoch.number + 1);
  const psk = rotationPsk(crypto, epoch);
  const mutual = statics.local !== undefined && statics.remote !== undefined;
  const handshake = new HandshakeState({
    crypto,
    random,
    protocolName: mutual ? "Noise_KKpsk0_25519_ChaChaPoly_SHA256" : "Noise_NKpsk0_25519_ChaChaPoly_SHA256",
    initiator,
    prologue: concatBytes(fromHex(epoch.hash), number),
    localStatic: statics.local,
    remoteStatic: statics.remote,
    psks: [psk],
  });
  psk.fill(0);
  return handshake;
}

/** Reads a rotation's Noise message, which has no payload. Throws IllegalRecord: the record that carried it was genuine. */
export function readRotationMessage(handshake: HandshakeState, message: Uint8Array): void {
  let payload: Uint8Array;
  try {
    payload = handshake.readMessage(message);
  } catch (error) {
    throw new IllegalRecord(`a rotation's handshake failed: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (payload.length > 0) throw new IllegalRecord("a rotation's handshake has a payload");
}

/** SWITCH and PLEASE are their kind alone. Throws IllegalRecord. */
export function checkEmpty(body: Uint8Array): void {
  if (body.length > 0) throw new IllegalRecord("a rotation's record has a body that it must not have");
}
