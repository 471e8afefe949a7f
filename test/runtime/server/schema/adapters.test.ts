import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  adapt,
  type Adapter,
  CommandError,
  connect,
  createIdentity,
  type Client,
  errorDetail,
  implement,
  type Interceptor,
  type LogEntry,
  serve,
} from "zserver";
import type { MessageType } from "../../../../runtime/schema/message-type.ts";
import type { CommandType } from "../../../../runtime/schema/service-type.ts";
import { zgen } from "../../../codegen/cli/support.ts";
import { Workshop } from "../../../codegen/emit/workshop.ts";
import { countingCompressions, repeating } from "../../../support/command/compressed.ts";
import { assertError, caught } from "../../../support/command/assert-error.ts";
import { all, type AnyProxy, type AnyService, type Message } from "../../../support/schema/version-code.ts";

export const testTimeoutMs = 60_000;

const test = suite("server/schema/adapters");

const proto = (at: string): string => `syntax = "proto3";
package rooms.v1;
import "zserver/options.proto";
service Rooms {
  rpc Join(Line) returns (Line) { option (zserver.command) = { errors: ["Full"], compression: DEFLATE }; }
  rpc Say(Line) returns (zserver.None);
  rpc History(Ask) returns (stream Line);
  rpc Import(stream Line) returns (Line);
  rpc Chat(stream Line) returns (stream Line) { option (zserver.command).compression = BROTLI; }
  rpc Match(Line) returns (Line) { option (zserver.command) = { deferred: true }; }
  rpc Same(Ask) returns (Ask);
  rpc Lost(Line) returns (Line);
}
message Line { string text = 1; ${at} said_at = 2; repeated string tags = 3; }
message Ask { string what = 1; }
message Full { uint32 capacity = 1; }
`;

const workshop = new Workshop();
test.after(() => workshop.remove());

type Code = Readonly<{ Rooms: AnyService; Line: MessageType<Message, Message>; Full: MessageType<Message, Message> }>;

/** The code of the schema as it is, and as zgen.lock has it. */
async function versions(): Promise<{ readonly old: Code; readonly now: Code }> {
  const folder = path.join(workshop.folder, "rooms");
  const run = async (...args: string[]): Promise<void> => assert.is((await zgen(folder, ...args)).code, 0);
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  write("zgen.json", '{ "emit": "js" }');
  write("schemas/rooms/v1/rooms.proto", proto("int32"));
  await run("release");
  write("schemas/rooms/v1/rooms.proto", proto("string"));
  await run("generate");
  await run("generate", "--release", "1.0.0");
  const load = async (where: string): Promise<Code> => (await workshop.import(`rooms/${where}/rooms/v1/rooms.js`)) as unknown as Code;
  return { now: await load("generated"), old: await load("generated-1.0.0") };
}

const { old, now } = await versions();
const match = now.Rooms.commands.match as CommandType<Message, Message, Message, Message, "unary", true>;
const identity = createIdentity();

/** Lifts and lowers lines: numbers became text. */
const lines = {
  request: ({ text, saidAt }: Message) => ({ text, saidAt: `at ${saidAt}` }),
  reply: ({ text, saidAt, tags }: Message) => ({ text, saidAt: Number(String(saidAt).slice(3)), tags }),
};
const adapter = (more: object = {}): Adapter =>
  adapt(old.Rooms, now.Rooms, {
    join: lines,
    say: { request: lines.request },
    history: { request: (ask: Message) => ask, reply: lines.reply },
    import: lines,
    chat: lines,
    match: lines,
    ...more,
  } as never);

interface World {
  readonly client: Client;
  readonly proxy: AnyProxy;
  /** What handlers got. */
  readonly got: unknown[];
  readonly log: LogEntry[];
  readonly tokens: string[];
  readonly server: Awaited<ReturnType<typeof serve>>;
}

interface WorldOptions {
  readonly client?: Code;
  readonly adapters?: readonly Adapter[];
  readonly interceptors?: readonly Interceptor[];
}

async function inWorld(
  { client: code = old, adapters = [adapter()], interceptors = [] }: WorldOptions,
  use: (world: World) => Promise<void>,
): Promise<void> {
  const got: unknown[] = [];
  const log: LogEntry[] = [];
  const tokens: string[] = [];
  const kept = <T>(message: T): T => {
    got.push(message);
    return message;
  };
  const handlers = {
    join: (line: Message) => {
      kept(line);
      if (line.text === "full")
        throw new CommandError("RESOURCE_EXHAUSTED", "no place", { details: [errorDetail(now.Full, { capacity: 8 })] });
      return { text: "joined", saidAt: line.saidAt };
    },
    say: (line: Message) => void kept(line),
    *history({ what }: Message) {
      yield { text: what, saidAt: "at 1" };
      yield { text: what, saidAt: "at 2", tags: ["a"] };
    },
    async import(items: AsyncIterable<Message>) {
      for await (const item of items) kept(item);
      return { text: "imported", saidAt: `at ${got.length}` };
    },
    async *chat(items: AsyncIterable<Message>) {
      for await (const item of items) yield kept(item);
    },
    match: (line: Message, context: { defer(): { readonly token: string } }) => {
      kept(line);
      const reply = context.defer();
      tokens.push(reply.token);
      return reply;
    },
    same: (ask: Message) => kept(ask),
    lost: (line: Message) => kept(line),
  };
  await using server = await serve({
    listen: ["tcp://127.0.0.1:0"],
    identity,
    handlers: [implement(now.Rooms, handlers as never, { adapters })],
    interceptors,
    log: (entry) => void log.push(entry),
  });
  const client = await connect({ endpoints: server.endpoints, serverKey: server.serverKey, services: [code.Rooms] });
  try {
    await use({ client, proxy: client.use(code.Rooms), got, log, tokens, server });
  } finally {
    await client.close();
  }
}

const lifted = (text: string, at: number): Message => ({ text, saidAt: `at ${at}`, tags: [] });
const lowered = (text: string, at: number, tags: readonly string[] = []): Message => ({ text, saidAt: at, tags });

test("what is adapted travels compressed where its schema says so, in the form that the client knows", () =>
  inWorld({}, async ({ proxy, got }) => {
    const text = repeating(40_000);
    // Both requests, and the reply that is long.
    const times = await countingCompressions(async () => {
      assert.equal(await proxy.join!({ text, saidAt: 7 }), lowered("joined", 7));
      const [line] = await all(proxy.chat!([{ text, saidAt: 1 }]));
      assert.equal({ ...line, text: "" }, lowered("", 1));
      assert.ok(line!.text === text);
    });
    assert.is(times, 3);
    assert.equal(
      got.map((line) => [(line as Message).text === text, (line as Message).saidAt]),
      [
        [true, "at 7"],
        [true, "at 1"],
      ],
    );
  }));

test("clients of an earlier version call every adapted command, whatever its mode: requests are lifted, replies lowered", () =>
  inWorld({}, async ({ client, proxy, got, tokens, server }) => {
    const { commands } = old.Rooms;
    for (const [method, command] of Object.entries(commands)) assert.is(client.supports(command), method !== "lost", method);
    assert.equal(await proxy.join!({ text: "a", saidAt: 7, tags: ["gone"] }), lowered("joined", 7));
    await proxy.say!({ text: "b", saidAt: 8 });
    assert.equal(await all(proxy.history!({ what: "c" })), [lowered("c", 1), lowered("c", 2, ["a"])]);
    assert.equal(got.splice(0), [lifted("a", 7), lifted("b", 8)]);
    const items = [1, 2, 3].map((saidAt) => ({ text: "d", saidAt }));
    assert.equal(await proxy.import!(items), lowered("imported", 3));
    assert.equal(
      await all(proxy.chat!(items)),
      items.map(({ saidAt }) => lowered("d", saidAt)),
    );
    assert.equal(
      got.splice(0),
      [...items, ...items].map(({ saidAt }) => lifted("d", saidAt)),
    );
    const matched = proxy.match!({ text: "e", saidAt: 9 });
    assert.equal(await proxy.same!({ what: "f" }), { what: "f" });
    await server.reply(match, tokens[0]!, { text: "matched", saidAt: "at 10" });
    assert.equal(await matched, lowered("matched", 10));
  }));

test("a changed command without an adapter fails at the earlier client, before it is sent", () =>
  inWorld({}, async ({ client, proxy, got }) => {
    assertError(await caught(proxy.lost!({ text: "a" })), "SCHEMA_MISMATCH", "NOT_RUN");
    assert.is(client.stats().commandsSent, 0);
    assert.equal(got, []);
  }));

test("clients of the present version are not converted", () =>
  inWorld({ client: now }, async ({ proxy, got }) => {
    assert.equal(await proxy.join!({ text: "a", saidAt: "at 1" }), { text: "joined", saidAt: "at 1", tags: [] });
    assert.equal(got, [lifted("a", 1)]);
  }));

test("errors and their details are as handlers throw them", () =>
  inWorld({}, async ({ proxy }) => {
    const error = assertError(
      await caught(proxy.join!({ text: "full" })),
      "RESOURCE_EXHAUSTED",
      "MAY_HAVE_RUN",
      "no place",
    ) as CommandError;
    assert.equal(error.detail(old.Full), { capacity: 8 });
  }));

test("interceptors see requests and replies in the present form, and the command itself", async () => {
  const seen: unknown[] = [];
  const interceptor: Interceptor = async (call, next) => {
    seen.push(call.command, call.request);
    const reply = await next(call);
    seen.push(reply);
    return reply;
  };
  await inWorld({ interceptors: [interceptor] }, async ({ proxy }) => {
    assert.equal(await proxy.join!({ text: "a", saidAt: 3 }), lowered("joined", 3));
  });
  assert.is(seen[0], now.Rooms.commands.join);
  assert.equal(seen.slice(1), [lifted("a", 3), { text: "joined", saidAt: "at 3" }]);
});

test("a conversion that fails is an incident of its command, which the caller is told by its id only", async () => {
  const broken = (): never => {
    throw new Error("secret");
  };
  const adapters = [
    adapter({
      join: { ...lines, request: broken },
      import: { ...lines, request: broken },
      match: { ...lines, reply: broken },
    }),
  ];
  await inWorld({ adapters }, async ({ proxy, got, log, tokens, server }) => {
    const unlifted = assertError(await caught(proxy.join!({ text: "a" })), "INTERNAL", "NOT_RUN") as CommandError;
    assert.not.match(unlifted.message, /secret/);
    assert.match(log[0]!.message, unlifted.incident!);
    assert.equal(got, []);
    assertError(await caught(proxy.import!([{ text: "b" }])), "INTERNAL", "MAY_HAVE_RUN");
    const matched = caught(proxy.match!({ text: "c" }));
    await proxy.same!({});
    const refused = await caught(server.reply(match, tokens[0]!, { text: "d" }));
    assert.match(String(refused), /secret|encoded|schema/);
    await server.fail(match, tokens[0]!, new CommandError("ABORTED", "over"));
    assertError(await matched, "ABORTED", "MAY_HAVE_RUN");
  });
});

test("the first adapter that fits a client is taken", async () => {
  const other = (text: string): Adapter => adapt(old.Rooms, now.Rooms, { join: { ...lines, request: () => ({ text }) } } as never);
  await inWorld(
    {
      adapters: [
        adapt(now.Rooms, now.Rooms, { join: { ...lines, request: () => ({ text: "never" }) } } as never),
        other("first"),
        other("second"),
      ],
    },
    async ({ proxy, got }) => {
      await proxy.join!({ text: "a" });
      assert.equal(got, [{ text: "first", saidAt: "", tags: [] }]);
    },
  );
});

test("an adapter whose clients would misread a detail that its command's errors may have is refused when the server starts", async () => {
  const folder = path.join(workshop.folder, "details");
  mkdirSync(path.join(folder, "schemas/rooms/v1"), { recursive: true });
  writeFileSync(path.join(folder, "zgen.json"), '{ "emit": "js" }');
  writeFileSync(path.join(folder, "schemas/rooms/v1/rooms.proto"), proto("int32").replace("uint32 capacity", "string capacity"));
  assert.is((await zgen(folder, "generate")).code, 0);
  const { Rooms } = (await workshop.import("details/generated/rooms/v1/rooms.js")) as unknown as Code;
  const adapters = [adapt(Rooms, now.Rooms, { join: lines } as never)];
  const error = await caught(inWorld({ adapters }, async () => {}));
  assert.ok(error instanceof TypeError);
  assert.match(error.message, /would misread the detail rooms\.v1\.Full of rooms\.v1\.Rooms\/Join, field 1 \(TYPE\)/);
});

test("clients have no adapters: servers judge what fits", async () => {
  const handlers = Object.fromEntries(Object.keys(now.Rooms.commands).map((method) => [method, () => ({})]));
  await inWorld({}, async ({ server }) => {
    const error = await caught(
      connect({
        endpoints: server.endpoints,
        serverKey: server.serverKey,
        handlers: [implement(now.Rooms, handlers as never, { adapters: [adapter()] })],
      }),
    );
    assert.ok(error instanceof TypeError);
    assert.match(error.message, /adapters/);
  });
});

test.run();
