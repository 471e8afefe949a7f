import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { schemaRoot } from "../../../codegen/read/include.ts";
import { readSchema } from "../../../codegen/read/read.ts";
import { declarationsOfDescriptor, declarationsOfModel, decodeDescriptors } from "../../support/descriptors.ts";
import { runProtoc, runProtocOnSchemas } from "../../support/protoc.ts";
import { declarationsOfReflection, reflectionOfModel } from "../../support/reflection.ts";
import { validFile } from "./read-text.ts";
import { validSchemas } from "./valid-schemas.ts";

const test = suite("read/agreement");

for (const [name, text] of Object.entries(validSchemas)) {
  test(`protoc's descriptors say the same of ${name}`, () => {
    const descriptors = decodeDescriptors(runProtoc({ "test.proto": text }).descriptors!);
    assert.equal(declarationsOfModel(validFile(text)), declarationsOfDescriptor(descriptors.get("test.proto")!));
  });
}

test("protoc's descriptors say the same of the repository's schemas and of protobuf's own", () => {
  const names = [
    "zserver/options.proto",
    ...["entrances", "handshake", "negotiation", "schema", "session"].map((name) => `zserver/protocol/v1/${name}.proto`),
    "example/lobby/v1/lobby.proto",
    ...["any", "api", "cpp_features", "descriptor", "duration", "empty", "field_mask", "go_features", "java_features"].map(
      (name) => `google/protobuf/${name}.proto`,
    ),
    ...["source_context", "struct", "timestamp", "type", "wrappers"].map((name) => `google/protobuf/${name}.proto`),
  ];
  const { schema } = readSchema({ files: names, roots: [] });
  const descriptors = decodeDescriptors(runProtocOnSchemas(names).descriptors!);
  for (const file of schema!.files)
    assert.equal(declarationsOfModel(file), declarationsOfDescriptor(descriptors.get(file.name)!), file.name);
  assert.is(schema!.files.length, names.length);
});

/** What protobufjs 8.8.1 cannot read, or reads as something else; stock protoc agrees with zgen on each. */
const beyondProtobufjs: ReadonlySet<string> = new Set([
  "names of Object.prototype",
  "a message named __proto__",
  "adjacent strings and spaces in names",
  "groups of proto2",
  "a message beside a group of its name",
]);

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

for (const [name, text] of Object.entries(validSchemas)) {
  if (text.includes("import ")) continue;
  test(`protobufjs ${beyondProtobufjs.has(name) ? "fails on" : "sees the same declarations and features in"} ${name}`, () => {
    const expected = reflectionOfModel(validFile(text));
    if (beyondProtobufjs.has(name))
      assert.not.equal(
        attempt(() => declarationsOfReflection([text], "")),
        expected,
      );
    else assert.equal(declarationsOfReflection([text], ""), expected);
  });
}

test("protobufjs sees the same declarations and features in the repository's schemas", () => {
  const read = (name: string): string => readFileSync(join(schemaRoot(), name), "utf8");
  const handshake = read("zserver/protocol/v1/handshake.proto");
  const cases: readonly (readonly [name: string, texts: readonly string[]])[] = [
    ["zserver/protocol/v1/handshake.proto", [handshake]],
    [
      "example/lobby/v1/lobby.proto",
      [read("builtin/google/protobuf/descriptor.proto"), read("zserver/options.proto"), read("example/lobby/v1/lobby.proto")],
    ],
  ];
  for (const [name, texts] of cases) {
    const file = readSchema({ files: [name], roots: [] }).schema!.files.find((candidate) => candidate.name === name)!;
    assert.equal(declarationsOfReflection(texts, file.package), reflectionOfModel(file), name);
  }
});

test.run();
