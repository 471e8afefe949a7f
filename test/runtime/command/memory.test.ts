import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Blob, Probe, type Text } from "../../../generated/example/probe/v1/probe.ts";
import type { DeferredReply } from "../../../runtime/command/context.ts";
import { connectPeers } from "../../support/command/peers.ts";
import { collect, effect, probe } from "../../support/command/probe.ts";
import { note } from "../../support/report.ts";

export const testTimeoutMs = 60_000;
export const testRunsAlone = true;

const MIB = 1_048_576;

/** Bytes in use once all garbage is gone. */
async function heapBytes(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    globalThis.gc!();
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const bytes = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill);

const test = suite("command/memory");

test("one short string kept of each of 10,000 large messages keeps none of them alive", async () => {
  const kept: string[] = [];
  const peers = await connectPeers({
    sealed: true,
    serve: { handlers: [probe({ weigh: ({ label }) => effect(kept.push(label), {}) })] },
  });
  const proxy = peers.client.use(Probe);
  const copied = bytes(20_000, 1);
  const send = async (from: number, to: number): Promise<void> => {
    for (let number = from; number < to; number += 100)
      await peers.until(
        Promise.all(Array.from({ length: 100 }, (_, index) => proxy.weigh({ label: `label ${number + index}`, copied }))),
        1_000,
      );
  };
  await send(0, 500);
  const before = await heapBytes();
  await send(500, 10_500);
  const grown = (await heapBytes()) - before;
  assert.is(kept[10_499], "label 10499");
  note(`10,000 kept strings of 200 MB of messages: ${(grown / MIB).toFixed(2)} MiB`);
  assert.ok(grown < 4 * MIB, `${grown} bytes`);
  await peers.close();
});

test("messages own their memory: requests, replies and items survive their buffers being overwritten", async () => {
  const requests: Blob[] = [];
  const peers = await connectPeers({
    sealed: true,
    serve: {
      handlers: [
        probe({
          weigh: (blob) => effect(requests.push(blob), { label: blob.label, copied: blob.copied, viewed: blob.viewed.slice() }),
          async *pour(blobs) {
            const all = await collect(blobs);
            requests.push(...all);
            yield* all;
          },
        }),
      ],
    },
  });
  const proxy = peers.client.use(Probe);
  const blob = (number: number): { label: string; copied: Uint8Array; viewed: Uint8Array } => ({
    label: `blob ${number}`,
    copied: bytes(50, number),
    viewed: bytes(60, number),
  });
  const replies = await peers.until(Promise.all(Array.from({ length: 50 }, (_, number) => proxy.weigh(blob(number)))));
  const poured = await peers.until(collect(proxy.pour(Array.from({ length: 50 }, (_, number) => blob(number)))));
  // The memory network overwrites what it delivered, and so does every later record the buffer that records are opened in.
  for (let round = 0; round < 20; round++) await peers.until(proxy.weigh(blob(255)));
  for (const messages of [replies, poured])
    for (const [number, message] of messages.entries()) {
      assert.is(message.label, `blob ${number}`);
      assert.equal(message.copied, bytes(50, number));
      assert.equal(message.viewed, bytes(60, number), "what is awaited is no view");
    }
  for (const [index, request] of requests.slice(0, 100).entries()) {
    const number = index % 50;
    assert.is(request.label, `blob ${number}`);
    assert.equal(request.copied, bytes(50, number));
  }
  for (const [number, item] of requests.slice(50, 100).entries()) assert.equal(item.viewed, bytes(60, number), "an item is no view");
  await peers.close();
});

test("a view is valid until the handler's first await, and is overwritten after it", async () => {
  const views: Uint8Array[] = [];
  const atOnce: boolean[] = [];
  const peers = await connectPeers({
    sealed: true,
    serve: {
      handlers: [
        probe({
          weigh({ viewed, label }) {
            atOnce.push(viewed.every((byte) => byte === Number(label)));
            views.push(viewed);
            return {};
          },
        }),
      ],
    },
  });
  const proxy = peers.client.use(Probe);
  for (let number = 1; number <= 5; number++) await peers.until(proxy.weigh({ label: String(number), viewed: bytes(100, number) }));
  assert.equal(atOnce, [true, true, true, true, true]);
  assert.ok(
    views.some((view, index) => view.some((byte) => byte !== index + 1)),
    "it was a view, not a copy",
  );
  await peers.close();
});

test("a command that waited for its turn, or for an interceptor, still shows its handler the bytes that were sent", async () => {
  for (const waitsFor of ["its turn", "an interceptor"]) {
    const interceptors = waitsFor === "an interceptor" ? [slowly] : [];
    const seen: number[] = [];
    let release = (): void => {};
    const peers = await connectPeers({
      sealed: true,
      serve: {
        handlers: [
          probe({
            turn: () =>
              new Promise((resolve) => {
                release = () => resolve({});
              }),
            weigh: ({ viewed }) => effect(seen.push(...new Set(viewed)), {}),
          }),
        ],
        interceptors,
      },
    });
    const proxy = peers.client.use(Probe);
    const turn: Promise<unknown> = waitsFor === "its turn" ? proxy.turn({}) : Promise.resolve();
    // Each in a record of its own, which is opened in the memory of the one before.
    const calls = Array.from({ length: 10 }, (_, number) => {
      const call = proxy.weigh({ viewed: bytes(1_000, number + 1) });
      peers.clock.flush();
      return call;
    });
    await peers.clock.settle(0);
    release();
    await peers.until(turn);
    for (let round = 0; round < 10; round++) await peers.clock.settle(0);
    await peers.until(Promise.all(calls));
    assert.equal(seen, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    await peers.close();
  }
});

async function slowly(call: unknown, next: (call: never) => Promise<unknown>): Promise<unknown> {
  await new Promise<void>((resolve) => setImmediate(resolve));
  return next(call as never);
}

test("a request may change once the call was made, even while it waits to be sent", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] }, connect: { limits: { outboxBytes: 100 } } });
  const proxy = peers.client.use(Probe);
  proxy.note({ text: "x".repeat(100) });
  const request = { number: 1 };
  const reply = proxy.echo(request);
  request.number = 2;
  assert.is((await peers.until(reply, 1_000)).number, 1);
  await peers.close();
});

test("100,000 parked replies at once, each answered", async () => {
  const count = 100_000;
  const parked: DeferredReply<{ number: number }>[] = [];
  const limits = { commandsInFlight: count, parkedReplies: count, queuedCommands: count, queuedBytes: 100 * MIB, outboxBytes: 100 * MIB };
  const peers = await connectPeers({
    serve: {
      handlers: [
        probe({
          later: ({ number }, context) => {
            const reply = context.defer();
            parked[number] = reply;
            return reply;
          },
        }),
      ],
      limits,
    },
    connect: { limits },
  });
  const proxy = peers.client.use(Probe);
  const calls: Promise<Text>[] = [];
  // Grown before the measurement, so that it is not counted.
  parked.length = count;
  const encoded = await heapBytes();
  for (let number = 0; number < count; number++) calls.push(proxy.later({ number }));
  const called = await heapBytes();
  await peers.clock.settle(0);
  const both = await heapBytes();
  assert.is(peers.session.stats().commandsPending, count);
  assert.is(parked.filter(Boolean).length, count);
  note(
    `100,000 parked replies: ${Math.round((both - called) / count)} bytes each at the handler, ${Math.round((called - encoded) / count)} at the caller`,
  );
  assert.ok((both - called) / count < 1_500);
  const limit = peers.failure(proxy.later({}));
  const [error] = (await Promise.all([limit])) as [Error];
  assert.match(error.message, /limit commandsInFlight is 100000/);
  await peers.server.reply(Probe.commands.later, parked[0]!.token, { number: 0 });
  for (let number = 1; number < count; number++) await parked[number]!.reply({ number });
  const replies = await peers.until(Promise.all(calls), 1_000);
  assert.ok(replies.every(({ number }, index) => number === index));
  assert.is(peers.session.stats().commandsPending, 0);
  await peers.close();
});

test.run();
