// Points of edwards25519 in plain BigInt arithmetic, slow and obvious: what tests make odd keys and signatures with.
import { createHash } from "node:crypto";

export interface Point {
  readonly x: bigint;
  readonly y: bigint;
}

export const p: bigint = 2n ** 255n - 19n;
/** The order of the base point. */
export const L: bigint = 2n ** 252n + 27742317777372353535851937790883648493n;
const d = mod(-121665n * invert(121666n));

export function mod(value: bigint, modulus: bigint = p): bigint {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = mod(base), left = exponent; left > 0n; left >>= 1n, square = mod(square * square))
    if (left & 1n) result = mod(result * square);
  return result;
}

function invert(value: bigint): bigint {
  return power(value, p - 2n);
}

export function add(left: Point, right: Point): Point {
  const product = mod(d * left.x * right.x * left.y * right.y);
  return {
    x: mod((left.x * right.y + right.x * left.y) * invert(1n + product)),
    y: mod((left.y * right.y + left.x * right.x) * invert(1n - product)),
  };
}

export function multiply(scalar: bigint, point: Point): Point {
  let result: Point = { x: 0n, y: 1n };
  for (let double = point, left = scalar; left > 0n; left >>= 1n, double = add(double, double)) if (left & 1n) result = add(result, double);
  return result;
}

/** The point with this y and an even x; undefined when there is none. */
export function pointWithY(y: bigint): Point | undefined {
  const square = mod((y * y - 1n) * invert(d * y * y + 1n));
  let x = power(square, (p + 3n) / 8n);
  if (mod(x * x) !== square) x = mod(x * power(2n, (p - 1n) / 4n));
  if (mod(x * x) !== square) return undefined;
  return { x: x & 1n ? p - x : x, y };
}

export const base: Point = pointWithY(mod(4n * invert(5n)))!;

/** A generator of the eight points of small order. */
export function torsionGenerator(): Point {
  for (let y = 2n; ; y++) {
    const point = pointWithY(y);
    const torsion = point && multiply(L, point);
    if (torsion && multiply(4n, torsion).y !== 1n) return torsion;
  }
}

export function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, index) => Number((value >> BigInt(8 * index)) & 255n));
}

export function encode({ x, y }: Point): Uint8Array {
  return littleEndian(y | ((x & 1n) << 255n));
}

/** SHA-512(R || A || message) mod L. */
export function challenge(R: Uint8Array, A: Uint8Array, message: Uint8Array): bigint {
  const digest = createHash("sha512").update(R).update(A).update(message).digest().reverse();
  return mod(BigInt(`0x${digest.toString("hex")}`), L);
}
