import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { putUtf8, utf8Text } from "../../../runtime/bytes/utf8.ts";
import { throwsCommandError } from "./throws.ts";

const test = suite("bytes/utf8 without Buffer");

/** The module as a browser loads it: once more, while there is no Buffer. */
async function withoutBuffer(): Promise<typeof import("../../../runtime/bytes/utf8.ts")> {
  const { Buffer } = globalThis;
  const specifier = "../../../runtime/bytes/utf8.ts?portable";
  Reflect.deleteProperty(globalThis, "Buffer");
  try {
    return (await import(specifier)) as typeof import("../../../runtime/bytes/utf8.ts");
  } finally {
    globalThis.Buffer = Buffer;
  }
}

const portable = await withoutBuffer();

test("this is the portable half", () => assert.is(portable.hasLatin1, false));

test("both halves write and read the same text", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme", minLength: 30 })), (text) => {
      const [a, b] = [new Uint8Array(text.length * 3), new Uint8Array(text.length * 3)];
      const end = putUtf8(a, 0, text);
      assert.is(portable.putUtf8(b, 0, text), end);
      assert.equal(a, b);
      assert.is(portable.utf8Text(b, 0, end), text);
      assert.is(utf8Text(b, 0, end), text);
    }),
  );
});

test("both refuse the same", () => {
  for (const padding of ["", "x".repeat(50)]) {
    assert.is(portable.putUtf8(new Uint8Array(200), 0, `${padding}\ud800`), -1);
    const bytes = new TextEncoder().encode(`${padding}é`).subarray(0, -1);
    throwsCommandError(() => portable.utf8Text(bytes, 0, bytes.length), "INVALID_ARGUMENT", /UTF-8/);
  }
});

test.run();
