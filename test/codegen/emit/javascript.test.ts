import { transformSync } from "esbuild";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type EmittedFile, emitSchema } from "../../../codegen/emit/emit.ts";
import type { Schema } from "../../../codegen/model/schema.ts";
import { kitchenFiles, modelOf } from "./kitchen.ts";
import { nasty } from "./nasty.ts";
import { Workshop } from "./workshop.ts";

export const testTimeoutMs = 60_000;

const test = suite("emit/javascript");
const workshop = new Workshop();
test.after(() => workshop.remove());

const schemas: readonly (readonly [string, Schema])[] = [
  ["kitchen", modelOf(kitchenFiles)],
  ["nasty", nasty],
];

const emit = (schema: Schema, language: "ts" | "js"): readonly EmittedFile[] =>
  emitSchema(schema, { emit: language, importExtension: ".js", json: true });

/** What a compiler leaves of a module: no types, no comments. */
const compiled = (text: string, loader: "ts" | "js"): string =>
  transformSync(text, { loader, minifyWhitespace: true, legalComments: "none" }).code;

for (const [name, schema] of schemas) {
  test(`${name}: the JavaScript is what a compiler makes of the TypeScript`, () => {
    const files = new Map(emit(schema, "js").map(({ path, text }) => [path, text]));
    workshop.add(name, emit(schema, "js"));
    const typescript = emit(schema, "ts");
    assert.is(files.size, typescript.length * 2);
    for (const { path, text } of typescript) {
      const module = path.replace(/\.ts$/, ".js");
      assert.is(compiled(files.get(module)!, "js"), compiled(text, "ts"), path);
    }
  });
}

test("no code is in the declarations", () => {
  for (const { path, text } of emit(schemas[0]![1], "js").filter((file) => file.path.endsWith(".d.ts")))
    assert.not.match(text.replace(/\/\*[\s\S]*?\*\//g, ""), /\b(return|switch|while|new Map)\b|=> \w+\(/, path);
});

const user = `import { Lobby, LobbyProxy, type LobbyHandlers, Color, type JoinRequest, type JoinRequestInit } from "./lobby/v1/lobby.js";
import { joinRequestFromJson, joinRequestToJson } from "./lobby/v1/lobby.json.js";
const decoded: JoinRequest = { name: "a", color: Color.RED };
export const resent: JoinRequestInit = decoded;
// @ts-expect-error no such field
export const wrong: JoinRequestInit = { nam: "a" };
export async function call(lobby: LobbyProxy): Promise<string> {
  // @ts-expect-error no such command
  await lobby.leave({});
  return (await lobby.join({ name: "a" })).room;
}
export const handlers: LobbyHandlers<number> = { join: (request) => ({ room: request.name }) };
export const kind: "unary" = Lobby.commands.join.kind;
export const again: JoinRequest = joinRequestFromJson(joinRequestToJson({ color: 0 }));
`;

const lobby = `syntax = "proto3";
package lobby.v1;
service Lobby { rpc Join(JoinRequest) returns (JoinReply); }
enum Color { RED = 0; }
message JoinRequest { string name = 1; Color color = 2; }
message JoinReply { string room = 1; }
`;

test("declarations satisfy TypeScript under the strict flags, and those who use them", async () => {
  workshop.add("user", [...emit(modelOf({ "lobby/v1/lobby.proto": lobby }), "js"), { path: "user.ts", text: user }]);
  assert.is(workshop.typeErrors({ skipLibCheck: false }), "");
  const { JoinRequest } = await workshop.import("user/lobby/v1/lobby.js");
  assert.is(JoinRequest!.name, "lobby.v1.JoinRequest");
});

test.run();
