import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../generated/example/probe/v1/probe.ts";
import type { LogEntry } from "../../runtime/command/log.ts";
import { CommandError } from "../../runtime/errors/command-error.ts";
import { type ServeOptions, type ServerStatus, serve } from "../../runtime/server.ts";
import { EndError } from "../../runtime/session/session-end.ts";
import { timersOf } from "../../runtime/time/timers-of.ts";
import { identity } from "../support/channel/ends.ts";
import { Gate, probe } from "../support/command/probe.ts";
import { World } from "../support/session/world.ts";

function gather(feed: AsyncIterableIterator<ServerStatus>): ServerStatus[] {
  const events: ServerStatus[] = [];
  (async () => {
    for await (const event of feed) events.push(event);
  })();
  return events;
}

const test = suite("serve");

const impossible: Readonly<Record<string, readonly [options: object, message: RegExp]>> = {
  "an unknown option": [{ lisen: [] }, /serve: unknown option "lisen"; known are handlers, /],
  "an option of connect": [{ serverKey: "x" }, /unknown option "serverKey"/],
  "an unknown limit": [{ limits: { mesageBytes: 1 } }, /limits: unknown option "mesageBytes"/],
  "a limit of zero": [{ limits: { streams: 0 } }, /limits\.streams must be a whole number/],
  "no listener": [{ listen: [] }, /`listen` is a list of at least one URL/],
  "listen as one URL": [{ listen: "ws://[::]:0" }, /`listen` is a list/],
  "a path as identity": [
    { identity: "server.identity" as never },
    /`identity` is what `loadIdentity\(path\)` gives, neither a path nor a key/,
  ],
  "no identity": [{ identity: undefined }, /`identity` is missing; `zgen keygen` makes one/],
  "unsealed over a network": [{ unsealed: true, listen: ["ws://[::]:0"] }, /`unsealed` is for memory: endpoints only/],
  "unsealed beside memory": [{ unsealed: true, listen: ["memory:a", "ws://[::]:0"] }, /`unsealed` is for memory: endpoints only/],
  "a negative handshake time": [{ handshakeTimeoutMs: -1 }, /handshakeTimeoutMs must be a whole number from 1 on, not -1/],
  "a liveness time of no number": [{ livenessTimeoutMs: Number.NaN }, /livenessTimeoutMs must be a whole number/],
  "a keep-alive of zero": [{ keepAliveMs: 0 }, /keepAliveMs/],
  "an endless deadline": [{ defaultTimeoutMs: Number.POSITIVE_INFINITY }, /defaultTimeoutMs/],
  "a send time in words": [{ sendTimeoutMs: "5" }, /sendTimeoutMs/],
  "rotation after no bytes": [{ rotateAfterBytes: 0 }, /rotateAfterBytes/],
  "half a half-open connection": [{ halfOpenConnections: 0.5 }, /halfOpenConnections/],
  "functions that were not given to implement()": [{ handlers: [{ ask() {} }] }, /serve: `handlers` is a list of what `implement` gives/],
  "handlers that are no list": [{ handlers: probe() }, /serve: `handlers` is a list of what `implement` gives/],
  "handlers that are nothing": [{ handlers: [undefined] }, /serve: `handlers` is a list/],
  "a service twice": [{ handlers: [probe(), probe()] }, /implemented twice/],
  "memory without a network": [{ memory: undefined }, /needs the option `memory`/],
};

for (const [name, [options, message]] of Object.entries(impossible)) {
  test(`${name} is refused before anything is opened`, async () => {
    const world = new World();
    const error = await world.failure(world.serve(options as Partial<ServeOptions>));
    assert.instance(error, TypeError);
    assert.match((error as Error).message, message);
    await world.until(world.serve());
  });
}

test("an option that is undefined has its default", async () => {
  const world = new World();
  const server = await world.serve({ limits: undefined, keepAliveMs: undefined, rotateAfterBytes: undefined, interceptors: undefined });
  const client = await world.connect({ rotateAfterMs: undefined, connectTimeoutMs: undefined, signal: undefined });
  assert.ok(await world.answers(client));
  await world.until(server.close(), 10_000);
});

test("one server listens under several names, and closes them all", async () => {
  const world = new World();
  const server = await world.serve({ listen: ["memory:a", "memory:b"] });
  assert.equal(server.endpoints, ["memory:a", "memory:b"]);
  for (const endpoint of server.endpoints) assert.ok(await world.answers(await world.connect({ endpoints: [endpoint] })));
  assert.is([...server.sessions()].length, 2);
  await world.until(server.close(), 10_000);
  const error = await world.failure(world.connecting({ endpoints: ["memory:a"] }));
  assert.is((error as EndError).reason, "TRANSPORT_FAILED");
});

test("an address that is taken fails the start, and those that were had are given back", async () => {
  const world = new World();
  await world.serve({ listen: ["memory:taken"] });
  const error = await world.failure(world.serve({ listen: ["memory:free", "memory:taken"] }));
  assert.match((error as Error).message, /memory:taken is taken/);
  await world.serve({ listen: ["memory:free"] });
});

test("whoever runs the server hears of a page that may not connect, and what would let it: browsers tell nobody", async () => {
  const log: LogEntry[] = [];
  const server = await serve({ listen: ["ws://127.0.0.1:0"], identity, log: (entry) => void log.push(entry) });
  const upgrade = { Connection: "Upgrade", Upgrade: "websocket", Origin: "http://localhost:5173" };
  for (let times = 0; times < 2; times++) {
    const asked = request(server.endpoints[0]!.replace("ws:", "http:"), { headers: upgrade }).end();
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    assert.is(answer.statusCode, 403);
    answer.resume();
  }
  await server.close();
  const told = log.filter(({ message }) => message.includes("5173"));
  assert.equal(told, [
    { level: "warn", message: "pages of http://localhost:5173 may not connect: list it in `allowedOrigins` if they should" },
  ]);
});

test("status tells how things stand, then what happens, and ends with the server", async () => {
  const world = new World();
  const server = await world.serve();
  const events = gather(server.status());
  const client = await world.connect();
  await world.until(client.close("bye"));
  await world.until(server.drain(), 10_000);
  await world.settle();
  assert.equal(
    events.map(({ type }) => type),
    ["listening", "session_opened", "session_ended", "draining", "closed"],
  );
  assert.equal(events[0], { type: "listening", endpoints: ["memory:server"] });
  const ended = events[2];
  assert.ok(ended?.type === "session_ended");
  assert.equal([ended.end.reason, ended.end.by, ended.end.message], ["CLOSED", "peer", "bye"]);
  const late = server.status();
  assert.equal((await late.next()).value, { type: "closed" });
  assert.is((await late.next()).done, true);
});

test("closing ends every live session with GOING_AWAY and leaves no timer; both closes resolve when nothing is open", async () => {
  const world = new World();
  const gate = new Gate();
  const server = await world.serve({ handlers: [probe({ echo: gate.handler })] });
  const clients = [await world.connect(), await world.connect(), await world.connect()];
  const pending = clients.map((client) =>
    client
      .use(Probe)
      .echo({})
      .catch((error: unknown) => error),
  );
  await world.settle();
  assert.is(gate.entered.length, 3);
  const during = server.status();
  const closes = [server.close(), server.close(), server[Symbol.asyncDispose]()];
  for (const failed of pending) {
    const error = await world.until(failed);
    assert.ok(CommandError.is(error));
    assert.equal([error.code, error.outcome], ["SESSION_LOST", "MAY_HAVE_RUN"]);
    assert.match(error.message, /GOING_AWAY: the server was closed/);
  }
  for (const { context, open } of gate.entered) {
    assert.ok(context.signal.aborted);
    open();
  }
  await world.until(Promise.all(closes), 10_000);
  assert.is((await during.next()).value?.type, "listening");
  assert.equal([...server.sessions()], []);
  for (const client of clients) assert.is((await client.closed).reason, "GOING_AWAY");
  await world.settle();
  assert.is(timersOf(world.clock).size, 0);
});

test("closing waits until the last connection is gone, also one whose peer never reads", async () => {
  const world = new World();
  const server = await world.serve();
  await world.connect();
  const [session] = server.sessions();
  const transport = await world.until(world.network.dial("server"));
  transport.start({ onBytes() {}, onDrain() {}, onClose() {} });
  transport.pause();
  await world.settle();
  let closed = false;
  const closing = server.close().then(() => {
    closed = true;
  });
  await world.until(closing, 6_000);
  assert.ok(closed);
  assert.is(session!.state, "ended");
});

test("draining refuses what is new, answers what is under way, and then closes", async () => {
  const world = new World();
  const gate = new Gate();
  const server = await world.serve({ handlers: [probe({ echo: gate.handler })] });
  const client = await world.connect();
  const answer = client.use(Probe).echo({ text: "patience" });
  await world.settle();
  const drained = server.drain();
  await world.settle();
  const refused = (await world.failure(
    client
      .use(Probe)
      .note({})
      .then(() => client.use(Probe).echo({})),
  )) as CommandError;
  assert.equal([refused.code, refused.outcome], ["UNAVAILABLE", "NOT_RUN"]);
  const turnedAway = (await world.failure(world.connecting())) as EndError;
  assert.is(turnedAway.reason, "TRANSPORT_FAILED");
  assert.is(client.state, "open");
  gate.entered[0]!.open();
  assert.is((await world.until(answer)).text, "patience");
  await world.until(drained, 1_000);
  assert.equal([(await client.closed).reason, (await client.closed).message], ["GOING_AWAY", "drained"]);
});

test("a client whose handshake was under way when the server began to drain is sent away, and is told so", async () => {
  const world = new World();
  const gate = new Gate();
  const server = await world.serve({ handlers: [probe({ echo: gate.handler })] });
  const client = await world.connect();
  const answer = client.use(Probe).echo({});
  await world.settle();
  const connecting = world.connecting();
  for (let turn = 0; turn < 3; turn++) {
    world.clock.turn();
    await Promise.resolve();
  }
  const drained = server.drain();
  const error = (await world.failure(connecting)) as EndError;
  assert.instance(error, EndError);
  assert.is(error.reason, "GOING_AWAY");
  assert.is([...server.sessions()].length, 1);
  gate.entered[0]!.open();
  await world.until(Promise.all([answer, drained]), 1_000);
});

test("onSession comes before any command of the session, and while it waits none starts", async () => {
  const world = new World();
  const order: string[] = [];
  let release: () => void = () => {};
  await world.serve({
    handlers: [
      probe({
        echo: () => {
          order.push("echo");
          return {};
        },
      }),
    ],
    sessionData: () => "made",
    onSession: (session) => {
      order.push(`session with ${session.data}`);
      return new Promise((resolve) => {
        release = resolve;
      });
    },
  });
  const client = await world.connect();
  const answer = client.use(Probe).echo({});
  await world.settle(100);
  assert.equal(order, ["session with made"]);
  release();
  await world.until(answer);
  assert.equal(order, ["session with made", "echo"]);
});

for (const [name, failing] of [
  ["onSession", { onSession: () => Promise.reject(new Error("no room in the house")) }],
  [
    "sessionData",
    {
      sessionData: () => {
        throw new CommandError("PERMISSION_DENIED", "no room in the house");
      },
    },
  ],
] as const) {
  test(`${name} that fails closes that session, is logged whole, and tells the client nothing of it`, async () => {
    const world = new World();
    let served = 0;
    const server = await world.serve({ ...failing, handlers: [probe({ echo: () => ({ number: served++ }) })] });
    const outcome = await world.until(
      world.connecting().then(
        (client) => client.closed,
        (error: unknown) => error as EndError,
      ),
      1_000,
    );
    assert.is(outcome.reason, "CLOSED");
    assert.not.match(outcome.message, /no room/);
    assert.is(world.log.length, 1);
    assert.match(String(world.log[0]!.error), /no room in the house/);
    assert.equal([...server.sessions()], []);
    assert.is(served, 0);
  });
}

test("a client with a key of its own is its principal, an anonymous one is not", async () => {
  const world = new World();
  const server = await world.serve();
  await world.connect({ identity });
  await world.connect();
  const [known, anonymous] = [...server.sessions()].map(({ principal }) => principal);
  assert.match(known!.id, /^x25519:[\w-]{43}$/);
  assert.equal(known!.key, identity.staticKeys[0].pair.publicKey);
  assert.equal(anonymous, { id: "anonymous", key: undefined, roles: [], expiresAt: undefined });
});

test("without `memory` the system's clock and log serve as well", async () => {
  const server = await serve({ listen: ["ws://127.0.0.1:0"], identity, log() {} });
  assert.match(server.endpoints[0]!, /^ws:\/\/127\.0\.0\.1:[1-9]\d*\/$/);
  await server.close();
});

test.run();
