import fc from "fast-check";
import protobuf from "protobufjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emitSchema } from "../../../codegen/emit/emit.ts";
import { decode, encode } from "../../../runtime/schema/codec.ts";
import { clearExtension, getExtension, hasExtension, setExtension } from "../../../runtime/schema/extension.ts";
import type { ExtensionType } from "../../../runtime/schema/extension-type.ts";
import { hex, throwsCommandError } from "../../runtime/bytes/throws.ts";
import { Messages } from "./arbitrary.ts";
import { modelOf } from "./kitchen.ts";
import { type Decoded, Workshop } from "./workshop.ts";

const test = suite("emit/extensions");
const workshop = new Workshop();
test.after(() => workshop.remove());

const files = {
  "shop/order.proto": `syntax = "proto2";
    package shop;
    message Order { optional string id = 1; extensions 100 to 199, 1000 to max; }
    enum Speed { SLOW = 1; FAST = 2; }
  `,
  "gift/gift.proto": `syntax = "proto2";
    package gift;
    import "shop/order.proto";
    message Paper { optional string color = 1; repeated int32 sheets = 2; optional Paper inner = 3; }
    // How it is wrapped.
    extend shop.Order {
      optional Paper wrap_paper = 100;
      optional sint32 weight = 101 [default = -7];
      optional string card_text = 102;
      optional shop.Speed speed = 103;
      repeated shop.Speed speeds = 104;
      repeated uint64 codes = 105;
      repeated double sizes = 106 [packed = true];
      repeated Paper papers = 107;
      optional group Ribbon = 108 { optional string color = 1; }
      repeated group Bow = 109 { optional int32 loops = 1; }
      optional bytes seal = 536870911;
    }
    message Scope {
      extend shop.Order { optional bool weight = 110; }
      message Inner { extend shop.Order { repeated string delete = 111; } }
    }
  `,
  "later/later.proto": `edition = "2023";
    package later;
    import "shop/order.proto";
    message Part { string name = 1; Part part = 2 [features.message_encoding = DELIMITED]; extensions 5; }
    enum Open { NONE = 0; }
    extend shop.Order {
      Part part = 120 [features.message_encoding = DELIMITED];
      repeated Open opens = 121;
      repeated int32 loose = 122 [features.repeated_field_encoding = EXPANDED];
    }
    extend Part { Part more = 5; }
  `,
};

const model = modelOf(files);
const messages = new Messages(model);
workshop.add("ext", emitSchema(model, { importExtension: ".ts" }));
const { Order } = await workshop.import("ext/shop/order.ts");
const gift = await workshop.import("ext/gift/gift.ts");
const later = await workshop.import("ext/later/later.ts");

type AnyExtension = ExtensionType<Decoded, unknown, unknown>;
const all = new Map(
  [...Object.entries(gift), ...Object.entries(later)]
    .filter(([, value]) => typeof value === "object" && "extendee" in value)
    .map(([name, value]) => [name, value as unknown as AnyExtension]),
);
const ofOrder = [...all.values()].filter(({ extendee }) => extendee.name === "shop.Order");
const named = (name: string): AnyExtension => all.get(name)!;

test("an extension is a constant named as a field, behind the message in which it is declared", () => {
  const names =
    "wrapPaper weight cardText speed speeds codes sizes papers ribbon bow seal Scope_weight Scope_Inner_delete part opens loose more";
  assert.equal([...all.keys()].sort(), names.split(" ").sort());
  assert.is(named("Scope_weight").name, "gift.Scope.weight");
  assert.is(named("Scope_weight").extendee, Order as unknown);
});

/** Some extensions, and what they are set to. */
const settings = fc.array(
  fc.oneof(...ofOrder.map((extension) => messages.ofExtension(extension.name).map((value) => ({ extension, value })))),
  { maxLength: 4 },
);

for (const extension of ofOrder) {
  const values = messages.ofExtension(extension.name);

  test(`${extension.name}: what was set is what is got, after the wire too, beside others and without changing the message`, () => {
    fc.assert(
      fc.property(values, messages.of("shop.Order"), settings, (value, plain, others) => {
        const message = others.reduce((so, other) => setExtension(so, other.extension, other.value), { ...plain } as Decoded);
        const before = structuredClone(message);
        const set = setExtension(message, extension, value);
        assert.equal(message, before);
        const received = decode(Order!, encode(Order!, set as never));
        assert.equal(getExtension(received, extension), decode(extension.field, encode(extension.field, { value })).value);
        assert.is(hasExtension(received, extension), !isEmptyList(value));
        for (const other of others) {
          if (other.extension !== extension) assert.equal(getExtension(received, other.extension), getExtension(message, other.extension));
        }
        const cleared = clearExtension(received, extension);
        assert.not.ok(hasExtension(cleared, extension));
        assert.equal(clearExtension(message, extension).$unknown, cleared.$unknown);
      }),
      { numRuns: 30 },
    );
  });
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

test("a stated default is a constant", () => {
  assert.is((gift as unknown as Decoded).weightDefault, -7);
  assert.not.ok("cardTextDefault" in gift);
});

test("an absent extension is undefined or an empty list; a message without any stays as it was", () => {
  const order = { id: "a" };
  assert.is(getExtension(order, named("weight")), undefined);
  assert.equal(getExtension(order, named("codes")), []);
  assert.equal(clearExtension(order, named("codes")), { id: "a" });
  assert.equal(clearExtension(setExtension(order, named("weight"), 1), named("weight")), { id: "a" });
});

test("setting replaces all earlier occurrences and leaves other unknown fields alone", () => {
  const received = decode(Order!, hex("0a 01 61  a8 06 02  b0 06 07  c8 06 05  a8 06 04  ca 06 01 06"));
  assert.is(getExtension(received, named("weight")), 2);
  assert.equal(getExtension(received, named("codes")), [5n, 6n]);
  const set = setExtension(received, named("codes"), [1n]);
  assert.equal(set.$unknown, hex("a8 06 02  b0 06 07  a8 06 04  c8 06 01"));
  assert.equal(clearExtension(set, named("weight")).$unknown, hex("b0 06 07  c8 06 01"));
});

test("a list is read packed and not, whatever was declared, and a message merges its occurrences", () => {
  const order = { $unknown: hex("ca 06 02 01 02  c8 06 03") };
  assert.equal(getExtension(order, named("codes")), [1n, 2n, 3n]);
  const paper = getExtension({ $unknown: hex("a2 06 05 0a 01 61 10 01  a2 06 02 10 02") }, named("wrapPaper"));
  assert.equal(paper, { color: "a", sheets: [1, 2], inner: undefined });
});

test("options get code only beside descriptor.proto, and message sets none", () => {
  const options = `syntax = "proto2"; package opt; import "google/protobuf/descriptor.proto"; extend google.protobuf.FieldOptions { optional int32 deep = 50000; }`;
  const descriptor = `syntax = "proto2"; package opt; import "google/protobuf/descriptor.proto"; message All { optional google.protobuf.FileDescriptorSet all = 1; }`;
  const set = `syntax = "proto2"; package opt; message Set { option message_set_wire_format = true; extensions 4 to max; extend Set { optional Set in = 4; } }`;
  const emitted = (...sources: readonly string[]): string[] => {
    const named = Object.fromEntries(sources.map((source, i) => [`${i}.proto`, source]));
    return emitSchema(modelOf(named), { importExtension: ".ts" }).map(
      ({ path, text }) => `${path} ${text.match(/ExtensionType</g)?.length ?? 0}`,
    );
  };
  assert.equal(emitted(options), ["0.ts 0"]);
  assert.equal(emitted(options, descriptor), ["0.ts 1", "1.ts 0", "google/protobuf/descriptor.ts 0"]);
  assert.equal(emitted(set), ["0.ts 0"]);
});

test("a number that a closed enum does not know stays unknown", () => {
  const order = { $unknown: hex("b8 06 09") };
  assert.is(getExtension(order, named("speed")), undefined);
  assert.not.ok(hasExtension(order, named("speed")));
  assert.equal(setExtension(order, named("speed"), 2).$unknown, hex("b8 06 09 b8 06 02"));
});

test("an extension of an extension's message lies within it", () => {
  const more = setExtension({ name: "a" }, named("more"), { name: "b" });
  const order = setExtension({}, named("part"), more);
  const part = getExtension(decode(Order!, encode(Order!, order as never)), named("part")) as Decoded;
  assert.equal(getExtension(part, named("more")), { name: "b", part: undefined });
});

test("a value that the schema cannot hold is refused when it is set, a malformed one when it is got", () => {
  throwsCommandError(
    () => setExtension({}, named("weight"), 2 ** 31),
    "INVALID_ARGUMENT",
    /gift\.weight: value: 2147483648 is not a sint32/,
  );
  throwsCommandError(() => setExtension({}, named("cardText"), "\ud800"), "INVALID_ARGUMENT", /gift\.card_text: .*lone surrogate/);
  throwsCommandError(
    () => getExtension({ $unknown: hex("b2 06 01 ff") }, named("cardText")),
    "INVALID_ARGUMENT",
    /gift\.card_text: .*UTF-8/,
  );
});

const root = new protobuf.Root();
for (const [name, text] of Object.entries(files))
  if (name !== "later/later.proto") protobuf.parse(text, root, { keepCase: false }).root.files.push(name);
root.resolveAll();

for (const extension of ofOrder.filter(({ name }) => name.startsWith("gift."))) {
  test(`${extension.name}: protobufjs reads what we set, and we what it sets`, () => {
    const theirs = root.lookupType("shop.Order");
    const key = `.${extension.name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())}`;
    fc.assert(
      fc.property(messages.ofExtension(extension.name), (value) => {
        const bytes = encode(Order!, setExtension({}, extension, value) as never);
        const understood = theirs.decode(bytes) as unknown as Decoded;
        assert.is(Object.hasOwn(understood, key) && !isEmptyList(understood[key]), hasExtension(decode(Order!, bytes), extension));
        const again = decode(Order!, theirs.encode(understood).finish());
        assert.equal(getExtension(again, extension), getExtension(decode(Order!, bytes), extension));
      }),
      { numRuns: 30 },
    );
  });
}

const user = `import { Order, Speed } from "./ext/shop/order.ts";
import { cardText, codes, Scope_weight, speed, wrapPaper } from "./ext/gift/gift.ts";
import { clearExtension, decode, encode, getExtension, hasExtension, setExtension } from "zserver/codec";
const order: Order = decode(Order, encode(Order, setExtension({ id: "a" }, cardText, "b")));
export const text: string | undefined = getExtension(order, cardText);
export const list: readonly bigint[] = getExtension(order, codes);
export const state: Speed | undefined = getExtension(setExtension(order, speed, Speed.FAST), speed);
export const set: Order = clearExtension(setExtension(order, wrapPaper, { color: "red" }), codes);
export const has: boolean = hasExtension(order, Scope_weight);
// @ts-expect-error a text is no number
setExtension(order, cardText, 1);
// @ts-expect-error not undefined either: that is clearExtension
setExtension(order, cardText, undefined);
// @ts-expect-error no message that can be extended with it
getExtension({ id: 1 }, cardText);
// @ts-expect-error lists are lists
setExtension(order, codes, 1n);
`;

test("extensions are typed", () => {
  workshop.add(".", [{ path: "user.ts", text: user }]);
  assert.is(workshop.typeErrors(), "");
});

test.run();
