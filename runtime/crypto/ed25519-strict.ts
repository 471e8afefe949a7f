import { equalBytes } from "./equal.ts";
import { KEY_BYTES, SIGNATURE_BYTES } from "./checks.ts";

/**
 * What a signature and a public key must look like before anything is computed. Libraries differ on exactly these points (tweetnacl accepts
 * s ≥ L, most accept points that are not canonical or of small order, libsodium does not); with this in front they are only asked questions on
 * which they agree:
 *
 * - s < L (RFC 8032, section 5.1.7), else a signature could be changed into another valid one;
 * - the y of the public key A and of R is below p: one encoding per point;
 * - A is not of small order, else one signature could fit every message; nor is R, which no honest signer makes.
 *
 * All of it is public, so nothing here needs to take constant time.
 */
export function isStrictSignature(publicKey: Uint8Array, signature: Uint8Array): boolean {
  return (
    signature.length === SIGNATURE_BYTES &&
    isBelow(signature.subarray(KEY_BYTES), groupOrder) &&
    isStrictPoint(signature.subarray(0, KEY_BYTES)) &&
    isStrictPoint(publicKey)
  );
}

/** Whether these are 32 bytes, canonical, and of no small order: what can be an identity. That they are on the curve is for the library to find. */
export function isStrictPoint(point: Uint8Array): boolean {
  if (point.length !== KEY_BYTES) return false;
  const y = withoutSign(point);
  return isBelow(y, fieldPrime) && !smallOrderY.some((small) => equalBytes(y, small));
}

/** Little-endian bytes from the hex digits of a number as one writes it. */
function littleEndian(hex: string): Uint8Array {
  return Uint8Array.from({ length: KEY_BYTES }, (_, index) => Number.parseInt(hex.slice(62 - 2 * index, 64 - 2 * index), 16));
}

/** L, the order of the base point: 2^252 + 27742317777372353535851937790883648493. */
const groupOrder = /* @__PURE__ */ littleEndian("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed");
/** p = 2^255 - 19. */
const fieldPrime = /* @__PURE__ */ littleEndian("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed");
/** y of the points of order 4, 1, 2, 8 and 8; each stands for both signs of x. */
const smallOrderY: readonly Uint8Array[] = /* @__PURE__ */ [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0000000000000000000000000000000000000000000000000000000000000001",
  "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec",
  "05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826",
  "7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7",
].map(littleEndian);

/** A point's encoding without the sign of x, the topmost bit. */
function withoutSign(point: Uint8Array): Uint8Array {
  const y = Uint8Array.from(point);
  y[KEY_BYTES - 1]! &= 0x7f;
  return y;
}

function isBelow(left: Uint8Array, right: Uint8Array): boolean {
  for (let index = KEY_BYTES - 1; index >= 0; index--) {
    if (left[index] !== right[index]) return left[index]! < right[index]!;
  }
  return false;
}
