import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isAscii, isWellFormed, putUtf8, utf8Text } from "../../../runtime/bytes/utf8.ts";
import { hex, throwsCommandError } from "./throws.ts";

const test = suite("bytes/utf8");

const text = fc.oneof(fc.string({ unit: "binary", maxLength: 120 }), fc.string({ unit: "grapheme", maxLength: 60 }));

test("well-formed text is written as TextEncoder writes it", () => {
  fc.assert(
    fc.property(text, fc.nat(9), (value, position) => {
      const buffer = new Uint8Array(position + value.length * 3);
      const end = putUtf8(buffer, position, value);
      assert.equal(buffer.slice(position, end), new TextEncoder().encode(value));
    }),
  );
});

test("a lone surrogate is never written, wherever it stands", () => {
  for (const surrogate of ["\ud800", "\udbff", "\udc00", "\udfff", "\ud800\ud800", "\udc00\ud800"]) {
    for (const before of ["", "a", "é", "x".repeat(31), "x".repeat(100)]) {
      for (const after of ["", "b", "€", "y".repeat(100)]) {
        const value = before + surrogate + after;
        assert.is(isWellFormed(value), false);
        assert.is(putUtf8(new Uint8Array(value.length * 3), 0, value), -1, JSON.stringify(value));
      }
    }
  }
});

test("bytes are text exactly when a fatal TextDecoder says so, and the same text", () => {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const nearUtf8 = fc.array(
    fc.constantFrom(0x41, 0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff, 0xa0, 0x9f, 0x8f, 0x90),
  );
  const bytes = fc
    .oneof(
      nearUtf8,
      text.map((value) => [...new TextEncoder().encode(value)]),
    )
    .map((list) => new Uint8Array(list));
  fc.assert(
    fc.property(bytes, (value) => {
      let expected: string | undefined;
      try {
        expected = decoder.decode(value);
      } catch {}
      if (expected === undefined) throwsCommandError(() => utf8Text(value, 0, value.length), "INVALID_ARGUMENT", /UTF-8/);
      else assert.is(utf8Text(value, 0, value.length), expected);
    }),
    { numRuns: 3000 },
  );
});

test("overlong forms, surrogates and what lies above U+10FFFF are refused, short and long", () => {
  const wrong = [
    "80",
    "bf",
    "c0 80",
    "c1 bf",
    "c2",
    "e0 80 80",
    "e0 9f bf",
    "ed a0 80",
    "ed bf bf",
    "ef bf",
    "f0 80 80 80",
    "f0 8f bf bf",
    "f4 90 80 80",
    "f5 80 80 80",
    "ff",
    "c2 41",
    "e2 82 41",
    "f0 9f 98 41",
  ];
  for (const digits of wrong) {
    for (const padding of [0, 40]) {
      const bytes = new Uint8Array([...new Uint8Array(padding).fill(0x61), ...hex(digits)]);
      throwsCommandError(() => utf8Text(bytes, 0, bytes.length), "INVALID_ARGUMENT", /UTF-8/);
    }
  }
});

test("a sequence is not read past the end of the string, although bytes follow", () => {
  const bytes = hex("e2 82 ac");
  throwsCommandError(() => utf8Text(bytes, 0, 2), "INVALID_ARGUMENT", /UTF-8/);
});

test("U+FFFD itself and a byte order mark are text like any other", () => {
  for (const value of ["\ufffd", "\ufeffa", `\ufffd${"é".repeat(30)}`, `\ufeff${"x".repeat(60)}\u0000`]) {
    const bytes = new TextEncoder().encode(value);
    assert.is(utf8Text(bytes, 0, bytes.length), value);
  }
});

test("ASCII is told from the rest at every position", () => {
  for (let length = 0; length < 12; length++) {
    assert.is(isAscii(new Uint8Array(length).fill(0x7f), 0, length), true);
    for (let at = 0; at < length; at++) {
      const bytes = new Uint8Array(length);
      bytes[at] = 0x80;
      assert.is(isAscii(bytes, 0, length), false);
      assert.is(isAscii(bytes, at + 1, length), true);
    }
  }
});

test.run();
