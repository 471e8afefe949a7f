/** A schema with everything that a field can be. */
import type { ScalarType, Schema } from "../../../codegen/model/schema.ts";
import { command, enumeration, enumType, field, file, list, map, message, messageType, schema, service } from "./schema-builder.ts";

export const scalarTypes: readonly ScalarType[] = [
  "double",
  "float",
  "int32",
  "int64",
  "uint32",
  "uint64",
  "sint32",
  "sint64",
  "fixed32",
  "fixed64",
  "sfixed32",
  "sfixed64",
  "bool",
  "string",
  "bytes",
];

const leaf = message("kit.v1.Leaf", [
  field(1, "label", "string"),
  list(2, "numbers", "int32"),
  field(3, "leaf", messageType("kit.v1.Leaf")),
]);
const color = enumeration("kit.v1.Color", { RED: 0, GREEN: 1, NEGATIVE: -1 });
const state = enumeration("kit.v1.State", { ON: 1, OFF: 2 }, { closed: true });

export const kitchen: Schema = schema(
  file("kit/v1/kit.proto", "kit.v1", {
    enums: [color, state],
    messages: [
      leaf,
      message(
        "kit.v1.Scalars",
        scalarTypes.map((type, i) => field(i + 1, `the_${type}`, type)),
      ),
      message("kit.v1.Present", [
        ...scalarTypes.map((type, i) => field(i + 1, `the_${type}`, type, { presence: "explicit" })),
        field(16, "color", enumType("kit.v1.Color"), { presence: "explicit" }),
        field(17, "state", enumType("kit.v1.State", true), { presence: "explicit" }),
        field(18, "leaf", messageType("kit.v1.Leaf")),
        field(19, "group", messageType("kit.v1.Leaf", true)),
        field(20, "self", messageType("kit.v1.Present")),
      ]),
      message("kit.v1.Lists", [
        ...scalarTypes.map((type, i) => list(i + 1, `the_${type}`, type)),
        list(16, "color", enumType("kit.v1.Color")),
        list(17, "state", enumType("kit.v1.State", true)),
        list(18, "leaf", messageType("kit.v1.Leaf")),
        list(19, "group", messageType("kit.v1.Leaf", true)),
        list(20, "loose", "sint64", { packed: false }),
        list(21, "loose_state", enumType("kit.v1.State", true), { packed: false }),
      ]),
      message("kit.v1.Maps", [
        map(1, "by_string", "string", messageType("kit.v1.Leaf")),
        map(2, "by_int64", "int64", "double"),
        map(3, "by_bool", "bool", enumType("kit.v1.Color")),
        map(4, "by_fixed32", "fixed32", "bytes"),
        map(5, "by_sint32", "sint32", enumType("kit.v1.State", true)),
      ]),
      message("kit.v1.Choices", [
        field(5, "before", "string"),
        field(10, "text", "string", { oneof: "choice" }),
        field(1, "number", "int32", { oneof: "choice" }),
        field(11, "leaf", messageType("kit.v1.Leaf"), { oneof: "choice" }),
        field(12, "group", messageType("kit.v1.Leaf", true), { oneof: "choice" }),
        field(13, "state", enumType("kit.v1.State", true), { oneof: "choice" }),
        field(14, "blob", "bytes", { oneof: "choice" }),
        field(20, "after", "uint64", { oneof: "last_word" }),
      ]),
      message("kit.v1.Old", [
        field(1, "id", "int64", { presence: "required" }),
        field(2, "state", enumType("kit.v1.State", true), { presence: "required" }),
        field(3, "leaf", messageType("kit.v1.Leaf"), { presence: "required" }),
        field(4, "size", "int32", { presence: "explicit", defaultValue: 41 }),
        field(536_870_911, "far", "bool"),
      ]),
      message("kit.v1.Views", [field(1, "owned", "bytes"), field(2, "borrowed", "bytes", { zserver: { view: true } })]),
      message("kit.v1.Empty", []),
    ],
    services: [
      service("kit.v1.Kit", [
        command("Unary", "kit.v1.Leaf", "kit.v1.Maps"),
        command("OneWay", "kit.v1.Leaf", "kit.v1.Empty", { kind: "one_way" }),
        command("Down", "kit.v1.Leaf", "kit.v1.Maps", { kind: "server_stream", responseStream: true }),
        command("Up", "kit.v1.Leaf", "kit.v1.Maps", { kind: "client_stream", requestStream: true }),
        command("Both", "kit.v1.Leaf", "kit.v1.Maps", { kind: "bidi_stream", requestStream: true, responseStream: true }),
        command("Later", "kit.v1.Leaf", "kit.v1.Maps", {
          zserver: { timeoutMs: 9, errors: ["kit.v1.Old", "kit.v1.Empty"], deferred: true, ordered: true },
        }),
      ]),
    ],
  }),
);
