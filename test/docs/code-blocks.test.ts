import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readConfig } from "../../codegen/cli/config.ts";
import { withFolder, zgen } from "../codegen/cli/support.ts";
import { repository } from "../support/architecture/imports.ts";
import { type CodeBlock, codeBlocks } from "../support/code-blocks.ts";

export const testTimeoutMs = 120_000;

const test = suite("docs/code-blocks");

const read = (file: string): string => readFileSync(path.join(repository, file), "utf8");
const pages: readonly string[] = [
  "README.md",
  "runtime/README.md",
  ...readdirSync(path.join(repository, "docs")).map((name) => `docs/${name}`),
];

/** VERSIONING.md is walked through step by step, TEMPLATES.md shows declarations; both have tests of their own. */
const compiled = pages.filter((page) => !/VERSIONING|TEMPLATES/.test(page));
const blocksOf = (page: string, language: string): readonly CodeBlock[] =>
  codeBlocks(read(page)).filter((block) => block.language === language);

/** Declarations that a page shows without their file, and those that they need. */
const inFile = (page: string, rest: string): string =>
  [
    'syntax = "proto3";\npackage docs.v1;\nimport "zserver/options.proto";\nimport "zserver/blob.proto";',
    ...blocksOf(page, "proto").map(({ text }) => text.replace(/^import .*$/m, "")),
    rest,
  ].join("\n");

const schemas: Readonly<Record<string, string>> = {
  "chat.proto": blocksOf("README.md", "proto")[0]!.text,
  "docs.proto": inFile(
    "docs/SCHEMA.md",
    `message JoinRequest { string name = 1; }
message JoinReply {}
message ChatLine {}
message HistoryRequest {}
message ImportReply {}
message Photo { string id = 1; }
message PhotoId { string id = 1; }
service Album { rpc Upload(zserver.Blob) returns (Photo); rpc Download(PhotoId) returns (zserver.Blob); }
service Albums { rpc MakeAlbum(MakeAlbumRequest) returns (MakeAlbumReply); }
message MakeAlbumReply { uint32 photos = 1; }`,
  ),
  "matches.proto": `syntax = "proto3";
package matches.v1;
import "zserver/options.proto";
service Matches { rpc Find(FindRequest) returns (FindReply) { option (zserver.command) = { deferred: true }; } }
message FindRequest {}
message FindReply {}`,
  "order.proto": `syntax = "proto2";
package order.v1;
message Order { extensions 100 to 200; }
extend Order { optional string card_text = 102; }`,
  "acme.proto": `syntax = "proto3";
package acme.v1;
service Lobby { rpc Join(JoinRequest) returns (JoinReply); }
message JoinRequest { string room = 1; }
message JoinReply {}`,
  "lobby/v1/lobby.proto": 'syntax = "proto3";\npackage lobby.v1;\nmessage JoinRequest { string name = 1; }',
  "greeter.proto": `syntax = "proto3";
package greeter.v1;
service Greeter { rpc Greet(GreetRequest) returns (GreetReply); }
message GreetRequest { string name = 1; }
message GreetReply { string greeting = 1; }`,
};

/** What a reader of a fragment has already, beside the exports of zserver. */
const given = `type Given = typeof import("zserver");
type Server<Data = unknown> = import("zserver").Server<Data>;
type JoinReplyInit = import("./generated/chat.ts").JoinReplyInit;
declare const implement: Given["implement"];
declare const serve: Given["serve"];
declare const connect: Given["connect"];
declare const loadIdentity: Given["loadIdentity"];
declare const stage: Given["stage"];
declare const offerStaging: Given["offerStaging"];
declare const messagePortListener: Given["messagePortListener"];
declare const messagePortEndpoint: Given["messagePortEndpoint"];
declare const CommandError: Given["CommandError"];
declare const createReadStream: typeof import("node:fs").createReadStream;
declare const Chat: typeof import("./generated/chat.ts").Chat;
declare const Listener: typeof import("./generated/chat.ts").Listener;
declare const RoomFull: typeof import("./generated/chat.ts").RoomFull;
declare const Greeter: typeof import("./generated/greeter.ts").Greeter;
declare const Matches: typeof import("./generated/matches.ts").Matches;
declare const Album: typeof import("./generated/docs.ts").Album;
declare const Albums: typeof import("./generated/docs.ts").Albums;
declare const cardText: typeof import("./generated/order.ts").cardText;
declare const order: import("./generated/order.ts").Order;
declare const chat: import("./generated/chat.ts").ChatProxy;
declare const albums: import("./generated/docs.ts").AlbumsProxy;
/** A client's proxy in one block, a server's album in another. */
declare const album: import("./generated/docs.ts").AlbumProxy & { add(blob: import("zserver").ReadableBlob): Promise<void> };
declare const client: import("zserver").Client;
declare const overAnotherEntrance: import("zserver").Client;
declare const server: import("zserver").Server;
declare const identity: import("zserver").Identity;
declare const serverKey: string;
declare const endpoints: readonly string[];
declare const listen: readonly string[];
declare const handlers: readonly import("zserver").Implementation[];
declare const saved: string;
declare function keep(list: string): void;
declare function show(part: number): void;
declare function freshToken(): Promise<string>;
declare function freshPort(): MessagePort;
declare const port: MessagePort;
declare const near: import("zserver").Transport;
declare const far: import("zserver").Transport;
declare function test(name: string, run: () => Promise<void>): void;
declare const users: { find(token: string): Promise<{ id: string; roles: string[]; tokenExpires: Date } | undefined> };
declare const waiting: string[];
declare const files: readonly File[];
declare const input: HTMLInputElement;
declare const bar: HTMLProgressElement;
declare const image: HTMLImageElement;
declare const photos: { add(name: string, bytes: Uint8Array): { id: string }; file(id: string): string };
`;

const compilerOptions = {
  lib: ["ES2024", "ESNext.Disposable", "DOM", "DOM.Iterable"],
  typeRoots: [path.join(repository, "node_modules/@types")],
  paths: { "@acme/lobby-client": ["./generated/acme.ts"] },
  ...Object.fromEntries(["isolatedDeclarations", "declaration", "noUnusedLocals", "noUnusedParameters"].map((flag) => [flag, false])),
};

/** What TypeScript says of the programs in a folder; empty when it is content. */
function typeErrors(folder: string): Promise<string> {
  const tsc = path.join(repository, "node_modules/typescript/bin/tsc");
  return new Promise((resolve) =>
    execFile(process.execPath, [tsc, "-p", "."], { cwd: folder, timeout: 60_000 }, (_error, said) => resolve(said)),
  );
}

test("every block of TypeScript in the README and docs/ compiles, with the code of the schemas that stand beside it", () =>
  withFolder({}, async (folder) => {
    symlinkSync(path.join(repository, "node_modules"), path.join(folder, "node_modules"), "dir");
    const write = (name: string, text: string): void => {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    };
    for (const [name, text] of Object.entries(schemas)) write(`schemas/${name}`, text);
    write("package.json", '{ "type": "module" }');
    write("zgen.json", '{ "json": true }');
    assert.is((await zgen(folder, "generate")).err, "");
    write("given.d.ts", given);
    let count = 0;
    for (const page of compiled) {
      for (const { text, line, comment } of blocksOf(page, "ts")) {
        if (comment?.startsWith("example: ")) continue;
        write(`${page.replaceAll("/", "-")}-line-${line}.ts`, `${text}\nexport {};\n`);
        count++;
      }
    }
    assert.ok(count > 20, String(count));
    const config = { extends: path.join(repository, "tsconfig.json"), include: ["*.ts"], exclude: ["node_modules"], compilerOptions };
    write("tsconfig.json", JSON.stringify(config));
    assert.is(await typeErrors(folder), "");
  }));

test("every block of JSON that is a zgen.json is one", () => {
  const blocks = ["docs/SCHEMA.md", "docs/PACKAGE.md", "docs/TEMPLATES.md"].flatMap((page) => blocksOf(page, "json"));
  assert.ok(blocks.length >= 3);
  for (const { text } of blocks) readConfig("/zgen.json", JSON.parse(text));
});

test("every `zgen COMMAND` that a page speaks of is one, with its options", async () => {
  const helps = new Map<string, string>();
  for (const page of [...pages, "codegen/README.md", "codegen/starter/README.md"]) {
    for (const [whole, command = "", rest = ""] of read(page).matchAll(/(?:`zgen|npx zgen) ([a-z]+)\b([^`\n]*)/g)) {
      const help = helps.get(command) ?? (await zgen(".", command, "--help")).out;
      helps.set(command, help);
      assert.match(help, "Usage: zgen ", `${page}: ${whole}`);
      for (const [option] of rest.matchAll(/--[a-z][\w-]*/g)) assert.match(help, option, `${page}: ${whole}`);
    }
  }
  assert.ok(helps.size > 10, [...helps.keys()].join());
});

test.run();
