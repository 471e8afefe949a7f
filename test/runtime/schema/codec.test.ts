import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Order, type OrderInit } from "../../../generated/example/shop/v1/order.ts";
import { Answer, Offer } from "../../../generated/zserver/protocol/v1/handshake.ts";
import { Close, Detail, Failure } from "../../../generated/zserver/protocol/v1/session.ts";
import { decode, encode } from "../../../runtime/schema/codec.ts";
import { emptyList } from "../../../runtime/schema/empty.ts";
import type { MessageType } from "../../../runtime/schema/message-type.ts";
import { hex, throwsCommandError } from "../bytes/throws.ts";

const test = suite("schema/codec");

const order: OrderInit = {
  id: 7n,
  customer: { name: "Ada", email: "ada@example.org", shipping: { city: "Paris" } },
  lines: [{ article: "A-1", quantity: 2, weight: -0 }, { name: "Stück" }],
  note: "",
  payment: { receipt: hex("01 02 03") },
};

test("a message is decoded with every field, in the order of the schema", () => {
  const decoded = decode(Order, encode(Order, { lines: [{}] }));
  assert.equal(Object.keys(decoded), ["id", "customer", "lines", "status", "orderedAtMs", "note", "labels", "payment"]);
  assert.equal(decoded, {
    id: 0n,
    customer: undefined,
    lines: [{ article: "", name: "", quantity: 0, priceCents: 0, weight: 0 }],
    status: 0,
    orderedAtMs: 0n,
    note: undefined,
    labels: [],
    payment: undefined,
  });
});

test("presence is told from the default, and negative zero from zero", () => {
  const decoded = decode(Order, encode(Order, order));
  assert.is(decoded.note, "");
  assert.ok(Object.is(decoded.lines[0]?.weight, -0));
  assert.equal(encode(Order, { id: 0n, lines: [], labels: [], status: 0 }), new Uint8Array(0));
});

test("empty lists are one, and nobody can change it", () => {
  const [a, b] = [decode(Order, new Uint8Array(0)), decode(Failure, new Uint8Array(0))];
  assert.is(a.lines, b.details);
  assert.is(a.lines, emptyList);
  assert.throws(() => (a.lines as object[]).push({}), TypeError);
});

test("unknown fields are kept, through a spread too, and sent again behind the known ones", () => {
  const bytes = hex("a2 06 03 61 62 63  38 09  0a 01 72");
  const decoded = decode(Offer, bytes);
  assert.equal(decoded.suites, ["r"]);
  assert.equal(decoded.$unknown, hex("a2 06 03 61 62 63 38 09"));
  assert.equal(encode(Offer, { ...decoded, suites: ["s"] }), hex("0a 01 73  a2 06 03 61 62 63 38 09"));
  assert.not.ok("$unknown" in decode(Offer, hex("0a 01 72")));
});

test("a known number with another wire type is an unknown field", () => {
  const decoded = decode(Close, hex("0a 01 78  15 01 02 03 04"));
  assert.is(decoded.reason, 0);
  assert.is(decoded.message, "");
  assert.equal(decoded.$unknown, hex("0a 01 78  15 01 02 03 04"));
});

test("a packed list may come unpacked, in several runs, or both", () => {
  const expected = [1n, 300n, 2n];
  for (const digits of ["1a 04 01 ac 02 02", "18 01 18 ac 02 18 02", "1a 01 01 18 ac 02 1a 01 02", "1a 00 1a 04 01 ac 02 02"]) {
    assert.equal(decode(Close, hex(digits)).accepted, expected);
  }
  assert.equal(encode(Close, { accepted: expected }), hex("1a 04 01 ac 02 02"));
});

test("malformed messages are refused with the message's name", () => {
  const malformed: [string, RegExp][] = [
    ["08", /ends within a varint/],
    ["12 05 61", /length of 5 reaches past the end/],
    ["12 ff ff ff ff 0f", /length of 4294967295/],
    ["12 02 c3 28", /UTF-8/],
    ["1a 02 01 80", /ends within a varint/],
    ["1a 01 80 01", /past the end of its message/],
    ["00 01", /field number 0/],
    ["0c", /group ends that did not begin/],
    ["0e 01", /wire type 6/],
    ["23 08 01", /ends within a varint/],
    ["23 2c", /group ends that did not begin/],
  ];
  for (const [digits, message] of malformed) {
    throwsCommandError(() => decode(Close, hex(digits)), "INVALID_ARGUMENT", message);
    throwsCommandError(() => decode(Close, hex(digits)), "INVALID_ARGUMENT", /^zserver\.protocol\.v1\.Close: malformed message: /);
  }
});

test("a field that reaches past its submessage is malformed, although bytes follow", () => {
  throwsCommandError(() => decode(Answer, hex("12 02 08 80 01")), "INVALID_ARGUMENT", /past the end of its message/);
  throwsCommandError(() => decode(Answer, hex("12 03 1a 05 61 62 63 64 65")), "INVALID_ARGUMENT", /past the end of its message/);
});

test("values that the schema cannot hold are refused with message and field, and nothing of them is sent later", () => {
  const wrong: [() => unknown, RegExp][] = [
    [() => encode(Close, { reason: -1 }), /^zserver\.protocol\.v1\.Close: reason: -1 is not a uint32$/],
    [() => encode(Close, { reason: 1n as never }), /reason: 1n is not a uint32/],
    [() => encode(Close, { message: "a\udc00" }), /message: "a\\udc00" is not well-formed/],
    [() => encode(Close, { accepted: [1n, -1n] }), /accepted: -1n is not a uint64/],
    [() => encode(Close, { accepted: 5 as never }), /Close: accepted: 5 is not a list/],
    [() => encode(Close, null as never), /Close: /],
    [() => encode(Answer, { outcome: { case: "accept", value: "" } as never }), /outcome: an object is not one of its cases/],
    [() => encode(Detail, { value: "abc" as never }), /value: "abc" is not a Uint8Array/],
    [() => encode(Order, { lines: [{ quantity: 0.5 }] }), /Order: quantity: 0.5 is not a uint32/],
    [() => encode(Order, { status: 2 ** 31 }), /status: 2147483648 is not an int32/],
  ];
  for (const [run, message] of wrong) {
    throwsCommandError(run, "INVALID_ARGUMENT", message);
    assert.equal(encode(Close, { reason: 5 }), hex("08 05"));
  }
});

test("a message that holds too much is refused by the named limit, at N+1 and not at N", () => {
  const bytes = encode(Order, { lines: [{}, {}, {}], labels: ["a"] });
  assert.is(decode(Order, bytes, { decodeElements: 4 }).lines.length, 3);
  throwsCommandError(() => decode(Order, bytes, { decodeElements: 3 }), "RESOURCE_EXHAUSTED", /Order: .*limit decodeElements/);
  const bomb = new Uint8Array(2 * 100_001);
  for (let i = 0; i < bomb.length; i += 2) bomb[i] = 0x1a;
  throwsCommandError(() => decode(Order, bomb), "RESOURCE_EXHAUSTED", /decodeElements/);
  assert.is(decode(Order, bomb.subarray(2)).lines.length, 100_000);
});

test("decoding goes on as if nothing had been, after a failure, and within another decoding", () => {
  const bytes = encode(Order, { labels: ["a"], lines: [{ name: "x" }] });
  const expected = decode(Order, bytes);
  throwsCommandError(() => decode(Order, hex("1a 05 0a")), "INVALID_ARGUMENT", /past the end/);
  throwsCommandError(() => decode(Order, bytes, { decodeElements: 1 }), "RESOURCE_EXHAUSTED", /decodeElements/);
  assert.equal(decode(Order, bytes), expected);
  const nested: MessageType<Order, OrderInit> = {
    ...Order,
    read(reader, end, previous) {
      assert.equal(decode(Order, bytes), expected);
      return Order.read(reader, end, previous);
    },
  };
  assert.equal(decode(nested, bytes), expected);
  assert.equal(decode(Order, bytes), expected);
});

test("a message's own bound stands in for the default, and beside a limit that was set", () => {
  const bounded: MessageType<Order, OrderInit> = { ...Order, maxElements: 2 };
  const bytes = encode(Order, { labels: ["a", "b", "c"] });
  throwsCommandError(() => decode(bounded, bytes, { decodeElements: 10 }), "RESOURCE_EXHAUSTED", /decodeElements/);
  assert.is(decode(bounded, bytes.subarray(0, 6)).labels.length, 2);
  throwsCommandError(() => decode(bounded, bytes.subarray(0, 6), { decodeElements: 1 }), "RESOURCE_EXHAUSTED", /decodeElements/);
  const roomy: MessageType<Order, OrderInit> = { ...Order, maxElements: 200_000 };
  const crowd = new Uint8Array(2 * 150_000);
  for (let at = 0; at < crowd.length; at += 2) crowd[at] = 0x1a;
  assert.is(decode(roomy, crowd).lines.length, 150_000);
  throwsCommandError(() => decode(roomy, crowd, { decodeElements: 149_999 }), "RESOURCE_EXHAUSTED", /decodeElements/);
});

test("what is encoded stays as it is while more is encoded", () => {
  const messages = Array.from({ length: 2000 }, (_, i) => encode(Close, { reason: i, message: "x".repeat(i % 700) }));
  for (const [i, bytes] of messages.entries()) {
    const { reason, message } = decode(Close, bytes);
    assert.is(reason, i);
    assert.is(message.length, i % 700);
  }
});

test("encoding within encoding works", () => {
  const outer = {
    get message(): string {
      return String(encode(Close, { message: "inner" }).length);
    },
    reason: 3,
  };
  assert.equal(decode(Close, encode(Close, outer)), { reason: 3, message: "7", accepted: [] });
});

test("messages that outgrow the memory they share are whole, and so are those before and after them, and within them", () => {
  const lengths = [10, 40_000, 20, 5_000, 900, 2_000, 70_000, 30];
  const outer = (length: number) => ({
    get message(): string {
      return "x".repeat(encode(Close, { message: "y".repeat(length) }).length);
    },
  });
  const bytes = Array.from({ length: 20 }, () => lengths.map((length) => encode(Close, outer(length)))).flat();
  for (const [i, each] of bytes.entries()) {
    const { message } = decode(Close, each);
    assert.is(message.length, encode(Close, { message: "z".repeat(lengths[i % lengths.length]!) }).length);
    assert.ok(/^x+$/.test(message));
  }
});

test("a decoded message owns its memory: the buffer may be used again at once", () => {
  for (const filler of ["", "long ".repeat(200), "ü".repeat(400)]) {
    const bytes = encode(Order, { ...order, labels: [filler, "label", "größer"] }).slice();
    const decoded = decode(Order, bytes);
    const before = structuredClone(decoded);
    bytes.fill(0x2a);
    assert.equal(decoded, before);
    assert.is(decoded.labels[2], "größer");
    assert.equal(decoded.payment?.receipt, hex("01 02 03"));
  }
});

test("a short string kept of each of 10,000 large messages keeps none of them alive", () => {
  const gc = collector();
  const message = { type: "a type's name", value: new Uint8Array(16_384) };
  const large = encode(Detail, message).slice();
  const texts = encode(Order, { labels: ["kept for long", ...Array.from({ length: 500 }, (_, i) => `label number ${i} of many`)] }).slice();
  gc();
  const before = process.memoryUsage();
  const kept: string[] = [];
  for (let i = 0; i < 5000; i++) kept.push(decode(Detail, large.slice()).type, decode(Order, texts.slice()).labels[0]!);
  gc();
  const after = process.memoryUsage();
  const grown = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  assert.is(kept.length, 10_000);
  assert.ok(grown < 10_000 * 600, `${Math.round(grown / 10_000)} bytes a string`);
});

test("a short string kept of each of 10,000 small messages keeps 512 bytes at most", () => {
  const gc = collector();
  const small = encode(Order, { note: "a note to keep", labels: Array.from({ length: 20 }, (_, i) => `label number ${i}`) }).slice();
  assert.ok(small.length < 512 && small.length > 300);
  gc();
  const before = process.memoryUsage().heapUsed;
  const kept = Array.from({ length: 10_000 }, () => decode(Order, small).note!);
  gc();
  const grown = process.memoryUsage().heapUsed - before;
  assert.is(new Set(kept).size, 1);
  assert.ok(grown < 10_000 * 700, `${Math.round(grown / 10_000)} bytes a string`);
});

function collector(): () => void {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  return () => {
    gc();
    gc();
  };
}

test.run();
