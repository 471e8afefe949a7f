/** Names and texts that hurt. Built by hand: some of it no reader would let through. */
import type { Schema } from "../../../codegen/model/schema.ts";
import { command, enumeration, enumType, field, file, list, map, message, messageType, schema, service } from "./schema-builder.ts";

const breakOut = "*/ export const injected = 1; /* \u2028*/ export const injected = 1; //";

/** Fields whose names mean something in JavaScript or in generated code. */
const fieldNames = [
  ..."constructor __proto__ to_string value_of has_own_property then class default import reader writer end message previous unknown tag".split(
    " ",
  ),
  ..."stop mark entry key value position start read_string write_tag empty_list foo_bar fooBar foo__bar _ _1 $ Leaf type await undefined".split(
    " ",
  ),
];

const messageNames = [
  ..."Leaf LeafInit LeafInitInit writeLeaf readLeaf Outer_Inner Map Promise ReadonlyMap Uint8Array Iterable AsyncIterable Object Array".split(
    " ",
  ),
  ..."String Reader Writer MessageType CommandType ServiceType Caller CallOptions Context DeferredContext DeferredReply Data makeService".split(
    " ",
  ),
  ..."string number bigint boolean class enum type as from undefined any never await async constructor toString __proto__ unsendable".split(
    " ",
  ),
  ..."writeString readString emptyList emptyMap emptyBytes HurtCommands HurtProxy hurtCommands".split(" "),
];

const everyMessage = messageNames.map((name, i) =>
  message(`nasty.${name}`, [
    field(1, "text", "string"),
    list(2, "others", messageType(`nasty.${messageNames[(i + 1) % messageNames.length]}`)),
    map(3, "blobs", "string", "bytes"),
  ]),
);

export const nasty: Schema = schema(
  file("nasty/nasty.proto", "nasty", {
    comment: breakOut,
    messages: [
      ...everyMessage,
      message(
        "nasty.Fields",
        fieldNames.map((name, i) => field(i + 1, name, i % 2 === 0 ? "string" : messageType("nasty.Leaf"), { comment: breakOut })),
      ),
      message("nasty.Choice", [
        ...fieldNames.map((name, i) => field(i + 1, name, "int32", { oneof: "constructor", comment: breakOut })),
        field(999, "switch", "bytes", { oneof: "toString" }),
      ]),
      message("nasty.Outer", [field(1, "inner", messageType("nasty.Outer.Inner"))], {
        comment: breakOut,
        messages: [
          message("nasty.Outer.Inner", [field(1, "kind", enumType("nasty.Outer.Inner.Kind"))], {
            enums: [enumeration("nasty.Outer.Inner.Kind", { ["__proto__"]: 3, constructor: 0, toString: 1, default: 2, Kind: -1 })],
          }),
        ],
      }),
      message('nasty.Quote"; export const injected = 1; //', [field(1, 'a"];\nexport const injected = 1; //', "string")]),
    ],
    enums: [enumeration("nasty.Closed", { A: 5, B: 6 }, { closed: true, comment: breakOut }), enumeration("nasty.isClosed", { C: 0 })],
    services: [
      service(
        "nasty.Hurt",
        [
          ..."Then Catch ToJSON Handlers Length Name Commands Prototype Constructor ToString Import Delete Caller Join join _"
            .split(" ")
            .map((name) => command(name, "nasty.Map", "nasty.Promise", { comment: breakOut })),
          command("Stream", "nasty.Data", "nasty.Iterable", { kind: "bidi_stream", requestStream: true, responseStream: true }),
          command("Wait", "nasty.Context", "nasty.DeferredReply", {
            zserver: {
              timeoutMs: 0,
              idleTimeoutMs: 0,
              maxBytes: 0,
              errors: ["nasty.Data"],
              deferred: true,
              ordered: false,
              delivery: "RELIABLE",
              critical: false,
              priority: "NORMAL",
              inLane: false,
              compression: undefined,
            },
          }),
        ],
        { comment: breakOut },
      ),
    ],
  }),
  file("nasty/other/user.proto", "nasty.other", {
    imports: [],
    messages: [
      message("nasty.other.Leaf", [
        field(1, "leaf", messageType("nasty.Leaf")),
        field(2, "Reader", messageType("nasty.Reader")),
        field(3, "data", messageType("nasty.Data")),
        field(4, "closed", enumType("nasty.Closed", true), { presence: "explicit" }),
      ]),
    ],
    services: [
      service("nasty.other.Idle", []),
      service("nasty.other.Data", [command("Get", "nasty.Data", "nasty.other.Leaf", { kind: "server_stream", responseStream: true })]),
    ],
  }),
  file('nasty/line\n"break.proto', "", { messages: [message("Bare", [field(1, "leaf", messageType("nasty.Leaf"))])] }),
);
