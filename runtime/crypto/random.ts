/** A source of random bytes, injected wherever the protocol needs one. */
export type RandomSource = (length: number) => Uint8Array;

/** The platform's cryptographically secure source. */
export const systemRandom: RandomSource = (length) => globalThis.crypto.getRandomValues(new Uint8Array(length));
