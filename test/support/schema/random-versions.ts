import type { Field, File, Schema, ValueType } from "../../../codegen/model/schema.ts";
import {
  command,
  enumeration,
  enumType,
  field,
  file,
  message,
  messageType,
  scalarType,
  schema,
  service,
} from "../../codegen/emit/schema-builder.ts";
import { scalarTypes } from "../../codegen/emit/kitchen.ts";
import type { Choice } from "../choice.ts";

type Often = "implicit" | "optional" | "required" | "repeated" | "map";

export interface FieldSpec {
  number: number;
  /** A scalar, `open`, or `closed`, `message` or `group` with a place. */
  type: string;
  often: Often;
  key: (typeof scalarTypes)[number];
  /** 0: in none. */
  oneof: number;
}

/** One version of a random schema: three messages that may hold each other, and two closed enums. */
export interface VersionSpec {
  messages: FieldSpec[][];
  enums: number[][];
}

const places = [0, 1, 2];
const enumPlaces = [0, 1];
export const types: readonly string[] = [
  ...scalarTypes,
  "open",
  ...enumPlaces.map((place) => `closed${place}`),
  ...places.flatMap((place) => [`message${place}`, `message${place}`, `group${place}`]),
];
const oftens: readonly Often[] = ["implicit", "implicit", "optional", "required", "repeated", "map"];
export const keys: readonly FieldSpec["key"][] = scalarTypes.filter((type) => !["double", "float", "bytes"].includes(type));
export const MAX_NUMBER = 7;

/** @param sparse of how many fields one is missing */
export function randomVersion(choice: Choice, sparse = 3): VersionSpec {
  const numbers = Array.from({ length: MAX_NUMBER }, (_, index) => index + 1);
  return {
    messages: places.map(() => numbers.filter(() => !choice.once(sparse)).map((number) => randomField(choice, number))),
    enums: enumPlaces.map(() => [0, 1, 5].filter((number) => number === 0 || choice.once(2))),
  };
}

export function randomField(choice: Choice, number: number): FieldSpec {
  return legal({
    number,
    type: choice.of(types),
    often: choice.of(oftens),
    key: choice.of(keys),
    oneof: choice.once(4) ? 1 + choice.below(2) : 0,
  });
}

/** What an edit of a field may change; what is more often harmless comes more often. */
const edits: readonly ((choice: Choice, spec: FieldSpec) => Partial<FieldSpec>)[] = [
  (choice, { type }) => ({ type: choice.of(widerTypes[type] ?? [type]) }),
  (choice, { key }) => ({ key: choice.of(widerKeys[key] ?? [key]) }),
  (_, { often }) => ({ often: often === "implicit" || often === "required" ? "optional" : often }),
  (_, { often }) => ({ often: often === "optional" ? "implicit" : often }),
  (choice) => ({ type: choice.of(types) }),
  (choice, spec) => ({ type: lookalike(choice, spec) }),
  (choice, spec) => ({ type: lookalike(choice, spec) }),
  (choice) => ({ key: choice.of(keys) }),
  (choice) => ({ often: choice.of(oftens) }),
  (choice) => ({ oneof: choice.below(3) }),
];

/** Types that are written in the same way: what one writes another one reads, rightly or not. */
const lookalikes: readonly (readonly string[])[] = [
  ["int32", "int64", "uint32", "uint64", "sint32", "sint64", "bool", "open", "closed0", "closed1"],
  ["float", "fixed32", "sfixed32"],
  ["double", "fixed64", "sfixed64"],
  ["string", "bytes", "message0", "message1", "message2"],
  ["group0", "group1", "group2"],
];

function lookalike(choice: Choice, { type }: FieldSpec): string {
  return choice.of(lookalikes.find((group) => group.includes(type))!);
}

const widerKeys: Readonly<Record<string, readonly FieldSpec["key"][]>> = {
  int32: ["int64"],
  uint32: ["int64", "uint64"],
  sint32: ["sint64"],
};

const widerTypes: Readonly<Record<string, readonly string[]>> = {
  int32: ["int64", "open"],
  uint32: ["int64", "uint64"],
  sint32: ["sint64"],
  string: ["bytes"],
  open: ["int32", "int64"],
  closed0: ["open", "int32", "int64"],
};

/** Another version: a few of its fields are edited, gone or new. */
export function edited(choice: Choice, version: VersionSpec): VersionSpec {
  const copy = structuredClone(version);
  for (let count = 1 + choice.below(6); count > 0; count--) {
    const fields = choice.of(copy.messages);
    const at = choice.below(MAX_NUMBER) + 1;
    const index = fields.findIndex(({ number }) => number === at);
    if (index < 0) fields.push(randomField(choice, at));
    else if (choice.once(5)) fields.splice(index, 1);
    else Object.assign(fields[index]!, choice.of(edits)(choice, fields[index]!));
    fields.forEach(legal);
    fields.sort((a, b) => a.number - b.number);
  }
  if (choice.once(6)) copy.enums[0] = [...new Set([...copy.enums[0]!, 7])];
  if (choice.once(4)) copy.enums[1] = [0];
  return copy;
}

/** Changes what protobuf does not allow. */
function legal(spec: FieldSpec): FieldSpec {
  const holdsMessage = /^(message|group)/.test(spec.type);
  if (spec.often === "map") spec.type = spec.type.replace("group", "message");
  if (spec.oneof > 0) spec.often = "optional";
  // A message that requires itself could not be written.
  if (holdsMessage && (spec.often === "implicit" || spec.often === "required")) spec.often = "optional";
  if (spec.type.startsWith("closed") && spec.often === "implicit") spec.often = "optional";
  return spec;
}

/** A version as a schema: package `name`, service S with the command Do(M0) returns (M0). */
export function schemaOfVersion(version: VersionSpec, name: string): Schema {
  return schema(fileOfVersion(version, name));
}

export function fileOfVersion({ messages, enums }: VersionSpec, name: string): File {
  return file(`${name}.proto`, name, {
    messages: messages.map((fields, place) =>
      message(
        `${name}.M${place}`,
        fields.map((spec) => fieldOf(spec, name)),
      ),
    ),
    enums: [
      enumeration(`${name}.Open`, { A: 0, B: 1 }),
      ...enums.map((numbers, place) =>
        enumeration(`${name}.Closed${place}`, Object.fromEntries(numbers.map((number) => [`C${place}_${number}`, number])), {
          closed: true,
        }),
      ),
    ],
    services: [service(`${name}.S`, [command("Do", `${name}.M0`, `${name}.M0`)])],
  });
}

function fieldOf({ number, type, often, key, oneof }: FieldSpec, name: string): Field {
  return field(number, `f${number}`, valueType(type, name), {
    ...(often === "map" && { cardinality: "map", mapKey: key }),
    ...(often === "repeated" && { cardinality: "repeated" }),
    presence: often === "implicit" || often === "required" ? often : "explicit",
    oneof: oneof === 0 ? undefined : `o${oneof}`,
  });
}

function valueType(type: string, name: string): ValueType {
  const [, kind, place] = /^(open|closed|message|group)(\d?)$/.exec(type) ?? [];
  if (kind === undefined) return scalarType(type as (typeof scalarTypes)[number]);
  if (kind === "open") return enumType(`${name}.Open`);
  return kind === "closed" ? enumType(`${name}.Closed${place}`, true) : messageType(`${name}.M${place}`, kind === "group");
}
