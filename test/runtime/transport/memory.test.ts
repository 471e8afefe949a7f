import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ManualClock } from "../../../runtime/time/manual-clock.ts";
import { systemClock } from "../../../runtime/time/system-clock.ts";
import { memoryPipe } from "../../../runtime/transport/memory.ts";
import { memoryNetwork } from "../../../runtime/transport/memory-network.ts";
import { transportCases } from "../../../runtime/transport/suite/suite.ts";
import type { Transport } from "../../../runtime/transport/transport.ts";
import { sustainedBytes } from "../../support/transport/sustained.ts";

const test = suite("transport/memory");

/** Collects what arrives, copied. */
function collect(transport: Transport) {
  const chunks: number[][] = [];
  const closes: string[] = [];
  transport.start({
    onBytes: (bytes) => chunks.push([...bytes]),
    onDrain: () => {},
    onClose: ({ kind }) => closes.push(kind),
  });
  return { chunks, closes };
}

const pipe = { name: "memory", sustainedBytes, pair: async () => memoryPipe({ clock: systemClock }) };
for (const { name, run } of transportCases(pipe)) test(name, run);

const torn = {
  name: "memory, split and merged",
  sustainedBytes: 4 * 1024 * 1024,
  pair: async () => memoryPipe({ ...tearing(), overwriteDelivered: true }),
};
for (const { name, run } of transportCases(torn)) test(name, run);

function tearing() {
  let state = 7;
  const nextChunk = (available: number): number => {
    state = (Math.imul(state, 48_271) >>> 0) % 0x7fffffff;
    return 1 + (state % Math.min(available, state % 3 === 0 ? 50_000_000 : 20_000));
  };
  return { clock: systemClock, nextChunk };
}

test("nothing arrives before the turn is over, and a turn carries what was written in it", () => {
  const clock = new ManualClock();
  const [a, b] = memoryPipe({ clock });
  const got = collect(b);
  a.start({ onBytes: () => {}, onDrain: () => {}, onClose: () => {} });
  a.write(Uint8Array.of(1));
  a.write(Uint8Array.of(2, 3));
  assert.equal(got.chunks, []);
  assert.is(a.bufferedBytes, 3);
  clock.turn();
  assert.equal(got.chunks, [[1], [2, 3]]);
  assert.is(a.bufferedBytes, 0);
});

test("a chunking function decides what arrives together", () => {
  const clock = new ManualClock();
  const sizes = [1, 4, 2];
  const [a, b] = memoryPipe({ clock, nextChunk: (available) => sizes.shift() ?? available });
  const got = collect(b);
  collect(a);
  for (let i = 0; i < 10; i++) a.write(Uint8Array.of(i));
  clock.flush();
  assert.equal(got.chunks, [[0], [1, 2, 3, 4], [5, 6], [7, 8, 9]]);
});

test("however bytes are torn, they arrive whole and in order", () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 }),
      fc.array(fc.integer({ min: -3, max: 60 })),
      (writes, sizes) => {
        const clock = new ManualClock();
        const [a, b] = memoryPipe({ clock, nextChunk: (available) => sizes.pop() ?? available, overwriteDelivered: true });
        const got = collect(b);
        collect(a);
        const expected = writes.flatMap((bytes) => [...bytes]);
        for (const bytes of writes) a.write(bytes);
        a.close();
        clock.flush();
        assert.equal(got.chunks.flat(), expected);
        assert.equal(got.closes, ["ended"]);
      },
    ),
    { numRuns: 300 },
  );
});

test("delivered memory is overwritten on request", () => {
  const clock = new ManualClock();
  const [a, b] = memoryPipe({ clock, overwriteDelivered: true });
  let kept: Uint8Array = new Uint8Array();
  const keep = (bytes: Uint8Array): void => {
    kept = bytes;
  };
  b.start({ onBytes: keep, onDrain: () => {}, onClose: () => {} });
  collect(a);
  a.write(Uint8Array.of(1, 2, 3));
  clock.flush();
  assert.equal([...kept], [0xdb, 0xdb, 0xdb]);
});

test("a network connects by name, and says when nobody listens or a name is taken", async () => {
  const network = memoryNetwork({ clock: systemClock });
  const accepted: Transport[] = [];
  const listener = network.listen("lobby", (transport) => accepted.push(transport));
  assert.equal(listener.endpoints, ["memory:lobby"]);
  assert.throws(() => network.listen("lobby", () => {}), /memory:lobby is taken/);
  const client = await network.dial("lobby");
  assert.is(client.peer, "memory:lobby");
  const got = collect(accepted[0]!);
  collect(client);
  client.write(Uint8Array.of(7));
  await new Promise<void>((resolve) => systemClock.endOfTurn(resolve));
  assert.equal(got.chunks, [[7]]);
  await listener.close();
  await network.dial("lobby").then(
    () => assert.unreachable(),
    (error) => assert.match(error.message, /nobody listens on memory:lobby/),
  );
  client.write(Uint8Array.of(8));
  await new Promise<void>((resolve) => systemClock.endOfTurn(resolve));
  assert.equal(got.chunks, [[7], [8]], "an established connection outlives its listener");
  await memoryNetwork({ clock: systemClock })
    .dial("lobby")
    .then(
      () => assert.unreachable(),
      (error) => assert.match(error.message, /nobody/),
    );
});

test.run();
