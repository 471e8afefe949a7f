import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emitSchema } from "../../../../codegen/emit/emit.ts";
import { CommandError } from "../../../../runtime/errors/command-error.ts";
import { decode, encode } from "../../../../runtime/schema/codec.ts";
import { fromJson, toJson } from "../../../../runtime/schema/json/convert.ts";
import type { JsonType } from "../../../../runtime/schema/json/json-type.ts";
import type { ToJsonOptions } from "../../../../runtime/schema/json/options.ts";
import { parseJson } from "../../../../runtime/schema/json/parse-json.ts";
import type { JsonValue } from "../../../../runtime/schema/json/value.ts";
import { Messages } from "../arbitrary.ts";
import { kitchenFiles, modelOf } from "../kitchen.ts";
import { nasty } from "../nasty.ts";
import { type Decoded, Workshop } from "../workshop.ts";

const test = suite("emit/json/round-trip");
const workshop = new Workshop();
test.after(() => workshop.remove());

type AnyJson = JsonType<Decoded, never>;

async function typesOf(path: string): Promise<AnyJson[]> {
  const exports: Readonly<Record<string, unknown>> = await workshop.import(path);
  return Object.values(exports).filter((value): value is AnyJson => typeof value === "object" && value !== null && "special" in value);
}

const model = modelOf(kitchenFiles);
workshop.add("kit", emitSchema(model, { importExtension: ".ts", json: true }));
const types = [
  ...(await typesOf("kit/kit/leaf.json.ts")),
  ...(await typesOf("kit/kit/two.json.ts")),
  ...(await typesOf("kit/kit/three.json.ts")),
];
workshop.add("nasty", emitSchema(nasty, { importExtension: ".ts", json: true }));
const nastyTypes = [...(await typesOf("nasty/nasty/nasty.json.ts")), ...(await typesOf("nasty/nasty/other/user.json.ts"))];

/** Values of well-known types that the binary format holds and JSON does not. */
const beyondJson = /years 1 to 9999|nanoseconds|a kind of google\.protobuf\.Value|a finite number/;

/** Whether a message has a null that is not NULL_VALUE: JSON has one null for all. */
function hasOtherNull(init: unknown): boolean {
  if (typeof init !== "object" || init === null || init instanceof Uint8Array) return false;
  if ("case" in init && init.case === "nullValue") return !("value" in init && init.value === 0);
  return (init instanceof Map || Array.isArray(init) ? [...init.values()] : Object.values(init)).some(hasOtherNull);
}

const options = fc.record({ alwaysEmitImplicit: fc.boolean(), enumAsInteger: fc.boolean(), useProtoFieldName: fc.boolean() });

function written(type: AnyJson, message: unknown, choice: ToJsonOptions): JsonValue | undefined {
  try {
    return toJson(type, message as never, choice);
  } catch (error) {
    assert.ok(CommandError.is(error) && error.code === "INVALID_ARGUMENT" && beyondJson.test(error.message), String(error));
    return undefined;
  }
}

test("every message type of the schemas takes part", () => {
  assert.is(types.length, 19);
  assert.ok(nastyTypes.length > 50);
});

for (const [name, messages, all] of [
  ["kitchen", new Messages(model), types],
  ["nasty names", new Messages(nasty), nastyTypes],
] as const) {
  for (const type of all) {
    test(`${name}: ${type.type.name}: what is read from JSON is what decoding gives, whatever the options`, () => {
      let compared = 0;
      fc.assert(
        fc.property(messages.of(type.type.name), options, (init, choice) => {
          const json = written(type, init, choice);
          if (json === undefined || hasOtherNull(init)) return;
          compared++;
          const decoded = decode(type.type, encode(type.type, init as never));
          assert.equal(fromJson(type, parseJson(JSON.stringify(json))), decoded);
          assert.equal(Object.keys(fromJson(type, json)), Object.keys(decoded));
          assert.equal(toJson(type, decoded as never, choice), json);
        }),
        { numRuns: 40 },
      );
      assert.ok(compared > 0);
    });

    test(`${name}: ${type.type.name}: what is no such message is refused with its path, and nothing else happens`, () => {
      fc.assert(
        fc.property(messages.of(type.type.name), fc.nat(), fc.jsonValue(), (init, at, other) => {
          const json = written(type, init, {});
          if (json === undefined) return;
          try {
            fromJson(type, replaced(json, at, other as JsonValue));
          } catch (error) {
            assert.ok(CommandError.is(error) && error.code === "INVALID_ARGUMENT", String(error));
            assert.ok(error.message.startsWith(`${type.type.name}: `));
          }
        }),
        { numRuns: 60 },
      );
    });
  }
}

/** The same JSON with one of its values replaced. */
function replaced(json: JsonValue, at: number, other: JsonValue): JsonValue {
  const text = JSON.stringify(json);
  let left = at % (text.match(/[[{":,]/g)?.length ?? 1);
  return JSON.parse(text, (_key, value) => (left-- === 0 ? other : value));
}

test.run();
