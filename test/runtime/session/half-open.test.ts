import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import { ClientHello } from "../../../generated/zserver/protocol/v1/session.ts";
import type { CommandError } from "../../../runtime/errors/command-error.ts";
import type { ServerStatus } from "../../../runtime/server.ts";
import { CONTROL_BYTES, FrameType } from "../../../runtime/session/frame.ts";
import { timersOf } from "../../../runtime/time/timers-of.ts";
import { frame, message } from "../../support/session/frames.ts";
import { introduce, Kind, request } from "../../support/session/probe-frames.ts";
import { rawClient } from "../../support/session/raw-peer.ts";
import { clientHello } from "../../support/session/session-end.ts";
import { World } from "../../support/session/world.ts";

/** All that a status feed tells until it ends. */
function gather(feed: AsyncIterableIterator<ServerStatus>): ServerStatus[] {
  const events: ServerStatus[] = [];
  (async () => {
    for await (const event of feed) events.push(event);
  })();
  return events;
}

const test = suite("session/half-open connections");

test("a client that proves itself and says no hello is cut off in time, whatever else it sends", async () => {
  const world = new World();
  const server = await world.serve({ handshakeTimeoutMs: 3_000, limits: {} });
  const events = gather(server.status());
  const raw = await rawClient(world, { hello: false });
  assert.ok(raw.established);
  for (let ms = 0; ms < 2_900; ms += 100) {
    raw.channel.send(15, new Uint8Array());
    await world.settle(100);
  }
  assert.is(raw.ending, undefined);
  await world.settle(200);
  assert.is(raw.ending, "TRANSPORT");
  assert.is(raw.closed?.reason, "HANDSHAKE_TIMEOUT");
  assert.equal(
    events.filter(({ type }) => type === "connection_failed").map((event) => "reason" in event && event.reason),
    ["HANDSHAKE_TIMEOUT"],
  );
});

test("a client that says nothing at all is cut off in time", async () => {
  const world = new World();
  await world.serve({ handshakeTimeoutMs: 3_000 });
  const transport = await world.until(world.network.dial("server"));
  let closed = false;
  transport.start({
    onBytes() {},
    onDrain() {},
    onClose: () => {
      closed = true;
    },
  });
  await world.settle(2_990);
  assert.not(closed);
  await world.settle(30);
  assert.ok(closed);
});

test("a client that is not let in has nothing gathered that is longer than its hello may be", async () => {
  const world = new World();
  await world.serve();
  for (const type of [FrameType.DESCRIPTIONS, FrameType.COMPARE, FrameType.FAIL]) {
    const raw = await rawClient(world, { hello: false });
    await raw.send(frame(type, new Uint8Array(CONTROL_BYTES + 1)).slice(0, 5));
    assert.is(raw.closed?.reason, "PROTOCOL_ERROR");
  }
});

test("half-open connections are counted, and one beyond the limit takes the place of another", async () => {
  const world = new World();
  await world.serve({ halfOpenConnections: 2, handshakeTimeoutMs: 3_000 });
  const first = await rawClient(world, { hello: false });
  const second = await rawClient(world, { hello: false });
  const third = await rawClient(world, { hello: false });
  const cut = [first, second, third].filter(({ ending }) => ending === "TRANSPORT");
  assert.is(cut.length, 1);
  assert.is.not(cut[0], third, "the newcomer is in");
  await third.send(clientHello());
  const client = await world.connect();
  assert.ok(await world.answers(client), "a session that began frees its place");
  await world.settle(3_100);
  const fourth = await rawClient(world, { hello: false });
  const fifth = await rawClient(world, { hello: false });
  assert.equal([fourth.ending, fifth.ending], [undefined, undefined], "and so does a handshake whose time is over");
});

test("garbage, a cut, and an illegal first frame each end a connection that was no session, and are told with their reason", async () => {
  const world = new World();
  const server = await world.serve();
  const events = gather(server.status());
  const transport = await world.until(world.network.dial("server"));
  transport.start({ onBytes() {}, onDrain() {}, onClose() {} });
  transport.write(new Uint8Array(300).fill(7));
  await world.settle();
  const cut = await rawClient(world, { hello: false });
  cut.transport.destroy();
  await world.settle();
  const rude = await rawClient(world, { hello: false });
  await rude.send(clientHello(2));
  await world.settle();
  const ruder = await rawClient(world, { hello: false });
  await ruder.send(Uint8Array.of(5 << 2, 1, 1));
  await world.settle();
  const reasons = events.flatMap((event) => (event.type === "connection_failed" ? [event.reason] : []));
  assert.equal(reasons, ["HANDSHAKE_FAILED", "TRANSPORT_FAILED", "UNSUPPORTED_PROTOCOL", "PROTOCOL_ERROR"]);
  assert.equal(world.log, []);
  assert.equal([...server.sessions()], []);
});

test("a hello without limits is illegal; one with limits of zero is not, and keeps the server from calling", async () => {
  const world = new World();
  const server = await world.serve();
  const vague = await rawClient(world, { hello: false });
  await vague.send(frame(FrameType.CLIENT_HELLO, message(ClientHello, { protocol: 1 })));
  assert.match(vague.closed!.message, /did not say its limits/);
  const narrow = await rawClient(world, { hello: false });
  await narrow.send(frame(FrameType.CLIENT_HELLO, message(ClientHello, { protocol: 1, limits: {} })));
  assert.is(narrow.closed, undefined);
  const [session] = server.sessions();
  const error = (await world.failure(session!.use(Probe).echo({}))) as CommandError;
  assert.equal([error.code, error.outcome], ["RESOURCE_EXHAUSTED", "NOT_RUN"]);
  await narrow.send(request(1, introduce("Echo", Kind.UNARY)));
  assert.is(narrow.ofType(FrameType.FAIL).length + narrow.ofType(FrameType.REPLY).length, 1);
});

test("a server that closes leaves no timer of half-open connections behind", async () => {
  const world = new World();
  const server = await world.serve();
  const proven = await rawClient(world, { hello: false });
  proven.channel.send(15, new Uint8Array());
  await world.settle();
  const silent = await world.until(world.network.dial("server"));
  silent.start({ onBytes() {}, onDrain() {}, onClose() {} });
  await world.settle();
  await world.until(server.close(), 10_000);
  proven.channel.destroy();
  assert.is(timersOf(world.clock).size, 0);
  assert.is(proven.ending, "TRANSPORT");
});

test.run();
