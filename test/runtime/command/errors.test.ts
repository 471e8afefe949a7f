import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe, Refused, type Text, type TextInit, Undeclared } from "../../../generated/example/probe/v1/probe.ts";
import { Dispatcher } from "../../../runtime/command/dispatcher.ts";
import { CommandError } from "../../../runtime/errors/command-error.ts";
import { errorDetail } from "../../../runtime/errors/error-detail.ts";
import type { Caller } from "../../../runtime/schema/caller.ts";
import type { MessageType } from "../../../runtime/schema/message-type.ts";
import type { CommandType, ServiceType } from "../../../runtime/schema/service-type.ts";
import { serviceInfo } from "../../../runtime/schema/service-type.ts";
import { assertError, caught } from "../../support/command/assert-error.ts";
import { connectPeers, type Peers } from "../../support/command/peers.ts";
import { collect, probe } from "../../support/command/probe.ts";

const echoName = "example.probe.v1.Probe/Echo";

/** A service of one command, declared otherwise than the peer declares it. */
function declared<Kind extends "unary" | "client_stream">(
  change: Partial<CommandType<Text, TextInit, Text, TextInit, Kind, false>>,
): ServiceType<{ call(request: TextInit): Promise<Text> }> {
  const command = { ...Probe.commands.echo, ...change } as CommandType<Text, TextInit, Text, TextInit, "unary", false>;
  class DeclaredProxy {
    readonly #caller: Caller;
    constructor(caller: Caller) {
      this.#caller = caller;
    }
    call(request: TextInit): Promise<Text> {
      return this.#caller.unary(command, request);
    }
  }
  const { schema } = Probe[serviceInfo];
  return { commands: { call: command }, [serviceInfo]: { name: "example.probe.v1.Probe", side: "BOTH", proxy: DeclaredProxy, schema } };
}

/** The message type of a peer that writes garbage. */
function garbage(type: MessageType<Text, TextInit>): MessageType<Text, TextInit> {
  return { ...type, write: (writer) => writer.raw(Uint8Array.of(0x0a, 0x7f, 1, 2)) };
}

async function fails(peers: Peers, error: () => unknown): Promise<unknown> {
  thrown = error;
  return peers.failure(peers.client.use(Probe).echo({ text: "please" }));
}

let thrown: () => unknown;
const throwing = probe({
  echo() {
    throw thrown();
  },
});

const test = suite("command/errors");

test("when a handler says that its caller may try again, the caller is told", async () => {
  const peers = await connectPeers({ serve: { handlers: [throwing] } });
  const error = await fails(peers, () => new CommandError("RESOURCE_EXHAUSTED", "no place", { retryAfterMs: 250 }));
  assert.is(assertError(error, "RESOURCE_EXHAUSTED", "MAY_HAVE_RUN").retryAfterMs, 250);
  await peers.close();
});

test("a handler's CommandError reaches its caller with code, message and declared details", async () => {
  const peers = await connectPeers({ serve: { handlers: [throwing] } });
  const cause = new Error("the handler's secret");
  const details = [errorDetail(Undeclared, { secret: "s" }), errorDetail(Refused, { why: "full" })];
  const error = assertError(
    await fails(peers, () => new CommandError("NOT_FOUND", "no such room", { details, cause, outcome: "NOT_RUN" })),
    "NOT_FOUND",
    "MAY_HAVE_RUN",
    "no such room",
  );
  assert.is(error.command, echoName);
  assert.equal(error.detail(Refused), { why: "full" });
  assert.is(error.detail(Undeclared), undefined);
  assert.is(error.details.length, 1);
  assert.is(error.cause, undefined);
  assert.is(peers.log.length, 0);
  await peers.close();
});

test("an unexpected exception reaches its caller as INTERNAL with an incident, and the log whole", async () => {
  for (const exception of [new Error("password"), "password", undefined, { password: "password" }]) {
    const peers = await connectPeers({ serve: { handlers: [throwing] } });
    const error = assertError(await fails(peers, () => exception), "INTERNAL", "MAY_HAVE_RUN");
    assert.match(error.incident ?? "", /^[0-9a-f]{8}$/);
    assert.match(error.message, error.incident!);
    assert.not.match(error.message, /password/);
    assert.is(peers.log.length, 1);
    assert.is(peers.log[0]!.error, exception);
    assert.match(peers.log[0]!.message, error.incident!);
    await peers.close();
  }
});

test("what a handler tells as INTERNAL travels as it is; the cause that it has stays in the log, under the incident", async () => {
  const peers = await connectPeers({ serve: { handlers: [throwing] } });
  const cause = new Error("the secret path");
  const error = assertError(
    await fails(peers, () => new CommandError("INTERNAL", "it broke", { cause })),
    "INTERNAL",
    "MAY_HAVE_RUN",
    "it broke",
  );
  assert.is(error.cause, undefined);
  assert.is(peers.log.length, 1);
  assert.match(peers.log[0]!.message, error.incident!);
  assert.is((peers.log[0]!.error as Error).cause, cause);
  // Without a cause it says all that is known; with an incident somebody has it already.
  for (const told of [{}, { cause, incident: "abc" }]) {
    const same = assertError(await fails(peers, () => new CommandError("INTERNAL", "it broke", told)), "INTERNAL", "MAY_HAVE_RUN");
    assert.is(same.incident, (told as { incident?: string }).incident);
  }
  assert.is(peers.log.length, 1);
  await peers.close();
});

test("the cause of an error that lays the failure on this side is in the log, under the incident that its caller is told; it does not travel", async () => {
  const cause = new Error("the disk /dev/secret is broken");
  for (const code of ["ABORTED", "RESOURCE_EXHAUSTED"] as const) {
    const peers = await connectPeers({ serve: { handlers: [throwing] } });
    const error = assertError(await fails(peers, () => new CommandError(code, "not kept", { cause })), code, "MAY_HAVE_RUN", "not kept");
    assert.is(error.cause, undefined);
    assert.is((peers.log[0]!.error as Error).cause, cause);
    assert.is(peers.log.length, 1);
    assert.match(peers.log[0]!.message, error.incident!);
    await peers.close();
  }
});

test("an async handler fails as a plain one does", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe({ echo: async () => Promise.reject(new Error("late secret")) })] } });
  const error = assertError(await peers.failure(peers.client.use(Probe).echo({})), "INTERNAL", "MAY_HAVE_RUN");
  assert.not.match(error.message, /secret/);
  assert.is(peers.log.length, 1);
  await peers.close();
});

test("a CommandError of another copy of the package is understood", async () => {
  const secondCopy = "../../../runtime/errors/command-error.ts?copy";
  const copy = (await import(secondCopy)) as typeof import("../../../runtime/errors/command-error.ts");
  const other = new copy.CommandError("OUT_OF_RANGE", "too far", { details: [errorDetail(Refused, { why: "far" })] });
  assert.not.instance(other, CommandError);
  assert.ok(CommandError.is(other));
  assert.ok(copy.CommandError.is(new CommandError("ABORTED", "")));
  assert.not.ok(CommandError.is(new Error("no")));
  const peers = await connectPeers({ serve: { handlers: [throwing] } });
  const error = assertError(await fails(peers, () => other), "OUT_OF_RANGE", "MAY_HAVE_RUN", "too far");
  assert.equal(error.detail(Refused), { why: "far" });
  await peers.close();
});

test("an error that cannot be encoded, or is too large for a frame, still fails only its own command", async () => {
  const broken = { type: Refused.name, value: "not bytes" as never, decode: () => undefined as never };
  const huge = { type: Refused.name, value: new Uint8Array(100_000), decode: () => undefined as never };
  const errors = [
    new CommandError("ABORTED", "broken detail", { details: [broken] }),
    new CommandError("ABORTED", "huge detail", { details: [huge] }),
    new CommandError("ABORTED", "huge incident", { incident: "i".repeat(100_000) }),
    new CommandError("ABORTED", `huge text ${"\ud800é".repeat(100_000)}`),
    new CommandError("NO_SUCH_CODE" as never, "unknown code"),
    new CommandError("ABORTED", { toString: () => "not a text" } as never),
  ];
  const peers = await connectPeers({ serve: { handlers: [throwing] } });
  for (const error of errors) {
    const received = await fails(peers, () => error);
    assert.ok(CommandError.is(received), error.message);
    assert.ok(["ABORTED", "UNKNOWN", "INTERNAL"].includes((received as CommandError).code), (received as CommandError).code);
  }
  assert.is(peers.client.state, "open");
  await peers.close();
});

test("an unknown command is UNIMPLEMENTED, NOT_RUN, and the session goes on", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] } });
  for (let time = 0; time < 2; time++)
    assertError(await peers.failure(peers.session.use(Probe).echo({})), "UNIMPLEMENTED", "NOT_RUN", `${echoName} is not implemented here`);
  const unknown = peers.session.use(Probe).both([{ number: 1 }, { number: 2 }]);
  assertError(await peers.failure(collect(unknown)), "UNIMPLEMENTED", "NOT_RUN");
  await peers.until(peers.session.use(Probe).note({}));
  await peers.clock.settle(0);
  assert.is(peers.client.stats().oneWaysRefused, 1);
  assert.is((await peers.until(peers.client.use(Probe).echo({ number: 3 }))).number, 3);
  await peers.close();
});

test("a command of another kind is SCHEMA_MISMATCH, NOT_RUN", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] } });
  const other = peers.client.use(declared({ name: Probe.commands.down.name }));
  assertError(await peers.failure(other.call({})), "SCHEMA_MISMATCH", "NOT_RUN", /Probe\/Down is server_stream here, not unary/);
  assert.is(peers.client.state, "open");
  await peers.close();
});

test("a request that cannot be decoded is INVALID_ARGUMENT, NOT_RUN, and the session goes on", async () => {
  let ran = 0;
  const peers = await connectPeers({ serve: { handlers: [probe({ echo: () => ({ number: ++ran }) })] } });
  const { client } = peers;
  const bad = client.use(declared({ request: garbage(Probe.commands.echo.request) }));
  const message = /^example\.probe\.v1\.Text: malformed message/;
  assertError(await peers.failure(bad.call({})), "INVALID_ARGUMENT", "NOT_RUN", message);
  assert.is((await peers.until(client.use(Probe).echo({}))).number, 1);
  assert.is(peers.log.length, 0);
  await peers.close();
});

test("a request of more elements than decodeElements is RESOURCE_EXHAUSTED, NOT_RUN, whether it waited or not", async () => {
  const release: (() => void)[] = [];
  const slow = (): Promise<TextInit> => new Promise((resolve) => release.push(() => resolve({})));
  const peers = await connectPeers({ serve: { handlers: [probe({ turn: slow })], limits: { decodeElements: 10 } } });
  const members = (count: number): { members: TextInit[] } => ({ members: Array.from({ length: count }, () => ({})) });
  const count = (elements: number): Promise<Text> => peers.client.use(Probe).count(members(elements));
  assert.is((await peers.until(count(10))).number, 10);
  assertError(await peers.failure(count(11)), "RESOURCE_EXHAUSTED", "NOT_RUN", /decodeElements/);
  const turn = peers.client.use(Probe).turn({});
  const waiting = [count(10), caught(count(11))] as const;
  await peers.clock.settle(0);
  release[0]!();
  assert.is((await peers.until(waiting[0])).number, 10);
  assertError(await waiting[1], "RESOURCE_EXHAUSTED", "NOT_RUN", /decodeElements/);
  await peers.until(turn);
  await peers.close();
});

test("more than the usual number of elements passes where the limit says so, whether the command waited or not", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe({ turn: async () => ({}) })], limits: { decodeElements: 200_000 } } });
  const members = Array.from({ length: 150_000 }, () => ({}));
  assert.is((await peers.until(peers.client.use(Probe).count({ members }), 100)).number, 150_000);
  const turn = peers.client.use(Probe).turn({});
  assert.is((await peers.until(peers.client.use(Probe).count({ members }), 100)).number, 150_000);
  await peers.until(turn);
  await peers.close();
});

test("a reply that its schema cannot hold is INTERNAL with an incident that tells nothing of it", async () => {
  for (const reply of [{ text: "secret \ud800" }, undefined, { number: "secret" }]) {
    const peers = await connectPeers({ serve: { handlers: [probe({ echo: () => reply as never })] } });
    const error = assertError(await peers.failure(peers.client.use(Probe).echo({})), "INTERNAL", "MAY_HAVE_RUN");
    assert.not.match(error.message, /secret/);
    assert.is(peers.log.length, 1);
    assert.match(peers.log[0]!.message, error.incident!);
    assert.is(peers.client.state, "open");
    await peers.close();
  }
});

/** What JavaScript may give for a message, and TypeScript would not have let through. */
const noMessages = [undefined, null, 7, "text", true, Symbol("text")] as const;

test("what is no object, or holds none where one belongs, is a request that cannot be encoded: INVALID_ARGUMENT, NOT_RUN, whatever the kind", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] } });
  const proxy = peers.client.use(Probe);
  for (const value of noMessages) {
    const given = typeof value === "string" ? JSON.stringify(value) : String(value);
    const why = `example.probe.v1.Text: ${given} is not an object with its fields, such as {}`;
    for (const method of ["echo", "note", "blip", "later"] as const)
      assertError(await peers.failure(proxy[method](value as never)), "INVALID_ARGUMENT", "NOT_RUN", new RegExp(`/${method}: .*`, "i"));
    assertError(await peers.failure(proxy.echo(value as never)), "INVALID_ARGUMENT", "NOT_RUN", `${echoName}: ${why}`);
    assertError(await peers.failure(collect(proxy.down(value as never))), "INVALID_ARGUMENT", "NOT_RUN", /is not an object with/);
    assertError(await peers.failure(proxy.up([{}, value as never])), "INVALID_ARGUMENT", "MAY_HAVE_RUN", /is not an object with/);
  }
  assertError(await peers.failure(proxy.count({ members: [undefined as never] })), "INVALID_ARGUMENT", "NOT_RUN");
  assertError(await peers.failure(proxy.count({ members: 7 as never })), "INVALID_ARGUMENT", "NOT_RUN", /Crowd: .*iterable/);
  assert.is((await peers.until(proxy.echo({ text: "still" }))).text, "still");
  assert.equal([peers.client.state, peers.log.length], ["open", 0]);
  await peers.close();
});

test("a reply or an item that is no object is told in the log of its side: which command, and what it gave", async () => {
  for (const value of noMessages) {
    const replies = {
      echo: () => value as never,
      *down() {
        yield value as never;
      },
    };
    const peers = await connectPeers({ serve: { handlers: [probe(replies)] } });
    const proxy = peers.client.use(Probe);
    for (const call of [() => proxy.echo({}), () => collect(proxy.down({}))])
      assertError(await peers.failure(call()), "INTERNAL", "MAY_HAVE_RUN", /gave a reply that its schema cannot hold/);
    assert.is(peers.log.length, 2);
    assert.match(peers.log[0]!.message, `the reply of ${echoName} could not be encoded`);
    for (const { error } of peers.log) assert.match(String(error), / is not an object with its fields/);
    await peers.close();
  }
});

test("a reply above the caller's messageBytes fails with the limit's name", async () => {
  const peers = await connectPeers({
    serve: { handlers: [probe({ echo: ({ number }) => ({ text: "x".repeat(number) }) })] },
    connect: { limits: { messageBytes: 1_000 } },
  });
  assert.is((await peers.until(peers.client.use(Probe).echo({ number: 997 }))).text.length, 997);
  const message = `${echoName}: its reply has 1001 bytes; the limit messageBytes is 1000`;
  assertError(await peers.failure(peers.client.use(Probe).echo({ number: 998 })), "RESOURCE_EXHAUSTED", "MAY_HAVE_RUN", message);
  await peers.close();
});

test("a reply that cannot be read fails its caller, MAY_HAVE_RUN, and the session goes on", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe({ echo: () => ({ text: "abc" }) })] } });
  const strict = { ...Probe.commands.echo.reply, maxElements: 0, read: () => assert.unreachable() as never };
  const { call } = Object.assign({}, { call: peers.client.use(declared({ reply: { ...strict, read: brokenRead } })) });
  assertError(await peers.failure(call.call({})), "INTERNAL", "MAY_HAVE_RUN", /cannot be read/);
  assert.is(peers.client.state, "open");
  await peers.close();
});

function brokenRead(): never {
  throw new CommandError("INVALID_ARGUMENT", "malformed message: it ends within a varint", { outcome: "NOT_RUN" });
}

test("a nested call's outcome is not passed off as the outer command's", async () => {
  const peers = await connectPeers({
    serve: { handlers: [probe({ echo: async (request, { session }) => session.use(Probe).echo(request) })] },
  });
  assertError(await peers.failure(peers.client.use(Probe).echo({})), "UNIMPLEMENTED", "MAY_HAVE_RUN");
  await peers.close();
});

test("a bug of this library that a frame meets ends the session, is in the log whole, and does not travel", async () => {
  const bug = new TypeError("secret: undefined is not a function");
  const { request } = Dispatcher.prototype;
  Dispatcher.prototype.request = () => {
    throw bug;
  };
  try {
    const peers = await connectPeers({ serve: { handlers: [probe()] } });
    const error = assertError(await peers.failure(peers.client.use(Probe).echo({})), "SESSION_LOST", "MAY_HAVE_RUN");
    assert.match(error.message, /PROTOCOL_ERROR: an internal error stopped the session/);
    assert.is(peers.session.state, "ended");
    assert.equal(
      peers.log.map((entry) => entry.error),
      [bug],
    );
    assert.match(peers.log[0]!.message, /met a bug of zserver; the session was closed/);
    await peers.close();
  } finally {
    Dispatcher.prototype.request = request;
  }
});

test.run();
