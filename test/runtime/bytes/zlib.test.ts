import { randomBytes } from "node:crypto";
import { brotliCompressSync, constants, deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { brotli, deflate } from "../../../runtime/bytes/zlib.ts";
import { assertError } from "../../support/command/assert-error.ts";

const test = suite("bytes/zlib");

const GIB = 1_073_741_824;

/** A GiB of zeros in a MiB, without a GiB to make it of: the blocks of a MiB of zeros again and again, behind the two bytes that begin it. Nobody comes to its checksum. */
function deflatedZeros(): Uint8Array {
  const mebi = deflateSync(new Uint8Array(1_048_576), { level: 9, finishFlush: constants.Z_SYNC_FLUSH });
  return Buffer.concat([mebi, ...new Array<Uint8Array>(GIB / 1_048_576 - 1).fill(mebi.subarray(2))]);
}

/** The same in some hundred bytes. */
function brotliZeros(): Uint8Array {
  return brotliCompressSync(Buffer.alloc(GIB), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
}

function caughtFrom(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("it returned");
}

for (const [name, compressor] of [
  ["deflate", deflate],
  ["brotli", brotli],
] as const) {
  const text = new TextEncoder().encode("a text that repeats itself. ".repeat(100));

  test(`${name}: what was compressed comes back, whatever it is`, () => {
    const some = fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 5_000, size: "max" }), fc.constantFrom(text, randomBytes(70_000)));
    fc.assert(
      fc.property(some, (bytes) => {
        const back = compressor.decompress(compressor.compress(bytes), bytes.length);
        assert.is(Buffer.compare(back, bytes), 0);
        assert.is(Object.getPrototypeOf(back), Uint8Array.prototype);
      }),
      { numRuns: 200 },
    );
  });

  test(`${name}: each time as if it were the first`, () => {
    assert.equal(compressor.compress(text), compressor.compress(text));
    assert.ok(compressor.compress(text).length < text.length / 10);
  });

  test(`${name}: what comes to more than it says, or to less`, () => {
    const bytes = compressor.compress(text);
    assertError(
      caughtFrom(() => compressor.decompress(bytes, text.length - 1)),
      "RESOURCE_EXHAUSTED",
      "NOT_RUN",
      "the message decompresses to more than it says (limit 2799 bytes, its own size)",
    );
    assertError(
      caughtFrom(() => compressor.decompress(bytes, text.length + 1)),
      "INVALID_ARGUMENT",
      "NOT_RUN",
      /it decompresses to 2800 bytes, and says 2801/,
    );
  });

  test(`${name}: each truncation, and whatever follows, is found`, () => {
    const bytes = compressor.compress(text);
    for (let length = 0; length < bytes.length; length++)
      assertError(
        caughtFrom(() => compressor.decompress(bytes.subarray(0, length), text.length)),
        "INVALID_ARGUMENT",
        "NOT_RUN",
      );
    for (const more of [Uint8Array.of(0), bytes, gzipSync(text)])
      assertError(
        caughtFrom(() => compressor.decompress(Buffer.concat([bytes, more]), text.length)),
        "INVALID_ARGUMENT",
        "NOT_RUN",
        /something follows its compressed bytes/,
      );
  });

  test(`${name}: damaged bytes throw a CommandError or come to as many as they say, and nothing else`, () => {
    const bytes = compressor.compress(text);
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = bytes.slice();
        damaged[at]! ^= change;
        try {
          assert.is(compressor.decompress(damaged, text.length).length, text.length);
        } catch (error) {
          assert.ok(["INVALID_ARGUMENT", "RESOURCE_EXHAUSTED"].includes((error as { code: string }).code), String(error));
        }
      }),
      { numRuns: 500 },
    );
  });

  test(`${name}: a bomb takes no more memory than its message may`, () => {
    const bomb = name === "deflate" ? deflatedZeros() : brotliZeros();
    const before = process.memoryUsage();
    const started = performance.now();
    for (let round = 0; round < 20; round++)
      assertError(
        caughtFrom(() => compressor.decompress(bomb, 262_144)),
        "RESOURCE_EXHAUSTED",
        "NOT_RUN",
      );
    const after = process.memoryUsage();
    // Two buffers of 256 KiB each time, whether they are collected or not.
    assert.ok(after.arrayBuffers - before.arrayBuffers <= 20 * 2 * 262_144 + 65_536, `${after.arrayBuffers - before.arrayBuffers} bytes`);
    assert.ok(after.rss - before.rss < 64 * 1_048_576, `${after.rss - before.rss} bytes`);
    assert.ok(performance.now() - started < 5_000);
  });
}

test.run();
