import fc from "fast-check";
import protobuf from "protobufjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emitSchema } from "../../../codegen/emit/emit.ts";
import { CommandError } from "../../../runtime/errors/command-error.ts";
import { Reader } from "../../../runtime/bytes/reader.ts";
import { Writer } from "../../../runtime/bytes/writer.ts";
import { decode, encode } from "../../../runtime/schema/codec.ts";
import type { MessageType } from "../../../runtime/schema/message-type.ts";
import { Messages, unknownFields } from "./arbitrary.ts";
import { kitchenFiles, modelOf } from "./kitchen.ts";
import { type Decoded, Workshop } from "./workshop.ts";

const test = suite("emit/round-trip");
const workshop = new Workshop();
test.after(() => workshop.remove());

const model = modelOf(kitchenFiles);
const messages = new Messages(model);
const messagesWithMore = new Messages(model, unknownFields);
workshop.add("kit", emitSchema(model, { importExtension: ".ts" }));
const types = [
  ...Object.values(await workshop.import("kit/kit/leaf.ts")),
  ...Object.values(await workshop.import("kit/kit/two.ts")),
  ...Object.values(await workshop.import("kit/kit/three.ts")),
  ...Object.values(await workshop.import("kit/kit/later.ts")),
].filter((value): value is MessageType<Decoded, never> => "write" in value && "read" in value);

/** What protobufjs cannot take part in: it knows neither zserver's options nor groups in a oneof. */
const ours = new Set(["kit.three.Views", "kit.three.Bounded", "kit.two.GroupChoice", "kit.two.GroupChoice.Chosen"]);

test("every message type of the schemas takes part", () => {
  assert.is(types.length, 21);
  assert.is(types.filter(({ name }) => ours.has(name)).length, 4);
});

for (const type of types) {
  const inits = messages.of(type.name);
  let keys: readonly string[] | undefined;

  test(`${type.name}: what was sent is what is decoded, and decoding is stable`, () => {
    fc.assert(
      fc.property(inits, (init) => {
        const bytes = encode(type, init as never);
        const decoded = decode(type, bytes);
        covers(decoded, init);
        assert.equal(encode(type, decoded as never), bytes);
        assert.equal(decode(type, encode(type, decoded as never)), decoded);
        keys ??= Object.keys(decoded);
        assert.equal(Object.keys(decoded), keys);
      }),
      { numRuns: 60 },
    );
  });

  test(`${type.name}: fields that the schema does not know are kept, at every level, and sent again`, () => {
    fc.assert(
      fc.property(messagesWithMore.of(type.name), (init) => {
        const decoded = decode(type, encode(type, init as never));
        covers(decoded, init);
        covers(decode(type, encode(type, decoded as never)), init);
      }),
      { numRuns: 60 },
    );
  });

  test(`${type.name}: sender and receiver count the same objects and entries`, () => {
    fc.assert(
      fc.property(inits, (init) => {
        const writer = new Writer();
        type.write(writer, init as never);
        const reader = new Reader(writer.finish(), 0, writer.position, 1_000_000);
        type.read(reader, reader.end);
        assert.is(writer.elements, 1_000_000 - reader.elements);
      }),
      { numRuns: 60 },
    );
  });

  test(`${type.name}: random and damaged bytes are refused or decoded, and nothing else`, () => {
    const damaged = fc.tuple(inits, fc.nat(), fc.nat(255)).map(([init, at, byte]) => {
      const bytes = encode(type, init as never).slice();
      if (bytes.length > 0) bytes[at % bytes.length] = byte;
      return bytes;
    });
    const cut = fc.tuple(inits, fc.nat()).map(([init, at]) => {
      const bytes = encode(type, init as never);
      return bytes.subarray(0, at % (bytes.length + 1));
    });
    fc.assert(
      fc.property(fc.oneof(damaged, cut, fc.uint8Array({ maxLength: 60 })), (bytes) => {
        let decoded: Decoded;
        try {
          decoded = decode(type, bytes);
        } catch (error) {
          assert.ok(CommandError.is(error), String(error));
          assert.is(error.code === "INVALID_ARGUMENT" || error.code === "RESOURCE_EXHAUSTED", true, error.message);
          return;
        }
        assert.equal(decode(type, encode(type, decoded as never)), decoded);
      }),
      { numRuns: 150 },
    );
  });
}

const root = new protobuf.Root();
for (const [name, source] of Object.entries(kitchenFiles)) {
  // Options of zserver are nothing to protobufjs, which need not find the file that declares them.
  const plain = source
    .replace(/import "zserver[^;]*;/, "")
    .replace(/zserver\.None/, "Empty")
    .replace(/message GroupChoice.*/s, "");
  protobuf.parse(plain, root, { keepCase: false }).root.files.push(name);
}
for (const name of ["timestamp", "wrappers", "struct"]) root.addJSON(protobuf.common.get(`google/protobuf/${name}.proto`)!.nested!);
root.resolveAll();

test("an occurrence merges with the one before, down to the leaves", () => {
  const present = types.find(({ name }) => name === "kit.three.Present")!;
  const first = { theString: "a", leaf: { label: "a", numbers: [1], leaf: { label: "deep", numbers: [5] } }, self: { theBool: true } };
  const second = { theInt32: 2, leaf: { numbers: [2, 3], leaf: { numbers: [6] } }, self: { theInt32: 7 } };
  const both = decode(present, concatenated(encode(present, first as never), encode(present, second as never)));
  covers(both, { theString: "a", theInt32: 2, self: { theBool: true, theInt32: 7 } });
  assert.equal(both.leaf, { label: "a", numbers: [1, 2, 3], leaf: { label: "deep", numbers: [5, 6], leaf: undefined } });
});

test("a oneof keeps its last member, and merges a message with the same member before", () => {
  const choices = types.find(({ name }) => name === "kit.three.Choices")!;
  const part = (value: object): Uint8Array => encode(choices, { choice: value } as never);
  const label = part({ case: "leaf", value: { label: "a" } });
  const numbers = part({ case: "leaf", value: { numbers: [1] } });
  const text = part({ case: "text", value: "t" });
  const leaf = (fields: object): object => ({ case: "leaf", value: { label: "", numbers: [], leaf: undefined, ...fields } });
  assert.equal(decode(choices, concatenated(label, numbers)).choice, leaf({ label: "a", numbers: [1] }));
  assert.equal(decode(choices, concatenated(label, text)).choice, { case: "text", value: "t" });
  assert.equal(decode(choices, concatenated(label, text, numbers)).choice, leaf({ numbers: [1] }));
});

test("a list merges by appending, a map by key, and unknown fields are kept of both", () => {
  const maps = types.find(({ name }) => name === "kit.three.Maps")!;
  const first = encode(maps, {
    byInt64: new Map([
      [1n, 1],
      [2n, 2],
    ]),
    $unknown: new Uint8Array([0xa0, 0x06, 1]),
  } as never);
  const second = encode(maps, { byInt64: new Map([[2n, 3]]), $unknown: new Uint8Array([0xa0, 0x06, 2]) } as never);
  const both = decode(maps, concatenated(first, second));
  assert.equal(
    [...(both.byInt64 as Map<bigint, number>)],
    [
      [1n, 1],
      [2n, 3],
    ],
  );
  assert.equal([...(both.$unknown as Uint8Array)], [0xa0, 0x06, 1, 0xa0, 0x06, 2]);
});

for (const type of types.filter(({ name }) => !ours.has(name))) {
  test(`${type.name}: protobufjs reads our bytes and we read protobufjs's`, () => {
    const other = root.lookupType(type.name);
    fc.assert(
      fc.property(messages.of(type.name), (init) => {
        const bytes = encode(type, init as never);
        const theirs = other.encode(other.decode(bytes)).finish();
        assert.equal(decode(type, theirs), decode(type, bytes));
      }),
      { numRuns: 60 },
    );
  });
}

/** Asserts that whatever `init` sets, `decoded` has. */
function covers(decoded: unknown, init: unknown): void {
  if (init instanceof Map) {
    assert.is((decoded as Map<unknown, unknown>).size, init.size);
    for (const [key, value] of init) covers((decoded as Map<unknown, unknown>).get(key), value);
  } else if (init instanceof Uint8Array || typeof init !== "object" || init === null) {
    if (typeof init === "number") assert.ok(Object.is(decoded, init), `${decoded} instead of ${init}`);
    else assert.equal(decoded, init);
  } else if (Array.isArray(init)) {
    assert.is((decoded as unknown[]).length, init.length);
    for (const [i, value] of init.entries()) covers((decoded as unknown[])[i], value);
  } else {
    for (const [name, value] of Object.entries(init)) covers((decoded as Record<string, unknown>)[name], value);
  }
}

function concatenated(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

test.run();
