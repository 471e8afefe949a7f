import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FieldType, ServiceDescription, type ServiceDescriptionInit } from "../../../../generated/zserver/protocol/v1/schema.ts";
import { CommandError } from "../../../../runtime/errors/command-error.ts";
import { encode } from "../../../../runtime/schema/codec.ts";
import { type DescriptionLimits, descriptionLimits } from "../../../../runtime/schema/compatibility/description-limits.ts";
import { MessageRelation } from "../../../../runtime/schema/compatibility/message-relation.ts";
import { readDescription } from "../../../../runtime/schema/compatibility/read-description.ts";
import { relate } from "../../../../runtime/schema/compatibility/service-relation.ts";
import { Relations } from "../../../../runtime/schema/compatibility/relations.ts";
import type { ServiceShape } from "../../../../runtime/schema/compatibility/service-shape.ts";
import { schemaOf, shapeOf } from "../../../support/schema/shapes.ts";

const test = suite("compatibility/hostile-description");

const read = (description: ServiceDescriptionInit): ServiceShape => readDescription(encode(ServiceDescription, description));

/** One of everything, and messages that hold each other. */
const own = shapeOf(
  schemaOf(
    `enum E { option features.enum_type = CLOSED; A = 0; B = 7; } message M { M left = 1; R right = 2; map<string, M> more = 3; oneof o { E e = 4; string s = 5; } }
     message R { repeated M all = 1; repeated int32 f = 2; }`,
    `rpc Do(M) returns (R) { option (zserver.command) = { errors: ["R"] }; } rpc Other(stream R) returns (stream M);`,
  ),
);

/** Descriptions of the right form whose numbers are anything, mostly small ones: so that some of them are legal. */
const anyDescription: fc.Arbitrary<ServiceDescriptionInit> = (() => {
  const small = fc.oneof({ weight: 9, arbitrary: fc.nat(6) }, { weight: 1, arbitrary: fc.nat(2 ** 32 - 1) });
  const constants = fc.oneof({ weight: 9, arbitrary: fc.nat(5) }, { weight: 1, arbitrary: fc.integer() });
  const column = (values: fc.Arbitrary<number>): fc.Arbitrary<number[]> => fc.array(values, { maxLength: 5 });
  const ordered = (values: fc.Arbitrary<number>): fc.Arbitrary<number[]> =>
    fc.uniqueArray(values, { maxLength: 5 }).map((list) => list.sort((a, b) => a - b));
  const numbers = fc.oneof(ordered(small), column(small));
  const name = fc.constantFrom("", "Do", "Other", "\u0000");
  const errors = fc.array(fc.record({ name, message: small }), { maxLength: 2 });
  const type = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constant(FieldType.MESSAGE), fc.integer());
  const message = fc
    .tuple(
      numbers,
      fc.infiniteStream(type),
      fc.boolean(),
      fc.record({ cardinalities: column(constants), oneofs: column(small), places: column(small), keys: column(type) }),
    )
    .map(([numbers, stream, fits, rest]) => {
      const types = [...stream.take(numbers.length)];
      const places = types.flatMap((one, i) =>
        one === FieldType.MESSAGE || one === FieldType.GROUP || one === FieldType.CLOSED_ENUM ? [i % 2] : [],
      );
      return fits ? { numbers, types, places } : { numbers, types, ...rest };
    });
  return fc.record({
    name,
    commands: fc.array(fc.record({ name, mode: constants, request: small, reply: small, errors }), { maxLength: 3 }),
    messages: fc.array(message, { maxLength: 4 }),
    enums: fc.array(fc.record({ numbers: fc.oneof(ordered(fc.integer()), fc.array(fc.integer(), { maxLength: 4 })) }), { maxLength: 2 }),
  });
})();

/** What reading gives; undefined where it is refused in the way that was agreed. */
function attempt(bytes: Uint8Array): ServiceShape | undefined {
  try {
    return readDescription(bytes);
  } catch (error) {
    assert.ok(CommandError.is(error), String(error));
    assert.ok(error.code === "INVALID_ARGUMENT" || error.code === "RESOURCE_EXHAUSTED", error.code);
    return undefined;
  }
}

/** A relation in both roles; what it says of each command is one of three things. */
function relateBoth(peer: ServiceShape): void {
  for (const relation of [relate(own, peer), relate(peer, own), relate(peer, peer)])
    for (const { kind } of relation.values()) assert.ok(kind === "ok" || kind === "absent" || kind === "mismatch");
}

test("a description of any numbers is read or refused, and related with without a fault", () => {
  let legal = 0;
  fc.assert(
    fc.property(anyDescription, (description) => {
      const peer = attempt(encode(ServiceDescription, description));
      if (peer === undefined) return;
      legal++;
      relateBoth(peer);
      for (const command of relate(peer, peer).values()) assert.is(command.kind, "ok");
    }),
    { numRuns: 5_000 },
  );
  assert.ok(legal > 100, `${legal} were legal`);
});

test("an honest description with any of its bytes changed, cut off or added is read or refused", () => {
  const honest = encode(ServiceDescription, {
    name: "a.S",
    commands: [{ name: "Do", mode: 1, request: 0, reply: 1, errors: [{ name: "a.R", message: 1 }] }],
    messages: [
      {
        numbers: [1, 2, 3, 4],
        types: [11, 11, 11, 19],
        cardinalities: [1, 1, 4, 1],
        oneofs: [0, 0, 0, 1],
        places: [0, 1, 0, 0],
        keys: [9],
      },
      { numbers: [1, 2], types: [11, 5], cardinalities: [3, 3], places: [0] },
    ],
    enums: [{ numbers: [-1, 0, 7] }],
  });
  assert.ok(attempt(honest));
  for (let length = 0; length < honest.length; length++) {
    const peer = attempt(honest.subarray(0, length));
    if (peer !== undefined) relateBoth(peer);
    for (let byte = 0; byte < 256; byte++) {
      const changed = Uint8Array.from(honest);
      changed[length] = byte;
      const other = attempt(changed);
      if (other !== undefined) relateBoth(other);
    }
  }
});

const refusals: readonly (readonly [what: string, description: ServiceDescriptionInit, message: RegExp])[] = [
  ["a mode that there is not", { commands: [{ mode: 6 }], messages: [{}] }, /mode 6/],
  ["a request that is not there", { commands: [{ mode: 1, request: 1 }], messages: [{}] }, /place 1 of 1/],
  ["a reply that is not there", { commands: [{ mode: 1, reply: 9 }], messages: [{}] }, /place 9 of 1/],
  ["a detail that is not there", { commands: [{ mode: 1, errors: [{ message: 4 }] }], messages: [{}] }, /place 4 of 1/],
  [
    "a command twice",
    {
      commands: [
        { name: "A", mode: 1 },
        { name: "A", mode: 1 },
      ],
      messages: [{}],
    },
    /commands of a service do not ascend/,
  ],
  ["a detail twice", { commands: [{ mode: 1, errors: [{}, {}] }], messages: [{}] }, /errors of a command do not ascend/],
  ["a field twice", { messages: [{ numbers: [1, 1], types: [5, 5] }] }, /fields of a message do not ascend/],
  ["a field 0", { messages: [{ numbers: [0], types: [5] }] }, /number out of range/],
  ["a field above protobuf's highest", { messages: [{ numbers: [2 ** 29], types: [5] }] }, /number out of range/],
  ["a field without a type", { messages: [{ numbers: [1] }] }, /column of 0 entries where 1 belong/],
  ["a type that there is not", { messages: [{ numbers: [1], types: [20] }] }, /type 20/],
  ["the type of no field", { messages: [{ numbers: [1], types: [0] }] }, /type 0/],
  ["a cardinality that there is not", { messages: [{ numbers: [1], types: [5], cardinalities: [5] }] }, /cardinality 5/],
  ["half a column", { messages: [{ numbers: [1, 2], types: [5, 5], cardinalities: [1] }] }, /column of 1 entries where 2 belong/],
  ["a message that is not there", { messages: [{ numbers: [1], types: [11], places: [1] }] }, /place 1 of 1/],
  ["an enum that is not there", { messages: [{ numbers: [1], types: [19], places: [0] }] }, /place 0 of 0/],
  ["a message without a place", { messages: [{ numbers: [1], types: [11] }] }, /place undefined of 1/],
  ["places too many", { messages: [{ numbers: [1], types: [5], places: [0] }] }, /column of 1 entries where 0 belong/],
  ["a map without keys", { messages: [{ numbers: [1], types: [5], cardinalities: [4] }] }, /without a type of its keys/],
  ["keys of floats", { messages: [{ numbers: [1], types: [5], cardinalities: [4], keys: [2] }] }, /keys of type 2/],
  ["keys without a map", { messages: [{ numbers: [1], types: [5], keys: [9] }] }, /column of 1 entries where 0 belong/],
  ["an enum that does not ascend", { enums: [{ numbers: [1, 0] }] }, /numbers of an enum do not ascend/],
];

for (const [what, description, message] of refusals) {
  test(`${what} is refused`, () => {
    assert.throws(
      () => read(description),
      (error: unknown) => CommandError.is(error) && error.code === "INVALID_ARGUMENT" && message.test(error.message),
    );
  });
}

test("each limit is one: what reaches it is read, one more is refused by its name", () => {
  const of = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));
  const named = (index: number): string => String(index).padStart(5, "0");
  const filled: Readonly<Record<Exclude<keyof DescriptionLimits, "bytes">, (count: number) => ServiceDescriptionInit>> = {
    commands: (count) => ({ commands: of(count, (i) => ({ name: named(i), mode: 1 })), messages: [{}] }),
    details: (count) => ({ commands: [{ mode: 1, errors: of(count, (i) => ({ name: named(i) })) }], messages: [{}] }),
    messages: (count) => ({ messages: of(count, () => ({})) }),
    fields: (count) => ({ messages: [{ numbers: of(count, (i) => i + 1), types: of(count, () => 5) }] }),
    enumNumbers: (count) => ({ enums: [{ numbers: of(count, (i) => i) }] }),
  };
  for (const [limit, fill] of Object.entries(filled)) {
    const count = descriptionLimits[limit as keyof DescriptionLimits];
    read(fill(count));
    assert.throws(() => read(fill(count + 1)), new RegExp(`${count + 1} ${limit}.*limit description\\.${limit}`), limit);
  }
  assert.throws(() => readDescription(new Uint8Array(descriptionLimits.bytes + 1)), /limit description\.bytes/);
});

test("descriptions that are made to take long are not related with to the end", () => {
  // Each of ours meets each of theirs: fields of both lead on in steps that have no common divisor.
  const ring = (count: number): ServiceShape =>
    read({
      commands: [{ name: "Do", mode: 1, request: 0, reply: 0 }],
      messages: Array.from({ length: count }, (_, i) => ({
        numbers: [1, 2],
        types: [11, 11],
        cardinalities: [1, 1],
        places: [(i + 1) % count, 0],
      })),
    });
  const [ours, theirs] = [ring(199), ring(211)];
  assert.equal(relate(ours, ring(199)).get("Do"), { kind: "ok" });
  const relation = relate(ours, theirs).get("Do")!;
  assert.is(relation.kind === "mismatch" && relation.rule, "COMPLEXITY");
  // What it takes is a matter of the smaller side, whatever the other one is like.
  const relationOfFew = new MessageRelation(ring(11), theirs);
  assert.is(relationOfFew.canRead(0, 0)?.rule, "COMPLEXITY");
  assert.ok([...relationOfFew.pairs()].length < 2_000);
});

test("the largest descriptions that there may be are related with, each message of one with one of the other", () => {
  const columns = { numbers: [1, 2, 3, 4], types: [11, 5, 5, 19], cardinalities: [1, 1, 1, 1] };
  const largest = (types: readonly number[]): ServiceShape =>
    readDescription(
      encode(ServiceDescription, {
        commands: [{ name: "Do", mode: 1, request: 0, reply: 0 }],
        messages: Array.from({ length: descriptionLimits.messages }, (_, i) => ({
          ...columns,
          types,
          places: [(i + 1) % descriptionLimits.messages, 0],
        })),
        enums: [{ numbers: Array.from({ length: descriptionLimits.enumNumbers }, (_, i) => i) }],
      }),
      { ...descriptionLimits, bytes: 2 ** 20 },
    );
  assert.equal(relate(largest(columns.types), largest([11, 3, 14, 19])).get("Do"), {
    kind: "mismatch",
    direction: "reply",
    rule: "TYPE",
    field: [2],
  });
});

test("messages that are nested as deep as they can be are related without a stack", () => {
  const chain = (last: number): ServiceShape =>
    read({
      commands: [{ name: "Do", mode: 1, request: 0, reply: 0 }],
      messages: Array.from({ length: 8_192 }, (_, i) =>
        i < 8_191 ? { numbers: [3], types: [11], cardinalities: [1], places: [i + 1] } : { numbers: [4], types: [last] },
      ),
    });
  assert.equal(relate(chain(5), chain(5)).get("Do"), { kind: "ok" });
  const relation = relate(chain(5), chain(9)).get("Do");
  assert.equal(relation, { kind: "mismatch", direction: "request", rule: "TYPE", field: Array.from({ length: 32 }, () => 3) });
});

test("the last relations are remembered, and no more of them than was asked for", () => {
  const relations = new Relations(2);
  let described = 0;
  const describe = (): ServiceShape => {
    described++;
    return own;
  };
  const asked = (caller: string, handler: string): number => {
    const before = described;
    relations.of(caller, handler, describe);
    return described - before;
  };
  assert.equal([asked("a", "b"), asked("b", "a"), asked("a", "b"), asked("a", "c")], [2, 2, 0, 2]);
  assert.equal([asked("a", "b"), asked("b", "a")], [0, 2]);
});

test.run();
