import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../generated/example/probe/v1/probe.ts";
import { type ConnectOptions, connectOn } from "../../runtime/client.ts";
import { serverKeyOf } from "../../runtime/crypto/identity.ts";
import { formatServerKey } from "../../runtime/crypto/key-string.ts";
import type { EndReason } from "../../runtime/errors/end-reason.ts";
import { connect } from "../../runtime/index.ts";
import { EndError } from "../../runtime/session/session-end.ts";
import { timersOf } from "../../runtime/time/timers-of.ts";
import { identity, native, otherIdentity, portable } from "../support/channel/ends.ts";
import { caught } from "../support/command/assert-error.ts";
import { Gate, probe } from "../support/command/probe.ts";
import { platform } from "../support/session/platform.ts";
import { rawServer } from "../support/session/raw-peer.ts";
import { closeFrame } from "../support/session/session-end.ts";
import { serverKey, World } from "../support/session/world.ts";

const otherKey = formatServerKey(native, serverKeyOf(otherIdentity));

function ended(error: unknown, reason: EndReason): EndError {
  assert.instance(error, EndError, String(error));
  assert.is((error as EndError).reason, reason);
  return error as EndError;
}

const test = suite("connect");

const impossible: Readonly<Record<string, readonly [options: object, message: RegExp]>> = {
  "an unknown option": [{ endpoint: "x" }, /connect: unknown option "endpoint"/],
  "an option of serve": [{ listen: [] }, /unknown option "listen"/],
  "no endpoint": [{ endpoints: [] }, /`endpoints` is a list of at least one URL/],
  "one endpoint that is no list": [{ endpoints: "memory:server" }, /`endpoints` is a list/],
  "an endpoint that is no URL": [{ endpoints: ["nonsense"] }, /nonsense/],
  "no server key": [{ serverKey: undefined }, /`serverKey` is missing/],
  "unsealed over a network": [
    { unsealed: true, endpoints: ["ws://localhost:1"] },
    /`unsealed` is for memory: endpoints, in Node; all else is sealed/,
  ],
  "a connect time of zero": [{ connectTimeoutMs: 0 }, /connectTimeoutMs must be a whole number/],
  "rotation after half a millisecond": [{ rotateAfterMs: 0.5 }, /rotateAfterMs/],
  "a handshake time of no number": [{ handshakeTimeoutMs: Number.NaN }, /handshakeTimeoutMs/],
  "an unknown limit": [{ limits: { x: 1 } }, /limits: unknown option "x"/],
  "memory without a network": [{ memory: undefined }, /memory/],
};

for (const [name, [options, message]] of Object.entries(impossible)) {
  test(`${name} is refused with TypeError`, async () => {
    const world = new World();
    await world.serve();
    const error = await world.failure(world.connecting(options as Partial<ConnectOptions>));
    assert.instance(error, TypeError);
    assert.match((error as Error).message, message);
    assert.is(timersOf(world.clock).size, 0);
  });
}

test("handlers that did not come from implement() are refused with TypeError, in Node", async () => {
  for (const handlers of [[{ ask() {} }], probe()]) {
    const error = await caught(connect({ endpoints: ["memory:x"], serverKey, handlers: handlers as never }));
    assert.instance(error, TypeError);
    assert.match((error as Error).message, /connect: `handlers` is a list of what `implement` gives/);
  }
});

test("the path of an identity in its place is refused with TypeError, in Node", async () => {
  const error = await caught(connect({ endpoints: ["memory:x"], serverKey, identity: "client.identity" as never }));
  assert.instance(error, TypeError);
  assert.match((error as Error).message, /connect: `identity` is what `loadIdentity\(path\)` gives, neither a path nor a key/);
});

test("where no server can be within the process, as in a page, unsealed is refused with TypeError", async () => {
  const options = { unsealed: true, endpoints: ["memory:server"], memory: new World().network };
  const error = await caught(connectOn({ ...platform, plainChannel: undefined }, options));
  assert.instance(error, TypeError);
  assert.match((error as Error).message, /`unsealed` is for memory: endpoints, in Node/);
});

test("a server key with a wrong letter is refused before anything is dialled", async () => {
  const world = new World();
  const wrong = `${serverKey.slice(0, -1)}${serverKey.endsWith("A") ? "B" : "A"}`;
  const error = await world.failure(world.connecting({ serverKey: wrong }));
  assert.match((error as Error).message, /key/i);
});

test("another server than the pinned one fails with SERVER_KEY_MISMATCH that shows both keys", async () => {
  const world = new World();
  await world.serve();
  const error = ended(await world.failure(world.connecting({ serverKey: otherKey })), "SERVER_KEY_MISMATCH");
  // The identities' keys are what people compare; formatted strings differ in the static key that they may carry.
  const shown = error.message.match(/zs[\w-]+/g) ?? [];
  assert.ok(shown.length >= 2 && shown[0] !== shown[1], error.message);
});

test("a function judges the key that is shown: true goes on, false does not, and what it throws is thrown", async () => {
  const world = new World();
  const server = await world.serve();
  const shown: string[] = [];
  const judge = (verdict: boolean) => async (key: string) => {
    shown.push(key);
    return verdict;
  };
  const client = await world.connect({ serverKey: judge(true) });
  assert.ok(await world.answers(client));
  ended(await world.failure(world.connecting({ serverKey: judge(false) })), "SERVER_KEY_REFUSED");
  assert.is(shown.length, 2);
  assert.ok(await world.answers(await world.connect({ serverKey: shown[0]! })), "what was shown can be pinned");
  const failing = (): never => {
    throw new RangeError("the user closed the window");
  };
  const error = await world.failure(world.connecting({ serverKey: failing, endpoints: ["memory:server"] }));
  assert.is((error as Error).message, "the user closed the window");
  assert.is([...server.sessions()].length, 2);
});

test("a judgement that takes too long ends with the handshake's time, and comes to nothing afterwards", async () => {
  const world = new World();
  await world.serve();
  let decide: (verdict: boolean) => void = () => {};
  const serverKey = (): Promise<boolean> =>
    new Promise((resolve) => {
      decide = resolve;
    });
  const error = await world.failure(world.connecting({ serverKey, handshakeTimeoutMs: 2_000, connectTimeoutMs: 5_000 }), 3_000);
  ended(error, "HANDSHAKE_TIMEOUT");
  decide(true);
  await world.settle();
});

test("endpoints are tried in the order of their priorities, and the last failure is told when none answers", async () => {
  const world = new World();
  await world.serve({ listen: ["memory:second"] });
  const client = await world.connect({ endpoints: ["memory:first", "memory:second"] });
  assert.ok(await world.answers(client));
  const error = await world.failure(world.connecting({ endpoints: ["memory:a", { url: "memory:b", priority: 1 }] }));
  assert.match(ended(error, "TRANSPORT_FAILED").message, /nobody listens on memory:b/);
});

test("a server that accepts and never speaks costs the connect time, and leaves nothing", async () => {
  const world = new World();
  world.network.listen("server", (transport) => transport.start({ onBytes() {}, onDrain() {}, onClose() {} }));
  const before = world.clock.now();
  const error = await world.failure(world.connecting({ connectTimeoutMs: 3_000 }), 4_000);
  assert.match(ended(error, "CONNECT_TIMEOUT").message, /3000 ms \(connectTimeoutMs\)/);
  assert.ok(world.clock.now() - before <= 3_020);
  await world.settle();
  assert.is(timersOf(world.clock).size, 0);
});

test("a server that proves itself and never welcomes is given up after the handshake's time, and the next one is tried", async () => {
  const world = new World();
  const welcoming = rawServer(world);
  welcoming.push = (...peers) => {
    for (const peer of peers) peer.put = () => {};
    return 0;
  };
  const server = await world.serve({ listen: ["memory:other"] });
  const connecting = world.connecting({ endpoints: ["memory:server", "memory:other"], handshakeTimeoutMs: 2_000 });
  const client = await world.until(connecting, 3_000);
  assert.ok(await world.answers(client));
  await world.until(Promise.all([client.close(), server.close()]), 10_000);
});

test("a signal gives connecting up, before and while it happens, with its own reason", async () => {
  const world = new World();
  await world.serve();
  const early = await world.failure(world.connecting({ signal: AbortSignal.abort(new Error("never mind")) }));
  assert.is((early as Error).message, "never mind");
  for (let turns = 0; turns < 12; turns++) {
    const controller = new AbortController();
    const connecting = world.connecting({ signal: controller.signal });
    for (let turn = 0; turn < turns; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      world.clock.turn();
    }
    controller.abort(new Error("changed my mind"));
    const outcome = await world.until(
      connecting.then(
        (client) => client,
        (error: unknown) => error as Error,
      ),
    );
    if (outcome instanceof Error) assert.is(outcome.message, "changed my mind", `after ${turns} turns`);
    else await world.until(outcome.close());
    await world.settle();
  }
  const controller = new AbortController();
  const client = await world.connect({ signal: controller.signal });
  controller.abort();
  assert.ok(await world.answers(client), "afterwards it means nothing");
  await world.until(client.close());
});

test("connections that were given up leave no timer and no session", async () => {
  const world = new World();
  const server = await world.serve();
  for (let turns = 0; turns < 12; turns++) {
    const controller = new AbortController();
    const connecting = world.connecting({ signal: controller.signal });
    for (let turn = 0; turn < turns; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      world.clock.turn();
    }
    controller.abort();
    const client = await world.until(connecting.catch(() => undefined));
    if (client !== undefined) await world.until(client.close());
  }
  await world.settle(10);
  assert.equal([...server.sessions()], []);
  assert.is(timersOf(world.clock).size, 0);
});

test("a server that closes instead of welcoming is quoted", async () => {
  const world = new World();
  const peers = rawServer(world);
  peers.push = (...raws) => {
    for (const raw of raws) {
      const { put } = raw;
      raw.put = () => put.call(raw, closeFrame(16, "version 2 only", 0n));
    }
    return 0;
  };
  const error = ended(await world.failure(world.connecting()), "UNSUPPORTED_PROTOCOL");
  assert.match(error.message, /version 2 only/);
});

test("sealed and unsealed do not talk to each other, whoever asks for what", async () => {
  const sealed = {};
  for (const [serving, connecting] of [
    [{ unsealed: true, identity: undefined }, sealed],
    [sealed, { unsealed: true, serverKey: undefined }],
  ] as const) {
    const world = new World();
    const server = await world.serve(serving);
    const { reason } = (await world.failure(world.connecting(connecting))) as EndError;
    // Whoever sees the other's first packet first ends the connection.
    assert.ok(reason === "HANDSHAKE_FAILED" || reason === "TRANSPORT_FAILED", reason);
    assert.equal([...server.sessions()], []);
  }
  const world = new World();
  const server = await world.serve({ unsealed: true });
  assert.is(server.serverKey, "", "an identity changes nothing for a server that seals nothing");
  const client = await world.connect({ unsealed: true, serverKey: undefined });
  assert.ok(await world.answers(client));
});

test("portable and native primitives talk to each other, either way round, also after a rotation", async () => {
  for (const [server, client] of [
    [native, portable],
    [portable, native],
    [portable, portable],
  ]) {
    const world = new World();
    await world.serve({ crypto: server });
    const session = await world.connect({ crypto: client, identity });
    assert.ok(await world.answers(session));
    session.rotateKeys();
    assert.ok(await world.answers(session));
    assert.is(session.stats().rotations, 1);
  }
});

test("both ends know the session by the same id, and two sessions have two", async () => {
  const world = new World();
  const server = await world.serve();
  const clients = [await world.connect(), await world.connect()];
  const ids = clients.map(({ id }) => id);
  assert.equal(
    [...server.sessions()].map(({ id }) => id),
    ids,
  );
  assert.is(new Set(ids).size, 2);
  assert.match(ids[0]!, /^[0-9a-f]{32}$/);
});

test("keys are renewed by time while there is activity, and by bytes", async () => {
  const world = new World();
  await world.serve();
  const timed = await world.connect({ rotateAfterMs: 1_000 });
  assert.ok(await world.answers(timed));
  await world.settle(1_100);
  assert.is(timed.stats().rotations, 1);
  await world.settle(60_000);
  assert.is(timed.stats().rotations, 1, "a quiet session does not rotate");
  const counted = await world.connect({ rotateAfterBytes: 10_000 });
  for (let count = 0; count < 20; count++) await world.until(counted.use(Probe).echo({ text: "x".repeat(1_000) }));
  const { rotations } = counted.stats();
  assert.ok(rotations >= 2 && rotations <= 6, `${rotations} rotations`);
});

test("a handler's gate that never opens does not keep a closed client", async () => {
  const world = new World();
  const gate = new Gate();
  await world.serve({ handlers: [probe({ echo: gate.handler })] });
  const client = await world.connect();
  const failed = client
    .use(Probe)
    .echo({})
    .then(
      () => "answered",
      (error: Error) => error.message,
    );
  await world.settle();
  await world.until(client[Symbol.asyncDispose]());
  assert.match(await failed, /CLOSED/);
  assert.is(client.state, "ended");
  await world.settle();
  assert.ok(gate.entered[0]!.context.signal.aborted);
});

test.run();
