import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { GeneratedModules } from "../../../codegen/stubs/modules.ts";
import { newHandlerFile } from "../../../codegen/stubs/new-file.ts";
import { type SyncedFile, syncFile } from "../../../codegen/stubs/sync.ts";
import { handlerViews } from "../../../codegen/emit/handler-view.ts";
import { readTexts } from "../read/read-text.ts";

export const testTimeoutMs = 60_000;

const FILE = "/project/src/lobby.ts";

interface RpcText {
  readonly name: string;
  readonly request: string;
  readonly reply: string;
  readonly before?: string;
}

/** A lobby with these commands, and a message for each name that they use. */
function lobby(...commands: readonly RpcText[]): string {
  const rpcs = commands.map(({ name, request, reply, before = "" }) => `${before}rpc ${name}(${request}) returns (${reply});`);
  const names = new Set(commands.flatMap(({ request, reply }) => [request, reply].map((type) => type.replace("stream ", ""))));
  const messages = [...names].filter((name) => name !== "zserver.None").map((name) => `message ${name} {}`);
  return `syntax = "proto3";\npackage lobby.v1;\nimport "zserver/options.proto";\n// Where players meet.\nservice Lobby {\n${rpcs.join("\n")}\n}\n${messages.join("\n")}`;
}

const join: RpcText = { name: "Join", request: "JoinRequest", reply: "JoinReply", before: "// Enters a room.\n" };
const say: RpcText = { name: "Say", request: "SayRequest", reply: "zserver.None" };
const watch: RpcText = { name: "Watch", request: "WatchRequest", reply: "stream WatchReply" };
const load: RpcText = { name: "Load", request: "stream LoadRequest", reply: "LoadReply" };
const chat: RpcText = { name: "Chat", request: "stream ChatRequest", reply: "stream ChatReply" };

function views(schema: string): ReturnType<typeof handlerViews> {
  const { schema: model, diagnostics } = readTexts({ "lobby/v1/lobby.proto": schema });
  assert.equal(diagnostics ?? [], []);
  return handlerViews(model!);
}

function modulesOf({ exports }: ReturnType<typeof handlerViews>): GeneratedModules {
  return new GeneratedModules("/project/generated", ".ts", exports);
}

function created(schema: string): string {
  const all = views(schema);
  return newHandlerFile(FILE, all.services[0]!, modulesOf(all));
}

function synced(schema: string, text: string): SyncedFile {
  const all = views(schema);
  return syncFile(FILE, text, all.services, modulesOf(all));
}

const test = suite("stubs/sync");

test("a blob is one object for its handler, in one direction or in both", () => {
  const put = { name: "Put", request: "zserver.Blob", reply: "PutReply" };
  const turn = { name: "Turn", request: "zserver.Blob", reply: "zserver.Blob" };
  const schema = lobby(put, turn).replace("message zserver.Blob {}", "").replace("package", 'import "zserver/blob.proto";\npackage');
  const text = created(schema);
  assert.match(text, "async put(_blob: IncomingBlob, _context: Context): Promise<PutReplyInit> {");
  assert.match(text, "async turn(_blob: IncomingBlob, _context: Context): Promise<BlobSource> {");
  assert.match(
    text,
    /import \{ type BlobSource, type IncomingBlob \} from "zserver\/blob"|import type \{ BlobSource, IncomingBlob \} from "zserver\/blob"|import type \{ IncomingBlob, BlobSource \} from "zserver\/blob"/,
  );
  assert.is(synced(schema, text).text, text);
});

test("a service that nobody handles gets a class with a method for each kind of command", () => {
  assert.is(
    created(lobby(join, say, watch, load)),
    `import { CommandError, type Context } from "zserver";
import type {
  JoinReplyInit,
  JoinRequest,
  LoadReplyInit,
  LoadRequest,
  LobbyHandlers,
  SayRequest,
  WatchReplyInit,
  WatchRequest,
} from "../generated/lobby/v1/lobby.ts";

/** Where players meet. */
export class LobbyHandler implements LobbyHandlers {
  /** Enters a room. */
  async join(_request: JoinRequest, _context: Context): Promise<JoinReplyInit> {
    throw new CommandError("UNIMPLEMENTED", "Lobby.join is not written yet");
  }

  async say(_request: SayRequest, _context: Context): Promise<void> {
    throw new CommandError("UNIMPLEMENTED", "Lobby.say is not written yet");
  }

  async *watch(_request: WatchRequest, _context: Context): AsyncIterable<WatchReplyInit> {
    throw new CommandError("UNIMPLEMENTED", "Lobby.watch is not written yet");
  }

  async load(_requests: AsyncIterable<LoadRequest>, _context: Context): Promise<LoadReplyInit> {
    throw new CommandError("UNIMPLEMENTED", "Lobby.load is not written yet");
  }
}
`,
  );
});

test("a new command comes behind the one before it, in the file's own style, and nothing else changes", () => {
  const before = `// Mine.
import type {LobbyHandlers as Base,  JoinRequest, WatchRequest, WatchReplyInit} from '../generated/lobby/v1/lobby.ts'
import { CommandError as Oops } from 'zserver'

export class Rooms   implements Base<Player> {
\tprivate rooms = new Map()   // kept

\tjoin = ( r : JoinRequest ) => { return { } }

\tasync * watch(r: WatchRequest): AsyncIterable<WatchReplyInit> { /* 1 */ }
}
`;
  const { text, added, notes } = synced(lobby(join, say, watch), before);
  assert.is(
    text,
    `// Mine.
import type {LobbyHandlers as Base,  JoinRequest, WatchRequest, WatchReplyInit, SayRequest} from '../generated/lobby/v1/lobby.ts'
import { CommandError as Oops, type Context } from 'zserver'

export class Rooms   implements Base<Player> {
\tprivate rooms = new Map()   // kept

\tjoin = ( r : JoinRequest ) => { return { } }

\tasync say(_request: SayRequest, _context: Context<Player>): Promise<void> {
\t\tthrow new Oops('UNIMPLEMENTED', 'Lobby.say is not written yet')
\t}

\tasync * watch(r: WatchRequest): AsyncIterable<WatchReplyInit> { /* 1 */ }
}
`,
  );
  assert.equal(added, ["Lobby.say"]);
  assert.equal(notes, []);
});

test("signatures follow types that are called otherwise now, and what they leave unused goes from the imports", () => {
  const before = `import { type Context } from "zserver";
import type {
  JoinReplyInit,
  JoinRequest,
  LobbyHandlers,
} from "../generated/lobby/v1/lobby.ts";

export class LobbyHandler implements LobbyHandlers {
  async join(request: JoinRequest, context: Context): Promise<JoinReplyInit> | JoinReplyInit {
    return helper(request);
  }
}
`;
  const after = synced(lobby({ ...join, request: "EnterRequest", reply: "EnterReply" }), before).text;
  assert.is(
    after,
    `import { type Context } from "zserver";
import type {
  EnterRequest,
  EnterReplyInit,
  LobbyHandlers,
} from "../generated/lobby/v1/lobby.ts";

export class LobbyHandler implements LobbyHandlers {
  async join(request: EnterRequest, context: Context): Promise<EnterReplyInit> | EnterReplyInit {
    return helper(request);
  }
}
`,
  );
});

test("a type that the file still uses elsewhere stays imported", () => {
  const before = `import type { JoinReplyInit, JoinRequest, LobbyHandlers } from "../generated/lobby/v1/lobby.ts";
let last: JoinRequest;
export class LobbyHandler implements LobbyHandlers {
  join(request: JoinRequest): JoinReplyInit {
    return {};
  }
}
`;
  const { text } = synced(lobby({ ...join, request: "EnterRequest" }), before);
  assert.match(text, /import type \{ JoinReplyInit, JoinRequest, LobbyHandlers, EnterRequest \}/);
  assert.match(text, /let last: JoinRequest;/);
});

test("types of the user's own are left alone", () => {
  const before = `import type { LobbyHandlers } from "../generated/lobby/v1/lobby.ts";
import type { Anything, JoinRequest } from "./mine.ts";
export class LobbyHandler implements LobbyHandlers {
  join(request: Anything & JoinRequest): Promise<Anything> { return go(request); }
}
`;
  assert.is(synced(lobby(join), before).text, before);
});

test("what handles no command any more is reported and left in place; helpers are not", () => {
  const before = `import type { Context } from "zserver";
import type { JoinReplyInit, JoinRequest, LeaveRequest, LobbyHandlers } from "../generated/lobby/v1/lobby.ts";
export class LobbyHandler implements LobbyHandlers {
  join(request: JoinRequest): JoinReplyInit { return {}; }
  leave(request: LeaveRequest, context: Context): void {}
  static make(request: JoinRequest): void {}
  #tidy(rooms: number): void {}
}
`;
  const { text, notes } = synced(lobby(join), before);
  assert.is(text, before);
  assert.equal(notes, [{ line: 5, message: "LobbyHandler.leave handles no command of the schema; it was left in place" }]);
});

test("a command that became a stream is reported", () => {
  const before = `import type { JoinReplyInit, JoinRequest, LobbyHandlers } from "../generated/lobby/v1/lobby.ts";
export class LobbyHandler implements LobbyHandlers {
  join(request: JoinRequest): JoinReplyInit { return {}; }
}
`;
  const { notes } = synced(lobby({ ...join, request: "stream JoinRequest" }), before);
  assert.equal(notes, [{ line: 3, message: "Lobby.join is a client stream command now; its signature is yours to change" }]);
});

for (const [what, body] of [
  ["on one line", "{}"],
  ["on two", "{\n}"],
  ["with a comment in it", "{\n  // nothing yet\n}"],
] as const) {
  test(`an empty class ${what} is filled`, () => {
    const before = `import type { LobbyHandlers } from "../generated/lobby/v1/lobby.ts";\n\nexport class LobbyHandler implements LobbyHandlers ${body}\n`;
    const { text } = synced(lobby(join, say), before);
    assert.is(synced(lobby(join, say), text).text, text);
    assert.match(
      text,
      /LobbyHandlers \{\n {2}\/\*\* Enters a room\. \*\/\n {2}async join\([\s\S]*\n {2}\}\n\n {2}async say\([\s\S]*\n {2}\}\n/,
    );
    assert.ok(text.endsWith("}\n"));
  });
}

test("a file with CRLF keeps it", () => {
  const before = created(lobby(join)).replaceAll("\n", "\r\n");
  const { text } = synced(lobby(join, say), before);
  assert.not.match(text.replaceAll("\r\n", ""), /\n/);
});

test("a byte order mark stays the first character, and nothing moves because of it", () => {
  const before = created(lobby(join));
  const { text } = synced(lobby(join, say), `\uFEFF${before}`);
  assert.is(text, `\uFEFF${synced(lobby(join, say), before).text}`);
  assert.is(synced(lobby(join, say), text).text, text);
});

const imported = 'import type { JoinReplyInit, JoinRequest, LobbyHandlers, SayRequest } from "../generated/lobby/v1/lobby.ts";';
const imports = `import { CommandError, type Context } from "zserver";\n${imported}\n`;
const sayText = `  async say(_request: SayRequest, _context: Context): Promise<void> {
    throw new CommandError("UNIMPLEMENTED", "Lobby.say is not written yet");
  }`;

test("a comment behind a member stays behind it", () => {
  const head = `${imports}export class Rooms implements LobbyHandlers {\n  join = (): JoinReplyInit => ({}); /* one */ // two`;
  const { text } = synced(lobby(join, say), `${head}\n  // three\n}\n`);
  assert.is(text, `${head}\n\n${sayText}\n  // three\n}\n`);
});

test("a comment behind the brace of an empty class stays there", () => {
  const head = `${imports}export class Rooms implements LobbyHandlers { // mine`;
  assert.is(synced(lobby(say), `${head}\n}\n`).text, `${head}\n${sayText}\n}\n`.replace("JoinReplyInit, JoinRequest, ", ""));
});

test("the brace of a class on one line goes to a line of its own", () => {
  for (const body of [" ", "", " /* mine */ ", " #rooms = 1; ", " #rooms = 1 /* mine */ "]) {
    const { text } = synced(lobby(say), `${imports}export class Rooms implements LobbyHandlers {${body}}`);
    assert.ok(text.endsWith(`Handlers {${body.trimEnd()}${/#/.test(body) ? "\n" : ""}\n${sayText}\n}`), text);
    assert.is(synced(lobby(say), text).text, text);
  }
});

test("names that the file has for something else are imported under another", () => {
  const before = `import type { LobbyHandlers } from "../generated/lobby/v1/lobby.ts";
class Context {}
export class LobbyHandler implements LobbyHandlers {}
`;
  const { text } = synced(lobby(say), before);
  assert.match(text, /import \{ type Context as Context\$, CommandError \} from "zserver";/);
  assert.match(text, /_context: Context\$\)/);
});

const anyCommands = fc.subarray([join, say, watch, load, chat], { minLength: 1 });
const anyOwnCode = fc.array(
  fc.constantFrom(
    "  // mine",
    "  private x = 1;",
    "",
    "  helper(a: string) { return `\\n`; }",
    "\t#odd( ) {}",
    "  /** about */\n  get y() { return 2 }",
  ),
  { maxLength: 6 },
);

test("after any change of the schema the user's own lines are all there, in order, and a second run changes no byte", () => {
  fc.assert(
    fc.property(anyCommands, anyCommands, anyOwnCode, (first, second, own) => {
      const before = created(lobby(...first)).replace(
        "LobbyHandlers {\n",
        () => `LobbyHandlers {\n${own.map((line) => `${line}\n`).join("")}`,
      );
      const once = synced(lobby(...second), before);
      const isImport = (line: string): boolean => /^(import|\} from| {2}(type )?\w+,$)/.test(line);
      const rest = once.text.split("\n");
      for (const line of before.split("\n").filter((each) => !isImport(each))) {
        const at = rest.indexOf(line);
        assert.ok(at >= 0, `lost: ${line}`);
        rest.splice(0, at + 1);
      }
      assert.equal(
        once.added,
        second.filter((command) => !first.includes(command)).map(({ name }) => `Lobby.${name.toLowerCase()}`),
      );
      assert.is(synced(lobby(...second), once.text).text, once.text);
    }),
    { numRuns: 25 },
  );
});

test("handlers in objects, class expressions and classes within functions are left alone, and what they lack is told", () => {
  const text = `import type { LobbyHandlers } from "../generated/lobby/v1/lobby.ts";
export const typed: LobbyHandlers<string> = {
  join: () => ({}),
};
export const checked = { join: () => ({}), async say() {} } satisfies LobbyHandlers;
export const Kept = class implements LobbyHandlers {
  join() { return {}; }
};
export function make(): LobbyHandlers {
  class Inner implements LobbyHandlers { say() {} }
  return new Inner();
}
export const rest: LobbyHandlers = { ...typed, say() {} };
`;
  const { text: after, services, added, notes } = synced(lobby(join, say), text);
  assert.is(after, text);
  assert.equal([...new Set(services.map(({ service }) => service))], ["Lobby"]);
  assert.equal(added, []);
  const yours = (line: number, what: string, missing: string) => ({
    line,
    message: `Lobby is handled by ${what} that is yours to change; it lacks ${missing}`,
  });
  assert.equal(notes, [yours(2, "an object", "say"), yours(6, "a class", "say"), yours(10, "a class", "join")]);
});

test.run();
