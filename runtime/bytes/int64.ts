/** Eight bytes seen as halves, integers and floating point: conversions between them without intermediate objects. Used only within one call. */
const memory = new ArrayBuffer(8);

/** The two halves; {@link low} and {@link high} say which is which on this machine. */
export const words: Int32Array = new Int32Array(memory);
export const signed: BigInt64Array = new BigInt64Array(memory);
export const unsigned: BigUint64Array = new BigUint64Array(memory);
export const float32: Float32Array = new Float32Array(memory, 0, 1);
export const float64: Float64Array = new Float64Array(memory);

const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Index in {@link words} of the less significant half. */
export const low: 0 | 1 = littleEndian ? 0 : 1;
/** Index in {@link words} of the more significant half. */
export const high: 0 | 1 = littleEndian ? 1 : 0;
