import { concatBytes } from "../bytes/concat.ts";
import { toHex } from "../bytes/hex.ts";
import type { CipherState } from "../crypto/noise/cipher-state.ts";
import type { HandshakeState } from "../crypto/noise/handshake-state.ts";
import { KeptSecret } from "../crypto/kept-secret.ts";
import type { CryptoProvider } from "../crypto/provider.ts";

const encoder = new TextEncoder();
const exporterLabel = "zserver exporter v1";
const rotationLabel = /* @__PURE__ */ encoder.encode("zserver rotation v1");
const exportLabel = /* @__PURE__ */ encoder.encode("zserver export v1 ");

/** What one handshake, the connection's or a rotation's, leaves behind. */
export interface Epoch {
  /** Counts the rotations of a connection. */
  readonly number: number;
  /** Noise's `h` at the end of that handshake, in hexadecimal: a string takes a third of an array's memory. */
  readonly hash: string;
  readonly exporterSecret: KeptSecret;
  /** The cipher of what the dialler sends. */
  readonly fromDialer: CipherState;
  /** The cipher of what the listener sends. */
  readonly fromListener: CipherState;
}

/** The epoch that a complete handshake begins. The handshake is wiped. */
export function epochOf(number: number, handshake: HandshakeState): Epoch {
  const [fromDialer, fromListener] = handshake.split();
  const secret = handshake.exportSecret(exporterLabel);
  const epoch = { number, hash: toHex(handshake.hash), exporterSecret: new KeptSecret(secret), fromDialer, fromListener };
  secret.fill(0);
  handshake.wipe();
  return epoch;
}

/** The pre-shared key of the rotation that follows this epoch. */
export function rotationPsk(crypto: CryptoProvider, epoch: Epoch): Uint8Array {
  return crypto.hmacSha256(epoch.exporterSecret.bytes, rotationLabel);
}

/** 32 bytes for the layers above; never those of {@link rotationPsk}. */
export function exported(crypto: CryptoProvider, epoch: Epoch, label: string): Uint8Array {
  return crypto.hmacSha256(epoch.exporterSecret.bytes, concatBytes(exportLabel, encoder.encode(label)));
}
