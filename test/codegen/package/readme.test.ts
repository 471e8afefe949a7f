import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Schema } from "../../../codegen/model/schema.ts";
import { kitchenFiles, modelOf } from "../emit/kitchen.ts";
import { nasty } from "../emit/nasty.ts";
import { Workshop } from "../emit/workshop.ts";
import { firstProgram, makeLibrary } from "./make-library.ts";

export const testTimeoutMs = 60_000;

const test = suite("package/readme");
const workshop = new Workshop();
test.after(() => workshop.remove());

const required = `syntax = "proto2";
package old;
import "google/protobuf/wrappers.proto";
service Import { rpc Delete(Request) returns (stream Request); rpc Loop(Endless) returns (Request); }
service Both { rpc Do(Request) returns (Request); }
service Client { rpc Upload(stream Request) returns (Request); rpc Talk(stream Request) returns (stream Request); rpc List(Request) returns (stream Request); }
message Request {
  required string name = 1; required State state = 2; required Inner inner = 3; required google.protobuf.StringValue text = 4; required bytes blob = 5;
  optional int64 size = 6; optional double ratio = 7; optional bool flag = 8; optional string old = 9 [deprecated = true]; required Shut shut = 10;
}
message Inner { required uint64 id = 1; optional string text = 2; }
message Endless { required Endless endless = 1; }
enum State { ON = 1; OFF = 2; }
enum Shut { CLOSED = 4; }
`;

const withSide = (text: string): string =>
  text
    .replace("import", 'import "zserver/options.proto";\nimport')
    .replace("service Client {", "service Client { option (zserver.service) = { side: CLIENT };")
    .replace("service Both {", "service Both { option (zserver.service) = { side: BOTH };");

const schemas: Readonly<Record<string, readonly [Schema, (readonly string[])?]>> = {
  kitchen: [modelOf(kitchenFiles)],
  nasty: [nasty, ["nasty"]],
  other: [nasty, ["nasty.other"]],
  old: [modelOf({ "old.proto": withSide(required) })],
  streams: [
    modelOf({
      "up.proto": 'syntax = "proto3"; service connect { rpc client(stream M) returns (stream M); } message M { string console = 1; }',
    }),
  ],
  handlers: [
    modelOf({
      "c.proto":
        'syntax = "proto3"; import "zserver/options.proto"; service C { option (zserver.service) = { side: CLIENT }; rpc Do(M) returns (zserver.None); } message M {}',
    }),
  ],
};

test("the first program type-checks, whatever the schema", () => {
  for (const [name, [schema, root]] of Object.entries(schemas)) {
    const details = { name, version: "1.0.0", description: "", manifest: {}, runtime: "0.1.0", fingerprint: "00" };
    const library = makeLibrary(schema, { details, root });
    const program = firstProgram(library);
    assert.match(program, /await connect\$?\(\{/, name);
    workshop.add(
      name,
      [...library].map(([path, text]) => ({ path, text })),
    );
    workshop.add(name, [{ path: "first.ts", text: program }]);
  }
  assert.is(workshop.typeErrors({ paths: {} }), "");
});

test("it calls what is not deprecated, and prefers a request with a reply", () => {
  const called = (service: string): string => {
    const library = makeLibrary(modelOf({ "a.proto": `syntax = "proto3"; import "zserver/options.proto"; ${service} message M {}` }));
    return /= client\.use\((\w+)\);[\s\S]*?await (\w+)\.(\w+)\(/.exec(firstProgram(library))!.slice(1).join(" ");
  };
  const old = "service Old { option deprecated = true; rpc Do(M) returns (M); }";
  assert.is(
    called(
      `${old} service S { rpc Say(M) returns (zserver.None); rpc Gone(M) returns (M) { option deprecated = true; } rpc Ask(M) returns (M); }`,
    ),
    "S s ask",
  );
  assert.is(called(old), "Old old do");
});

test("a schema without services has no first program", () => {
  const library = makeLibrary(modelOf({ "a.proto": 'syntax = "proto3"; package a; message M {}' }));
  assert.is(firstProgram(library), "");
  assert.not.match(library.get("README.md")!, /What a client/);
});

const lobby = `// Meeting and talking.
syntax = "proto3";
package lobby.v1;
import "zserver/options.proto";
// Where players meet.
service Lobby {
  // Enters a room.
  // Deprecated: use Come.
  rpc Join(M) returns (M) { option deprecated = true; option (zserver.command) = { timeout_ms: 3000, errors: "RoomFull", ordered: true }; }
  rpc Then(stream M) returns (stream M);
}
service Player { option (zserver.service) = { side: CLIENT }; rpc Ready(M) returns (M) { option (zserver.command) = { deferred: true }; } }
service Peer { option (zserver.service) = { side: BOTH }; rpc Ping(M) returns (zserver.None); }
message M {}
message RoomFull {}
`;

test("it says since when services and commands are there", () => {
  const since = new Map([
    ["lobby.v1.Lobby", "1.0.0"],
    ["lobby.v1.Lobby.Join", "1.0.0"],
    ["lobby.v1.Lobby.Then", "1.1.0"],
  ]);
  const readme = makeLibrary(modelOf({ "lobby.proto": lobby }), { since }).get("README.md")!;
  assert.match(readme, "Where players meet.\n\nSince 1.0.0.\n\n```ts");
  assert.match(readme, "a stream of [M](REFERENCE.md#lobby.v1.M). Since 1.1.0.\n");
  assert.is(readme.match(/Since/g)!.length, 2);
});

test("it says of each command what it takes, gives, and promises, for those who call and those who handle", () => {
  const readme = makeLibrary(modelOf({ "lobby.proto": lobby })).get("README.md")!;
  assert.match(readme, "# lobby\n\nA lobby.\n\nMeeting and talking.\n");
  assert.match(readme, "npm install lobby zserver");
  const [before, handled = ""] = readme.split("## What a client handles");
  const [, called = ""] = before!.split("## What a client calls");
  const join = `#### join

**Deprecated:** use Come. Enters a room.

\`\`\`ts
join(request: MInit): Promise<M>
\`\`\`

\`lobby.v1.Lobby/Join\`: request and reply. Takes [M](REFERENCE.md#lobby.v1.M), gives [M](REFERENCE.md#lobby.v1.M). Deadline: 3000 ms. The next command starts when it has ended. Errors may carry [RoomFull](REFERENCE.md#lobby.v1.RoomFull).
`;
  assert.match(called, join);
  assert.match(called, "then$(requests: AsyncIterable<MInit> | Iterable<MInit>): AsyncIterable<M>\n");
  assert.match(called, "### Peer\n");
  assert.match(handled, "### Peer\n");
  assert.not.match(called, "### Player");
  assert.match(handled, 'import { Player } from "lobby";');
  assert.match(handled, "ready(request: M): MInit | DeferredReply<MInit> | Promise<MInit | DeferredReply<MInit>>");
  assert.match(readme, "| `lobby/lobby/v1` | lobby.v1 |");
  assert.not.match(readme, "CHANGELOG");
});

test.run();
