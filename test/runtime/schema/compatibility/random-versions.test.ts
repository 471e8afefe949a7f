import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emitSchema } from "../../../../codegen/emit/emit.ts";
import type { Schema } from "../../../../codegen/model/schema.ts";
import { decode, encode } from "../../../../runtime/schema/codec.ts";
import { MessageRelation } from "../../../../runtime/schema/compatibility/message-relation.ts";
import { Messages } from "../../../codegen/emit/arbitrary.ts";
import type { MessageType } from "../../../../runtime/schema/message-type.ts";
import { schema } from "../../../codegen/emit/schema-builder.ts";
import { type Decoded, Workshop } from "../../../codegen/emit/workshop.ts";
import { choiceOf } from "../../../support/choice.ts";
import { note } from "../../../support/report.ts";
import {
  edited,
  type FieldSpec,
  fileOfVersion,
  keys,
  MAX_NUMBER,
  randomVersion,
  schemaOfVersion,
  types,
  type VersionSpec,
} from "../../../support/schema/random-versions.ts";
import { common, Plainer } from "../../../support/schema/same-values.ts";
import { shapeOf } from "../../../support/schema/shapes.ts";

export const testTimeoutMs = 120_000;

const test = suite("compatibility/random-versions");

const SEED = 20_261_122;
const PAIRS = 320;

const canRead = (writer: VersionSpec, reader: VersionSpec): boolean => {
  const relation = new MessageRelation(shapeOf(schemaOfVersion(writer, "a")), shapeOf(schemaOfVersion(reader, "a")));
  return relation.canRead(0, 0) === undefined;
};

/** Versions that are named, their code, and what is needed to compare their messages. */
class Versions {
  readonly #workshop = new Workshop();
  readonly #model: Schema;
  readonly #messages: Messages;
  readonly #plainer: Plainer;

  constructor(versions: ReadonlyMap<string, VersionSpec>) {
    this.#model = schema(...[...versions].map(([name, version]) => fileOfVersion(version, name)));
    this.#messages = new Messages(this.#model);
    this.#plainer = new Plainer(this.#model);
    this.#workshop.add("versions", emitSchema(this.#model, { importExtension: ".js", emit: "js" }));
  }

  /** Random messages of one version are read by another with the same values, and what that one does not know survives an echo. */
  async holdReading(writerName: string, readerName: string, numRuns: number): Promise<void> {
    const [writer, reader] = [await this.#code(writerName), await this.#code(readerName)];
    fc.assert(
      fc.property(this.#messages.of(`${writerName}.M0`), (init) => {
        const bytes = encode(writer, init as never);
        const sent = this.#plainer.message(`${writerName}.M0`, decode(writer, bytes));
        const received = decode(reader, bytes);
        const read = this.#plainer.message(`${readerName}.M0`, received);
        assert.equal(common(read, sent), common(sent, read), `${writerName} → ${readerName}`);
        const echo = decode(writer, encode(reader, received as never));
        assert.equal(this.#plainer.message(`${writerName}.M0`, echo), sent, `${writerName} → ${readerName} → ${writerName}`);
      }),
      { numRuns, seed: SEED },
    );
  }

  async #code(name: string): Promise<MessageType<Decoded, never>> {
    return (await this.#workshop.import(`versions/${name}.js`)).M0!;
  }

  remove(): void {
    this.#workshop.remove();
  }
}

test(`whatever one of ${PAIRS} random versions may read of another it reads with the same values, and what it does not know survives an echo`, async () => {
  const choice = choiceOf(SEED);
  const pairs = Array.from({ length: PAIRS }, () => {
    const writer = randomVersion(choice);
    return { writer, reader: edited(choice, writer) };
  });
  const readable = pairs.filter(({ writer, reader }) => canRead(writer, reader));
  note(`${readable.length} of ${PAIRS} random pairs of versions are read`);
  assert.ok(readable.length > PAIRS / 5 && readable.length < (PAIRS * 4) / 5, `${readable.length} are read`);
  const versions = new Versions(
    new Map(
      readable.flatMap(({ writer, reader }, i): [string, VersionSpec][] => [
        [`w${i}`, writer],
        [`r${i}`, reader],
      ]),
    ),
  );
  try {
    for (const i of readable.keys()) await versions.holdReading(`w${i}`, `r${i}`, 16);
  } finally {
    versions.remove();
  }
});

test("every type that may be read as another one gives the same values, alone, in lists and in maps", async () => {
  const specs = new Map(types.filter((type) => !type.startsWith("group")).map((type) => [type, versionOf(type)]));
  const versions = new Versions(specs);
  let wider = 0;
  try {
    for (const [writer, written] of specs) {
      for (const [reader, read] of specs) {
        if (writer === reader || !canRead(written, read)) continue;
        if (!/^message/.test(writer)) wider++;
        await versions.holdReading(writer, reader, 40);
      }
    }
  } finally {
    versions.remove();
  }
  // Of the closed enums the second has all numbers of the first.
  assert.is(wider, 6 + 2 * 3 + 2 + 1);
});

test("keys of maps that may be read as other ones are the same keys, whatever the values are", async () => {
  const maps = (key: FieldSpec["key"]): FieldSpec[] =>
    ["int32", "closed0", "message1"].map((type, i) => ({ number: i + 1, type, often: "map", key, oneof: 0 }));
  const specs = new Map(keys.map((key) => [key, { messages: [maps(key), [], []], enums: [[0, 5], [0]] }]));
  const versions = new Versions(specs);
  const read: string[] = [];
  try {
    for (const [writer, written] of specs) {
      for (const [reader, other] of specs) {
        if (writer === reader || !canRead(written, other)) continue;
        read.push(`${writer} → ${reader}`);
        await versions.holdReading(writer, reader, 40);
      }
    }
  } finally {
    versions.remove();
  }
  assert.equal(read, ["int32 → int64", "uint32 → int64", "uint32 → uint64", "sint32 → sint64"]);
});

/** A version whose first message holds a type in each way. */
function versionOf(type: string): VersionSpec {
  const field = (number: number, often: FieldSpec["often"]): FieldSpec => ({ number, type, often, key: "string", oneof: 0 });
  return {
    messages: [[field(1, "optional"), field(2, "repeated"), field(3, "map")], [], []],
    enums: [
      [0, 5],
      [0, 1, 5],
    ],
  };
}

test("every version reads itself", () => {
  const choice = choiceOf(SEED + 1);
  for (let i = 0; i < 200; i++) {
    const version = randomVersion(choice);
    assert.ok(canRead(version, version), JSON.stringify(version));
  }
});

test("what is read over three versions is read at once, unless the one in between lacks fields", () => {
  const choice = choiceOf(SEED + 2);
  let over = 0;
  for (let i = 0; i < 1_500; i++) {
    const first = randomVersion(choice, 1_000);
    const second = edited(choice, first);
    const third = edited(choice, second);
    if (second.messages.some(({ length }) => length < MAX_NUMBER) || !canRead(first, second) || !canRead(second, third)) continue;
    over++;
    assert.ok(canRead(first, third), JSON.stringify([first, second, third]));
  }
  note(`${over} chains of three versions`);
  assert.ok(over > 100);
});

test.run();
