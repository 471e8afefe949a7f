import { brotliCompressSync, brotliDecompressSync, constants, deflateSync, inflateSync, type InputType } from "node:zlib";
import type { Compressor } from "./compressor.ts";
import { exhausted, malformed } from "./fault.ts";

/** Of 9: 256 KiB of JSON take 2 ms. The default, 6, makes them a tenth smaller in 5 ms. */
const DEFLATE_LEVEL = 4;
/** Of 11, the default, which takes ninety times as long: a tenth smaller than {@link DEFLATE_LEVEL}, in twice the time. */
const BROTLI_QUALITY = 5;
/** log₂ of the most that is compressed at once; a larger window would take memory for nothing. */
const BROTLI_WINDOW = 18;

/** What zlib's functions return with `info`, which their types do not say. */
interface Result {
  readonly buffer: Uint8Array;
  /** `bytesWritten`: how many bytes it took. */
  readonly engine: { readonly bytesWritten: number };
}

interface InflateOptions {
  readonly maxOutputLength: number;
  readonly chunkSize: number;
  readonly info: true;
}

/** RFC 1950, by the platform's zlib. */
export const deflate: Compressor = {
  compress: (bytes) => deflateSync(bytes, { level: DEFLATE_LEVEL }),
  decompress: (bytes, size) => decompress(inflateSync, bytes, size),
};

/** RFC 7932, by the platform. */
export const brotli: Compressor = {
  compress: (bytes) =>
    brotliCompressSync(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
        [constants.BROTLI_PARAM_LGWIN]: BROTLI_WINDOW,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  decompress: (bytes, size) => decompress(brotliDecompressSync, bytes, size),
};

/** One buffer of the right size, and a second one for what is too much: the platform stops there. */
function decompress(run: (bytes: InputType, options: InflateOptions) => unknown, bytes: Uint8Array, size: number): Uint8Array {
  let result: Result;
  try {
    result = run(bytes, { maxOutputLength: size, chunkSize: Math.max(size, constants.Z_MIN_CHUNK), info: true }) as Result;
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === "ERR_BUFFER_TOO_LARGE")
      exhausted(`${size} bytes, its own size`, "the message decompresses to more than it says");
    malformed("its compressed bytes are damaged");
  }
  const { buffer, engine } = result;
  if (buffer.length !== size) malformed(`it decompresses to ${buffer.length} bytes, and says ${size}`);
  if (engine.bytesWritten !== bytes.length) malformed("something follows its compressed bytes");
  // What a handler gets is no Buffer.
  return new Uint8Array(buffer.buffer, buffer.byteOffset, size);
}
