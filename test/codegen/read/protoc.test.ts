import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runProtoc, runProtocOnSchemas } from "../../support/protoc.ts";
import { diagnosticsOf } from "./read-text.ts";
import { validSchemas } from "./valid-schemas.ts";

const test = suite("read/protoc");

for (const [name, text] of Object.entries(validSchemas)) {
  test(`both take ${name}`, () => {
    assert.is(runProtoc({ "test.proto": text }).errors, "");
    assert.equal(
      diagnosticsOf(text).map(({ message }) => message),
      [],
    );
  });
}

test("the repository's schemas compile with stock protoc", () => {
  const names = [
    "zserver/options.proto",
    "zserver/protocol/v1/handshake.proto",
    "zserver/protocol/v1/session.proto",
    "example/lobby/v1/lobby.proto",
  ];
  assert.is(runProtocOnSchemas(names).errors, "");
});

test.run();
