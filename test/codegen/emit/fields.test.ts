import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emitSchema } from "../../../codegen/emit/emit.ts";
import { decode, encode } from "../../../runtime/schema/codec.ts";
import { hex, throwsCommandError } from "../../runtime/bytes/throws.ts";
import { kitchenFiles, modelOf } from "./kitchen.ts";
import { Workshop } from "./workshop.ts";

const test = suite("emit/fields");
const workshop = new Workshop();
test.after(() => workshop.remove());
workshop.add("kit", emitSchema(modelOf(kitchenFiles), { importExtension: ".ts" }));
const two = await workshop.import("kit/kit/two.ts");
const three = await workshop.import("kit/kit/three.ts");

const bytesOf = (type: keyof typeof two, init: object): Uint8Array => encode((two[type] ?? three[type])!, init as never);

test("a closed enum keeps numbers that it does not know as unknown fields, wherever they come", () => {
  const closed = decode(two.Closed!, hex("08 01 08 07  10 02 10 09 10 01  1a 03 01 08 02  28 06"));
  assert.is(closed.one, 1);
  assert.equal(closed.loose, [2, 1]);
  assert.equal(closed.packed, [1, 2]);
  assert.is(closed.choice, undefined);
  assert.equal(closed.$unknown, hex("08 07 10 09 18 08 28 06"));
});

test("a map entry whose value a closed enum does not know is kept whole", () => {
  const closed = decode(two.Closed!, hex("22 04 08 01 10 01  22 04 08 02 10 05"));
  assert.equal([...(closed.byNumber as Map<number, number>)], [[1, 1]]);
  assert.equal(closed.$unknown, hex("22 04 08 02 10 05"));
});

test("fields come in any order, lists in parts, and tags in more bytes than they take", () => {
  const inOrder = decode(two.Closed!, hex("08 01  10 01 10 02  1a 01 01"));
  assert.equal(decode(two.Closed!, hex("1a 01 01  10 01  08 01  10 02")), inOrder);
  assert.equal(decode(two.Closed!, hex("9a 80 00 01 01  10 01  88 00 01  90 80 80 00 02")), inOrder);
});

test("an open enum takes any number", () => {
  assert.is(decode(three.Scalars!, encode(three.Scalars!, { color: 77 } as never)).color, 77);
});

test("a group lies between its tags, in others and in itself", () => {
  const init = { part: { name: "a", inner: { part: { name: "b" } } }, item: [{ id: 1 }, {}] };
  const bytes = bytesOf("Groups", init);
  assert.equal(bytes, hex("0b 0a 01 61 12 05 0b 0a 01 62 0c 0c  1b 20 01 1c 1b 1c"));
  const decoded = decode(two.Groups!, bytes) as { part: { inner: { part: { name: string } } }; item: object[] };
  assert.is(decoded.part.inner.part.name, "b");
  assert.equal(decoded.item, [{ id: 1 }, { id: undefined }]);
});

test("a group without its end, or with another's, is malformed", () => {
  const wrong = ["0b", "0b 0a 01 61", "0b 1c", "0c", "0b 12 01 0c", "1b 0b 1c", "0b 0c 0c"];
  for (const digits of wrong) throwsCommandError(() => decode(two.Groups!, hex(digits)), "INVALID_ARGUMENT", /malformed message/);
});

test("a group's end in a submessage within it does not end it", () => {
  throwsCommandError(() => decode(two.Groups!, hex("0b 12 01 0c 0c")), "INVALID_ARGUMENT", /group ends that did not begin/);
});

test("groups count as objects and are bounded in depth", () => {
  throwsCommandError(() => decode(two.Groups!, hex("1b 1c 1b 1c"), { decodeElements: 1 }), "RESOURCE_EXHAUSTED", /decodeElements/);
  throwsCommandError(() => decode(two.Groups!, new Uint8Array(300).fill(0x0b)), "RESOURCE_EXHAUSTED", /decodeDepth/);
});

test("messages nest a hundred deep and no deeper", () => {
  const nested = (depth: number): Uint8Array => {
    let bytes = new Uint8Array(0);
    for (let i = 0; i < depth; i++)
      bytes = encode(three.Present!, { $unknown: new Uint8Array([0xa2, 0x01, ...length(bytes.length), ...bytes]) } as never).slice();
    return bytes;
  };
  const length = (size: number): number[] => (size < 128 ? [size] : [(size & 0x7f) | 0x80, size >> 7]);
  decode(three.Present!, nested(100));
  throwsCommandError(() => decode(three.Present!, nested(101)), "RESOURCE_EXHAUSTED", /decodeDepth/);
});

test("a required field must be sent, and must have come", () => {
  throwsCommandError(() => bytesOf("Old", { id: 1n, state: 1 }), "INVALID_ARGUMENT", /kit\.two\.Old: leaf: .*required/);
  throwsCommandError(() => bytesOf("Old", {}), "INVALID_ARGUMENT", /id: .*required/);
  const whole = { id: 1n, state: 2, leaf: { label: "a", numbers: [], leaf: undefined }, size: undefined, far: undefined };
  assert.equal(decode(two.Old!, hex("08 01 10 02 1a 03 0a 01 61")), whole);
  throwsCommandError(() => decode(two.Old!, hex("08 01 10 02")), "INVALID_ARGUMENT", /kit\.two\.Old: .*required field leaf is missing/);
  throwsCommandError(() => decode(two.Old!, hex("")), "INVALID_ARGUMENT", /required field id is missing/);
});

test("a required enum that came with a number that it does not know has not come", () => {
  throwsCommandError(() => decode(two.Old!, hex("08 01 10 09 1a 00")), "INVALID_ARGUMENT", /required field state is missing/);
});

test("what the schema states as default is a constant, by the type of its field", () => {
  const { TestDefaults } = two as unknown as { TestDefaults: Record<string, unknown> };
  const expected = {
    int: -5,
    long: 2n ** 63n - 1n,
    real: -Infinity,
    zero: -0,
    text: '"*/\u2028',
    bytes: hex("00 ff"),
    state: 2,
    flag: true,
  };
  assert.equal(TestDefaults, expected);
  assert.ok(Object.is(TestDefaults.zero, -0));
  assert.not.ok("OldDefaults" in three || "ClosedDefaults" in two);
});

test("a wrapper is its value or undefined, in the fewest bytes", () => {
  const { WellKnown } = three;
  assert.equal(encode(WellKnown!, { text: "", number: 5n } as never), hex("12 00 1a 02 08 05"));
  const decoded = decode(WellKnown!, hex("12 00 1a 02 08 05 1a 00"));
  assert.is(decoded.text, "");
  assert.is(decoded.number, 5n);
  assert.is(decoded.blob, undefined);
  throwsCommandError(() => encode(WellKnown!, { number: 5 } as never), "INVALID_ARGUMENT", /number: 5 is not a bigint/);
});

test("a field with the option `view` is a view, its neighbour a copy", () => {
  const bytes = encode(three.Views!, { owned: hex("01 02"), borrowed: hex("03 04") } as never).slice();
  const decoded = decode(three.Views!, bytes);
  bytes.fill(9);
  assert.equal(decoded.owned, hex("01 02"));
  assert.equal(decoded.borrowed, hex("09 09"));
});

test("the schema's bound on elements holds", () => {
  const bounded = encode(three.Bounded!, { numbers: [1, 2, 3, 4] } as never);
  throwsCommandError(() => decode(three.Bounded!, bounded), "RESOURCE_EXHAUSTED", /Bounded: .*decodeElements/);
});

test("map entries may come in any order, with parts missing or twice, and unknown parts are dropped", () => {
  const decoded = decode(three.Maps!, hex("0a 00  0a 0c 12 03 0a 01 78 12 02 10 05 0a 01 6b  12 02 18 07"));
  const byString = decoded.byString as Map<string, unknown>;
  assert.equal([...byString.keys()], ["", "k"]);
  assert.equal(byString.get(""), { label: "", numbers: [], leaf: undefined });
  assert.equal(byString.get("k"), { label: "x", numbers: [5], leaf: undefined });
  assert.equal([...(decoded.byInt64 as Map<bigint, number>)], [[0n, 0]]);
});

test("an empty map refuses changes", () => {
  const { byString } = decode(three.Maps!, new Uint8Array(0)) as { byString: Map<string, unknown> };
  assert.throws(() => byString.set("a", 1), TypeError);
  assert.throws(() => byString.clear(), TypeError);
  assert.is(byString.size, 0);
  assert.equal(structuredClone(byString), new Map());
});

test("an object where a map belongs is refused, not left out", () => {
  throwsCommandError(() => encode(three.Maps!, { byString: { a: {} } } as never), "INVALID_ARGUMENT", /byString is not iterable/);
});

test.run();
