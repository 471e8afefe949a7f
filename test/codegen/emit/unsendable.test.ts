import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emitSchema } from "../../../codegen/emit/emit.ts";
import { decode, encode } from "../../../runtime/schema/codec.ts";
import { setExtension } from "../../../runtime/schema/extension.ts";
import type { ExtensionType } from "../../../runtime/schema/extension-type.ts";
import { hex, throwsCommandError } from "../../runtime/bytes/throws.ts";
import { modelOf, scalarTypes } from "./kitchen.ts";
import { type Decoded, Workshop } from "./workshop.ts";

const test = suite("emit/unsendable");
const workshop = new Workshop();
test.after(() => workshop.remove());

/** Every shape that a field of one type can have. */
function shapesOf(type: string, i: number): string {
  const isKey = !["double", "float", "bytes"].includes(type);
  const isPackable = !["string", "bytes"].includes(type);
  const n = 1000 + 10 * i;
  return `message Shapes_${type} {
    ${type} explicit = 1;
    ${type} implicit = 2 [features.field_presence = IMPLICIT];
    ${type} needed = 3 [features.field_presence = LEGACY_REQUIRED];
    repeated ${type} loose = 4 ${isPackable ? "[features.repeated_field_encoding = EXPANDED]" : ""};
    ${isPackable ? `repeated ${type} tight = 5;` : ""}
    map<int32, ${type}> values = 6;
    ${isKey ? `map<${type}, int32> keys = 7;` : ""}
    oneof choice { ${type} chosen = 8; int32 other = 9; }
    Inner_${type} inner = 10;
  }
  message Inner_${type} { ${type} explicit = 1; }
  extend Extended { ${type} ext_${type} = ${n}; repeated ${type} exts_${type} = ${n + 1}; }`;
}

const wrappers = { double: "Double", float: "Float", int64: "Int64", uint64: "UInt64", int32: "Int32", uint32: "UInt32", bool: "Bool" };
const allWrappers = Object.entries({ ...wrappers, string: "String", bytes: "Bytes" });

workshop.add(
  "shapes",
  emitSchema(
    modelOf({
      "shapes.proto": `edition = "2023";
        import "google/protobuf/wrappers.proto";
        message Extended { extensions 1000 to max; }
        message Wrapped { ${allWrappers.map(([type, name], i) => `google.protobuf.${name}Value ${type} = ${i + 1};`).join(" ")} }
        ${scalarTypes.map(shapesOf).join("\n")}`,
    }),
    { importExtension: ".ts" },
  ),
);
const module = await workshop.import("shapes/shapes.ts");
const extensions = module as unknown as Readonly<Record<string, ExtensionType<Decoded, unknown, unknown>>>;

const beyond32 = [2 ** 31, -(2 ** 31) - 1, 2 ** 32, 0.5, Number.NaN, Infinity];
const beyondUnsigned32 = [2 ** 32, -1, -(2 ** 31), 0.5, Number.NaN, Infinity];
const noNumber = ["1", 1n, true, null, {}, []];
const beyond64 = [2n ** 63n, -(2n ** 63n) - 1n, 2n ** 64n];
const beyondUnsigned64 = [2n ** 64n, -1n, -(2n ** 63n)];
const noBigint = ["1", 1, true, null, {}];
const long = "x".repeat(5000);

const wrong: Readonly<Record<(typeof scalarTypes)[number], readonly unknown[]>> = {
  double: noNumber,
  float: [...noNumber, 3.5e38, -3.5e38, Number.MAX_VALUE],
  int32: [...noNumber, ...beyond32],
  sint32: [...noNumber, ...beyond32],
  sfixed32: [...noNumber, ...beyond32],
  uint32: [...noNumber, ...beyondUnsigned32],
  fixed32: [...noNumber, ...beyondUnsigned32],
  int64: [...noBigint, ...beyond64],
  sint64: [...noBigint, ...beyond64],
  sfixed64: [...noBigint, ...beyond64],
  uint64: [...noBigint, ...beyondUnsigned64],
  fixed64: [...noBigint, ...beyondUnsigned64],
  bool: [0, 1, "true", null, {}],
  string: [1, 1n, true, null, {}, ["a"], "\ud800", "a\udc00b", "\udc00\ud800", `${long}\ud800`, `\ud83d${long}`, `é${long}\udfff`],
  bytes: ["a", 1, {}, [1], new Uint16Array(1), new DataView(new ArrayBuffer(1))],
};

for (const type of scalarTypes) {
  const shapes = module[`Shapes_${type}`]!;
  const good = { double: 1, float: 1, bool: true, string: "a", bytes: hex("01") }[type as string] ?? (/64/.test(type) ? 1n : 1);

  test(`${type}: what does not fit is refused at the sender in every shape, by the field's name`, () => {
    for (const value of wrong[type]) {
      const inits: readonly [field: string, init: object][] = [
        ["explicit", { explicit: value }],
        ["implicit", { implicit: value }],
        ["needed", { needed: value }],
        ["loose", { loose: [good, value] }],
        ["tight", { tight: [good, value] }],
        ["values", { values: new Map([[1, value]]) }],
        ["keys", { keys: new Map([[value, 1]]) }],
        ["chosen", { choice: { case: "chosen", value } }],
        ["explicit", { inner: { explicit: value } }],
      ];
      for (const [field, init] of inits.filter(([field]) => field in decode(shapes, encodeNeeded()) || field === "chosen")) {
        throwsCommandError(() => encode(shapes, { needed: good, ...init } as never), "INVALID_ARGUMENT", new RegExp(`${field}: `));
      }
      throwsCommandError(() => setExtension({}, extensions[`ext${title(type)}`]!, value), "INVALID_ARGUMENT", /value: /);
      throwsCommandError(() => setExtension({}, extensions[`exts${title(type)}`]!, [good, value]), "INVALID_ARGUMENT", /value: /);
      if (type in Object.fromEntries(allWrappers)) {
        throwsCommandError(() => encode(module.Wrapped!, { [type]: value } as never), "INVALID_ARGUMENT", new RegExp(`${type}: `));
      }
    }
    assert.ok(encode(shapes, { needed: good, loose: [good], choice: { case: "chosen", value: good } } as never).length > 0);
  });

  function encodeNeeded(): Uint8Array {
    return encode(shapes, { needed: good } as never);
  }
}

test("text that is not UTF-8 is refused at the receiver in every shape", () => {
  const text = module.Shapes_string!;
  const shapes = [
    "0a 01 ff",
    "12 01 ff",
    "1a 01 ff",
    "22 01 ff",
    "32 05 08 01 12 01 ff",
    "3a 05 0a 01 ff 10 01",
    "42 01 ff",
    "52 03 0a 01 ff",
  ];
  const invalid = ["ff", "80", "c0", "f8"];
  for (const digits of shapes) {
    for (const byte of invalid) {
      const bytes = hex(`1a 01 61 ${digits.replace(/ff(?=( 10 01)?$)/, byte)}`);
      throwsCommandError(() => decode(text, bytes), "INVALID_ARGUMENT", /Shapes_string: .*UTF-8/);
    }
    assert.not.throws(() => decode(text, hex(`1a 01 61 ${digits.replace(/ff(?=( 10 01)?$)/, "62")}`)));
  }
  throwsCommandError(() => decode(module.Wrapped!, hex("42 03 0a 01 ff")), "INVALID_ARGUMENT", /Wrapped: .*UTF-8/);
});

function title(type: string): string {
  return type.charAt(0).toUpperCase() + type.slice(1);
}

test.run();
