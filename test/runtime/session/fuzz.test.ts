import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import type { Server } from "../../../runtime/server.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import { timersOf } from "../../../runtime/time/timers-of.ts";
import type { MemoryNetwork } from "../../../runtime/transport/memory-network.ts";
import type { Transport } from "../../../runtime/transport/transport.ts";
import { native, seededRandom } from "../../support/channel/ends.ts";
import { note } from "../../support/report.ts";
import { frame, join } from "../../support/session/frames.ts";
import { DirectTransport, Mutator, plainHello, plainRecord } from "../../support/session/fuzz.ts";
import { cancel, end, introduce, item, Kind, known, oneWay, request, text } from "../../support/session/probe-frames.ts";
import { clientHello, closeFrame, welcome } from "../../support/session/session-end.ts";
import { World } from "../../support/session/world.ts";

export const testTimeoutMs = 60_000;

const { ACK, CREDIT, PING, PONG, REPLY, FAIL, END, PADDING } = FrameType;
const SERVER_INPUTS = 20_000;
const CLIENT_INPUTS = 4_000;

/** All that a client says in a session with everything in it, frame by frame. */
const fromClient = [
  clientHello(),
  request(1, introduce("Echo", Kind.UNARY), text({ text: "hello", number: 7 })),
  oneWay(introduce("Note", Kind.ONE_WAY), text({ text: "n" })),
  request(3, introduce("Down", Kind.DOWN), text({ number: 5 })),
  request(5, introduce("Up", Kind.UP)),
  item(5, text({ number: 1 })),
  item(5, text({ number: 2 })),
  end(5),
  request(7, introduce("Both", Kind.BOTH), new Uint8Array(), 0, 5_000),
  item(7),
  frame(CREDIT, 3, 300, 300_000),
  request(9, introduce("Later", Kind.UNARY), text(), 0, 1_000),
  cancel(9),
  request(11, introduce("Turn", Kind.UNARY), text(), 1),
  request(13, known(1), text({ text: "é😀" }), 1),
  request(15, known(1), text(), 2),
  request(17, introduce("Count", Kind.UNARY), join(...Array.from({ length: 20 }, () => Uint8Array.of(0x0a, 0)))),
  request(19, [0, "no.such/Command", 0]),
  frame(PING, 3),
  frame(PADDING, new Uint8Array(20)),
  frame(ACK, 1),
  frame(CREDIT, 0, 5_000, 9_000_000),
  closeFrame(1, "done", 3n),
];

const fromServer = [
  welcome(),
  frame(ACK, 2),
  frame(REPLY, 1, text({ text: "hello" })),
  item(3, text({ number: 1 })),
  item(3),
  frame(END, 3),
  frame(CREDIT, 5, 300, 300_000),
  frame(FAIL, 5, Uint8Array.of(0x08, 5, 0x12, 2, 0x68, 0x69, 0x18, 1, 0x22, 4, 0x0a, 2, 0x78, 0x79)),
  request(2, introduce("Echo", Kind.UNARY), text({ text: "back" })),
  oneWay(introduce("Note", Kind.ONE_WAY)),
  frame(PONG, 1),
  frame(CREDIT, 0, 5_000, 9_000_000),
  frame(PING, 9),
  closeFrame(3, "bye", 1n),
];

const plainOptions = (world: World) => ({ crypto: native, random: seededRandom(5), timers: timersOf(world.clock) });

/** Delivers frames as a transport might: in records of any kind byte that holds frames, together or apart. */
function feed(world: World, transport: DirectTransport, mutator: Mutator, frames: readonly Uint8Array[]): void {
  const stream = join(...frames);
  for (let start = 0; start < stream.length && transport.open; ) {
    const length = 1 + mutator.below(mutator.below(4) === 0 ? 8 : stream.length);
    const kind = mutator.below(200) === 0 ? mutator.below(16) : 0;
    transport.events.onBytes(plainRecord(kind, stream.subarray(start, start + length)));
    start += length;
    world.clock.turn();
  }
}

/** A network whose connections the test makes by hand. */
function directNetwork(): MemoryNetwork & { accept: (transport: Transport) => void; dialled: DirectTransport[] } {
  const network = {
    accept: (_transport: Transport): void => {},
    dialled: [] as DirectTransport[],
    listen(name: string, accept: (transport: Transport) => void) {
      network.accept = accept;
      return { endpoints: [`memory:${name}`], close: async () => {} };
    },
    async dial() {
      const transport = new DirectTransport();
      network.dialled.push(transport);
      return transport;
    },
  };
  return network;
}

/** Counts how sessions end, until the server is closed. */
async function count(server: Server, ends: Map<string, number>): Promise<void> {
  for await (const event of server.status()) {
    if (event.type !== "session_ended") continue;
    const { reason, by } = event.end;
    ends.set(`${reason} ${by}`, (ends.get(`${reason} ${by}`) ?? 0) + 1);
  }
}

const test = suite("session/fuzz");

test("no mutation of a client's frames throws past its session, meets a bug, or leaves anything behind", async () => {
  const world = new World();
  const network = directNetwork();
  const ends = new Map<string, number>();
  const server = await world.serve({ unsealed: true, identity: undefined, memory: network, limits: { outboxBytes: 100_000 } });
  count(server, ends);
  const hello = plainHello(plainOptions(world), "dialer");
  const mutator = new Mutator(seededRandom(2026));
  for (let input = 0; input < SERVER_INPUTS; input++) {
    const transport = new DirectTransport();
    network.accept(transport);
    transport.events.onBytes(hello);
    feed(world, transport, mutator, input === 0 ? fromClient : mutator.mutate(fromClient));
    world.clock.flush();
    assert.ok(transport.written < 200_000, `input ${input} was answered with ${transport.written} bytes`);
    transport.end();
    // Often enough for the status feed, whose readers may leave 256 events unread.
    if (input % 100 === 0) await world.settle();
    if (input === 0) assert.equal([...ends.keys()], ["CLOSED peer"], "the recording itself is legal");
    assert.equal(world.log, [], `input ${input}`);
  }
  await world.settle(10_000);
  assert.equal([...server.sessions()], []);
  await world.until(server.close(), 10_000);
  assert.is(timersOf(world.clock).size, 0);
  note(`${SERVER_INPUTS} mutated sessions of clients: ${[...ends].map(([end, count]) => `${end} ${count}`).join(", ")}`);
  for (const end of ["CLOSED peer", "PROTOCOL_ERROR local", "TRANSPORT_FAILED connection"])
    assert.ok((ends.get(end) ?? 0) > SERVER_INPUTS / 20, end);
});

test("no mutation of a server's frames throws past a client, meets a bug, or leaves a call without an answer", async () => {
  const world = new World();
  const network = directNetwork();
  const hello = plainHello({ ...plainOptions(world), limits: {} }, "listener");
  const mutator = new Mutator(seededRandom(2027));
  let opened = 0;
  let pending = 0;
  for (let input = 0; input < CLIENT_INPUTS; input++) {
    const frames = mutator.mutate(fromServer);
    const connecting = world.connecting({ unsealed: true, serverKey: undefined, memory: network });
    for (let job = 0; job < 50 && network.dialled.length <= input; job++) await Promise.resolve();
    const transport = network.dialled[input]!;
    for (let job = 0; job < 10 && transport.events === undefined; job++) await Promise.resolve();
    transport.events.onBytes(hello);
    // The client says hello once its search for a server has come to an end.
    for (let job = 0; job < 30; job++) await Promise.resolve();
    feed(world, transport, mutator, frames.slice(0, 1));
    const client = await Promise.race([
      connecting.catch(() => undefined),
      new Promise<undefined>((resolve) => setImmediate(() => resolve(undefined))),
    ]);
    if (client !== undefined) {
      opened++;
      const calls = client.use(Probe);
      const answers = [calls.echo({}), calls.down({})[Symbol.asyncIterator]().next(), calls.up([{}])];
      pending += answers.length;
      for (const answer of answers)
        answer.then(
          () => pending--,
          () => pending--,
        );
      world.clock.flush();
      if (transport.open) feed(world, transport, mutator, frames.slice(1));
      world.clock.flush();
    }
    transport.end();
    assert.equal(world.log, [], `input ${input}`);
  }
  await world.settle(30_000);
  assert.is(pending, 0);
  assert.is(timersOf(world.clock).size, 0);
  note(`${CLIENT_INPUTS} mutated sessions of servers, ${opened} of them opened`);
  assert.ok(opened > CLIENT_INPUTS / 3);
});

test.run();
