import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseJson } from "../../../../runtime/schema/json/parse-json.ts";
import { throwsCommandError } from "../../bytes/throws.ts";

const test = suite("schema/json/parse-json");

test("JSON is read as JSON.parse reads it, however it is laid out", () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(0, 1, "\t"), (text, space) => {
      const laidOut = JSON.stringify(JSON.parse(text), undefined, space);
      assert.equal(parseJson(laidOut), JSON.parse(laidOut));
    }),
  );
});

test("a member that is there twice is refused, however it is written and wherever it stands", () => {
  const twice = [
    '{"a":1,"a":2}',
    '[{"a":{"b":1},"a" : 2}]',
    '{"a":1,"\\u0061":2}',
    '{"x":{"a":1,"b":[],"a":1}}',
    '{"":1,"":1}',
    '{"__proto__":1,"__proto__":1}',
  ];
  for (const text of twice)
    throwsCommandError(() => parseJson(text), "INVALID_ARGUMENT", /the member "\w*" is given twice, at position \d+/);
});

test("the same name in different objects, or as a value, is no duplicate", () => {
  const fine = [
    '[{"a":1},{"a":2}]',
    '{"a":{"a":1}}',
    '{"a":"a","b":["a","a"]}',
    '{"a":"\\"a\\":","b":1}',
    '{"a":{"b":1},"c":{"b":1}}',
    '{"a\\\\":1,"a":"{"}',
  ];
  for (const text of fine) assert.equal(parseJson(text), JSON.parse(text));
});

test("what is no JSON is refused", () => {
  for (const text of ["", "{", "{a:1}", "[1,]", "NaN", "'a'", '{"a":1}x'])
    throwsCommandError(() => parseJson(text), "INVALID_ARGUMENT", /malformed/);
});

test("text that is all brackets costs no more than its length", () => {
  const depth = 100_000;
  assert.ok(Array.isArray(parseJson("[".repeat(depth) + "]".repeat(depth))));
});

test.run();
