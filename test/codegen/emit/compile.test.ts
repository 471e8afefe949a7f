import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emitSchema } from "../../../codegen/emit/emit.ts";
import type { Schema } from "../../../codegen/model/schema.ts";
import { kitchenFiles, modelOf } from "./kitchen.ts";
import { nasty } from "./nasty.ts";
import { Workshop } from "./workshop.ts";

const test = suite("emit/compile");
const workshop = new Workshop();
test.after(() => workshop.remove());

const emit = (schema: Schema) => emitSchema(schema, { importExtension: ".ts", json: true });

const user = `import type { JsonValue } from "zserver/json";
import { joinRequestFromJson, joinRequestToJson } from "./lobby/v1/lobby.json.ts";
import { Lobby, LobbyProxy, type LobbyHandlers, JoinRequest, type JoinRequestInit } from "./lobby/v1/lobby.ts";
const decoded: JoinRequest = { name: "a", tags: [], scores: new Map(), choice: undefined, note: undefined };
export const resent: JoinRequestInit = decoded;
export const spread: JoinRequestInit = { ...decoded, $unknown: undefined };
// @ts-expect-error no such field
export const wrong: JoinRequestInit = { nam: "a" };
// @ts-expect-error a string is no list of strings
export const text: JoinRequestInit = { tags: "abc" };
// @ts-expect-error decoded lists are not changed
decoded.tags.push("x");
export async function call(lobby: LobbyProxy): Promise<string> {
  // @ts-expect-error no such command
  await lobby.leave({});
  return (await lobby.join({ name: "a" })).room;
}
export const handlers: LobbyHandlers<number> = {
  // @ts-expect-error a reply has a room, and it is a string
  join: (request, context) => ({ room: request.name.length + context.data }),
};
export const json: JsonValue = joinRequestToJson({ name: "a" }, { enumAsInteger: true });
export const back: JoinRequest = joinRequestFromJson(JSON.parse("{}"), { ignoreUnknownFields: true });
// @ts-expect-error no such option
joinRequestToJson({ name: "a" }, { enumsAsIntegers: true });
// @ts-expect-error a bigint is no JSON
joinRequestFromJson({ scores: 1n });
export const kind: "unary" = Lobby.commands.join.kind;
`;

const lobby = `syntax = "proto3";
package lobby.v1;
service Lobby { rpc Join(JoinRequest) returns (JoinReply); }
message JoinRequest {
  string name = 1;
  repeated string tags = 2;
  map<string, int64> scores = 3;
  oneof choice { string text = 4; JoinReply reply = 5; }
  optional string note = 6;
}
message JoinReply { string room = 1; }
`;

test("emitted code compiles under the strict flags, whatever the names", () => {
  workshop.add("kitchen", emit(modelOf(kitchenFiles)));
  workshop.add("nasty", emit(nasty));
  workshop.add("user", [...emit(modelOf({ "lobby/v1/lobby.proto": lobby })), { path: "user.ts", text: user }]);
  workshop.add("old", [...emit(modelOf({ "old.proto": old })), { path: "user.ts", text: oldUser }]);
  workshop.add("descriptor", emit(modelOf({ "uses.proto": usesDescriptor })));
  assert.is(workshop.typeErrors(), "");
});

const old = `syntax = "proto2";
message Old { required int64 id = 1; optional State state = 2 [default = OFF]; optional string text = 3 [default = "a"]; }
message OldDefaults { extensions 2 to 9; }
enum State { ON = 1; OFF = 2; }
extend OldDefaults { optional State state_ext = 3 [default = OFF]; optional Old old = 4; }
`;

const oldUser = `import { Old, type OldInit, OldDefaults$, State, stateExtDefault } from "./old.ts";
export const sent: OldInit = { id: 1n };
// @ts-expect-error it is required
export const nothing: OldInit = {};
export const state = (old: Old): State => old.state ?? OldDefaults$.state;
export const id = (old: Old): bigint => old.id;
export const text: string = OldDefaults$.text;
export const off: State = stateExtDefault;
`;

const usesDescriptor = `syntax = "proto2";
package uses;
import "google/protobuf/descriptor.proto";
message Holder { optional google.protobuf.FileDescriptorSet files = 1; }
`;

test("the check can fail", () => {
  const broken = new Workshop();
  try {
    broken.add("broken", [{ path: "broken.ts", text: "export const one: string = 1;\n" }]);
    assert.match(broken.typeErrors(), /broken\.ts\(1,14\): error TS2322/);
  } finally {
    broken.remove();
  }
});

test.run();
