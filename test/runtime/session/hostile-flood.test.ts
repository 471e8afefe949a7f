import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FrameType } from "../../../runtime/session/frame.ts";
import type { Limits } from "../../../runtime/session/limits.ts";
import { TURN_BYTES } from "../../../runtime/session/turn.ts";
import { MEMORY_HIGH_WATER_BYTES } from "../../../runtime/transport/memory.ts";
import type { Transport } from "../../../runtime/transport/transport.ts";
import { probe } from "../../support/command/probe.ts";
import { frame, numbersOf } from "../../support/session/frames.ts";
import { cancel, introduce, Kind, known, request, text } from "../../support/session/probe-frames.ts";
import { rawClient } from "../../support/session/raw-peer.ts";
import { World } from "../../support/session/world.ts";

const { PING, PONG, REPLY, FAIL, ACK } = FrameType;

/** A world that remembers the server's transports, in the order of their connections. */
function watched(): { readonly world: World; readonly transports: Transport[] } {
  const transports: Transport[] = [];
  const world = new World({
    wire: (transport, side) => {
      if (side === "server") transports.push(transport);
      return transport;
    },
  });
  return { world, transports };
}

const unknown = (index: number): Uint8Array => request(1 + 2 * index, index === 0 ? [0, "no.such/Command", 0] : known(1));

const test = suite("session/hostile floods");

test("a flood of pings from a peer that never reads makes nothing grow", async () => {
  const { world, transports } = watched();
  await world.serve();
  const bystander = await world.connect();
  const raw = await rawClient(world);
  raw.transport.pause();
  const pings = Array.from({ length: 10_000 }, (_, index) => frame(PING, index));
  // The transport's own high water is far away: at most one answer leaves with each turn.
  for (let round = 0; round < 100; round++) await raw.send(...pings);
  assert.ok(transports[1]!.bufferedBytes < 100 * 64, `${transports[1]!.bufferedBytes} bytes wait`);
  raw.transport.resume();
  await world.settle();
  const pongs = raw.ofType(PONG);
  assert.ok(pongs.length <= 100 && pongs.length >= 1);
  assert.equal(numbersOf(pongs.at(-1)!.body, 1), [9999]);
  assert.ok(await world.answers(bystander));
});

test("refusals of unknown commands stop at the outbox's bound, and what comes on ends the session", async () => {
  const { world, transports } = watched();
  await world.serve({ limits: { outboxBytes: 5_000, queuedCommands: 100 } });
  const bystander = await world.connect();
  const raw = await rawClient(world);
  raw.transport.pause();
  for (let index = 0; index < 140; index++) await raw.send(unknown(index));
  assert.ok(transports[1]!.bufferedBytes < 10_000, `${transports[1]!.bufferedBytes} bytes wait`);
  for (let index = 140; index < 400; index++) raw.put(unknown(index));
  await world.settle();
  assert.ok(await world.answers(bystander));
  raw.transport.resume();
  await world.settle();
  assert.is(raw.closed?.reason, "PROTOCOL_ERROR");
  assert.match(raw.closed!.message, /without credit/);
  const refused = raw.ofType(FAIL).length;
  assert.ok(refused > 20 && refused < 140, `${refused} were refused`);
});

/** What becomes of 500 requests, one a turn, that are answered with this text, when no answer is acknowledged. */
async function unacknowledged(answer: string, limits: Partial<Limits>) {
  const { world } = watched();
  const handled = { count: 0 };
  const echo = () => {
    handled.count++;
    return { text: answer };
  };
  await world.serve({ handlers: [probe({ echo })], limits });
  const raw = await rawClient(world);
  for (let index = 0; index < 500; index++) await raw.send(request(1 + 2 * index, index === 0 ? introduce("Echo", Kind.UNARY) : known(1)));
  return { raw, handled };
}

test("a peer that reads but never acknowledges gets no more than the outbox holds, and one message", async () => {
  const { raw, handled } = await unacknowledged("x".repeat(1000), { outboxBytes: 10_000, queuedCommands: 1000 });
  assert.is(handled.count, 9);
  assert.is(raw.ofType(REPLY).length, 9);
  assert.is(raw.closed, undefined);
  await raw.send(frame(ACK, 9));
  // The next ones are answered in one turn.
  assert.is(handled.count, 19);
});

test("a peer that accepts nothing and has each request answered in a turn of its own gets no more than the memory of the outbox", async () => {
  const { raw, handled } = await unacknowledged("", { outboxBytes: 100 * TURN_BYTES });
  assert.ok(handled.count > 80 && handled.count <= 100, String(handled.count));
  assert.is(raw.closed, undefined);
});

test("opening and cancelling as fast as possible starts no more handlers than may be in flight", async () => {
  const { world } = watched();
  let started = 0;
  const handlers = [
    probe({
      echo: () => {
        started++;
        return new Promise(() => {});
      },
    }),
  ];
  const server = await world.serve({ handlers, limits: { commandsInFlight: 50 } });
  const bystander = await world.connect({ handlers: [] });
  const raw = await rawClient(world);
  for (let index = 0; index < 1000 && raw.closed === undefined; index++) {
    await raw.send(request(1 + 2 * index, index === 0 ? introduce("Echo", Kind.UNARY) : known(1)), cancel(1 + 2 * index));
  }
  assert.is(started, 50);
  assert.is(raw.closed?.reason, "PROTOCOL_ERROR");
  assert.match(raw.closed!.message, /commandsInFlight/);
  assert.is([...server.sessions()].length, 1);
  assert.is(bystander.state, "open");
});

test("large replies to a peer that never reads wait in the transport only as far as it likes", async () => {
  const { world, transports } = watched();
  const big = "x".repeat(500_000);
  await world.serve({
    handlers: [probe({ echo: () => ({ text: big }) })],
    limits: { outboxBytes: 64 * 1024 * 1024, queuedCommands: 1000 },
  });
  const raw = await rawClient(world);
  raw.transport.pause();
  for (let index = 0; index < 40; index++) await raw.send(request(1 + 2 * index, index === 0 ? introduce("Echo", Kind.UNARY) : known(1)));
  assert.ok(transports[0]!.bufferedBytes < 2 * MEMORY_HIGH_WATER_BYTES, `${transports[0]!.bufferedBytes} bytes in the transport`);
  raw.transport.resume();
  await world.settle();
  assert.is(raw.ofType(REPLY).length, 40);
});

test("a message that is announced and never comes holds what has come, and no more", async () => {
  const { world } = watched();
  await world.serve();
  const bystander = await world.connect();
  const raw = await rawClient(world);
  const whole = request(1, introduce("Echo", Kind.UNARY), text({ text: "x".repeat(3_000_000) }));
  await raw.send(whole.subarray(0, 1000));
  assert.ok(await world.answers(bystander));
  await raw.send(whole.subarray(1000));
  assert.is(raw.ofType(REPLY).length, 1);
});

test.run();
