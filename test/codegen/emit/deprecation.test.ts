import { Project } from "ts-morph";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emitSchema } from "../../../codegen/emit/emit.ts";
import type { Schema } from "../../../codegen/model/schema.ts";
import { modelOf } from "./kitchen.ts";

const test = suite("emit/deprecation");

const schema = `syntax = "proto2";
package lobby.v1;
service Lobby {
  // Enters a room.
  //
  // Deprecated: say it with Enter,
  // which is faster.
  //
  // Nobody waits.
  rpc Join(Old) returns (Fresh) { option deprecated = true; }
  rpc Enter(Fresh) returns (Fresh);
}
service Gone { option deprecated = true; rpc Do(Fresh) returns (Fresh); }
message Old { option deprecated = true; }
message Fresh {
  optional string name = 1 [deprecated = true];
  // Deprecated: not really.
  optional string title = 2;
  optional Color color = 3;
  optional Kind kind = 4;
  extensions 100 to 200;
}
enum Color { option deprecated = true; RED = 1; }
enum Kind { NEW = 1; USED = 2 [deprecated = true]; }
extend Fresh { optional string card = 100 [deprecated = true]; optional string gift = 101; }
`;

const user = `import { Lobby, Gone, Old, Fresh, Color, Kind, card, gift, type LobbyProxy, type GoneProxy } from "./lobby.js";
export async function use(lobby: LobbyProxy, gone: GoneProxy, fresh: Fresh): Promise<unknown[]> {
  await lobby.join({});
  await lobby.enter({});
  await gone.do({});
  const color: Color = Color.RED;
  const old: Old = { };
  return [Lobby, Gone, Old, Fresh, Kind.NEW, Kind.USED, card, gift, fresh.name, fresh.title, color, old];
}
`;

/** What an editor strikes out in the user's file: each name with its line, in the order in which they stand there. */
function struckOut(model: Schema, emit: "ts" | "js"): string[] {
  const project = new Project({ useInMemoryFileSystem: true, compilerOptions: { strict: true, module: 199, moduleResolution: 99 } });
  for (const { path, text } of emitSchema(model, { emit, importExtension: ".js" })) project.createSourceFile(`/${path}`, text);
  const file = project.createSourceFile("/user.ts", user);
  const found = project.getLanguageService().compilerObject.getSuggestionDiagnostics("/user.ts");
  return found
    .filter(({ reportsDeprecated }) => reportsDeprecated !== undefined)
    .map(({ start, length }) => [file.getLineAndColumnAtPos(start!), user.slice(start!, start! + length!)] as const)
    .filter(([{ line }]) => line > 1)
    .map(([{ line }, name]) => `${line} ${name}`);
}

for (const emit of ["ts", "js"] as const) {
  test(`${emit}: an editor strikes out what is deprecated, types and values alike, and nothing else`, () => {
    const expected = ["3 join", "5 do", "6 Color", "6 Color", "7 Old", "8 Gone", "8 Old", "8 USED", "8 card", "8 name"];
    assert.equal(struckOut(modelOf({ "lobby.proto": schema }), emit), expected);
  });
}

test("what a deprecated file declares is deprecated, down to its commands", () => {
  const model = modelOf({ "lobby.proto": schema.replace("package", "option deprecated = true;\npackage") });
  const expected = ["2 Fresh", "3 join", "4 enter", "5 do"];
  assert.equal(struckOut(model, "ts").slice(0, 4), expected);
  const { text } = emitSchema(model, { importExtension: ".js" })[0]!;
  assert.not.match(text, "deprecated: false");
});

test("the comment's own words follow the tag, and descriptors tell the runtime", () => {
  const { text } = emitSchema(modelOf({ "lobby.proto": schema }), { importExtension: ".js" })[0]!;
  const doc = ["/**", " * Enters a room.", " *", " * Nobody waits.", " * @deprecated say it with Enter,", " * which is faster.", " */"];
  assert.match(text, doc.map((line) => `  ${line}\n`).join(""));
  assert.match(text, "  /** Deprecated: not really. */\n  readonly title");
  const commands = [...text.matchAll(/method: "(\w+)"([^}]*)/g)].map(([, name, rest]) => `${name} ${rest!.includes("deprecated: true,")}`);
  assert.equal(commands, ["join true", "enter false", "do true"]);
});

test.run();
