import { createHash } from "node:crypto";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fingerprintsOf, type ServiceFingerprint } from "../../../codegen/describe/fingerprint.ts";
import { Lobby, Player } from "../../../generated/example/lobby/v1/lobby.ts";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import { decodeBase64 } from "../../../runtime/bytes/base64.ts";
import { toHex } from "../../../runtime/bytes/hex.ts";
import { readDescription } from "../../../runtime/schema/compatibility/read-description.ts";
import { serviceInfo } from "../../../runtime/schema/service-type.ts";
import { note } from "../../support/report.ts";
import { tenFieldTypes } from "../../support/schema/ten-fields.ts";
import { modelOf } from "../emit/kitchen.ts";

const test = suite("describe/fingerprint");

type Files = Readonly<Record<string, string>>;

const head = 'edition = "2023"; package a;';
const service = "service S { rpc Do(M) returns (R); rpc Add(R) returns (R); }";
const declarations = [
  "message M { int32 f = 1; oneof o { E e = 2; R r = 5; } }",
  "message R { repeated M all = 3; }",
  "enum E { A = 0; }",
  service,
];
const whole: Files = { "a.proto": [head, ...declarations].join("\n") };

function fingerprints(files: Files): { readonly root: string; readonly services: ReadonlyMap<string, ServiceFingerprint> } {
  const { root, services } = fingerprintsOf(modelOf(files));
  return { root: toHex(root), services };
}

test("the same declarations in another order, in other files and under other names have the same fingerprints", () => {
  const { root } = fingerprints(whole);
  assert.match(root, /^[0-9a-f]{32}$/);
  const same: readonly Files[] = [
    { "a.proto": [head, ...[...declarations].reverse()].join("\n") },
    {
      "a.proto": whole["a.proto"]!.replace(
        "rpc Do(M) returns (R); rpc Add(R) returns (R);",
        "rpc Add(R) returns (R); rpc Do(M) returns (R);",
      ),
    },
    { "a.proto": whole["a.proto"]!.replace("int32 f = 1;", "").replace("R r = 5; }", "R r = 5; } int32 g = 1;") },
    { "a.proto": whole["a.proto"]!.replaceAll(/\bM\b/g, "Message") },
    { "a.proto": whole["a.proto"]!.replace("A = 0;", "A = 0; B = 1;") },
    {
      "a.proto": [head, 'import "b.proto";', service].join("\n"),
      "b.proto": [head, ...declarations.slice(0, 3)].join("\n"),
    },
  ];
  for (const files of same) assert.is(fingerprints(files).root, root, files["a.proto"]);
});

test("what a peer could misread has another fingerprint, and so has the root", () => {
  const edits: readonly (readonly [from: string, to: string])[] = [
    ["int32 f = 1", "int64 f = 1"],
    ["int32 f = 1", "int32 f = 4"],
    ["int32 f = 1", "repeated int32 f = 1"],
    ["int32 f = 1", "map<int32, int32> f = 1"],
    ["int32 f = 1;", "int32 f = 1 [features.field_presence = LEGACY_REQUIRED];"],
    ["int32 f = 1;", ""],
    ["R r = 5; }", "} R r = 5;"],
    ["enum E {", "enum E { option features.enum_type = CLOSED;"],
    ["rpc Do(M)", "rpc Do(stream M)"],
    ["rpc Do(M)", "rpc Did(M)"],
    ["service S", "service T"],
  ];
  const roots = edits.map(([from, to]) => fingerprints({ "a.proto": whole["a.proto"]!.replace(from, to) }).root);
  assert.is(new Set([...roots, fingerprints(whole).root]).size, edits.length + 1);
});

test("a service's fingerprint depends on nothing but what its commands carry", () => {
  const fingerprint = (files: Files): string => toHex(fingerprints(files).services.get("a.S")!.fingerprint);
  const more = { "a.proto": `${whole["a.proto"]} message Other { M m = 1; } service T { rpc Do(Other) returns (Other); }` };
  assert.is(fingerprint(more), fingerprint(whole));
  assert.is.not(fingerprints(more).root, fingerprints(whole).root);
});

test("generated services carry their description, and its fingerprint is its hash", () => {
  for (const generated of [Lobby, Player, Probe]) {
    const { name, schema } = generated[serviceInfo];
    const bytes = decodeBase64(schema.description)!;
    assert.is(createHash("sha256").update(bytes).digest("hex").slice(0, 16), schema.fingerprint);
    const shape = readDescription(bytes);
    assert.is(shape.name, name);
    assert.equal(
      [...shape.commands.keys()],
      Object.values(generated.commands)
        .map((command) => command.name.split("/")[1])
        .sort(),
    );
    assert.is(schema.release, Lobby[serviceInfo].schema.release);
  }
});

test("a service of 200 commands with two messages of ten fields each is described in less than 32 KiB", () => {
  // One with presence: then each field's cardinality is told.
  const types = tenFieldTypes.map((type) => (type === "uint64" ? "optional uint64" : type));
  const fields = types.map((type, i) => `${type} f${i} = ${i + 1};`).join(" ");
  const commands = Array.from({ length: 200 }, (_, i) => i);
  const messages = commands.map((i) => `message DoSomethingRequest${i} { ${fields} } message DoSomethingReply${i} { ${fields} }`);
  const rpcs = commands.map((i) => `rpc DoSomething${i}(DoSomethingRequest${i}) returns (DoSomethingReply${i});`);
  const files = { "a.proto": `syntax = "proto3"; package a; message Unit {} ${messages.join(" ")} service S { ${rpcs.join(" ")} }` };
  const { length } = fingerprints(files).services.get("a.S")!.description;
  note(`described in ${length} bytes`);
  assert.ok(length < 32_768, `${length} bytes`);
});

test.run();
