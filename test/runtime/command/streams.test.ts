import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe, type Text, type TextInit } from "../../../generated/example/probe/v1/probe.ts";
import { assertError, caught } from "../../support/command/assert-error.ts";
import { connectPeers, type Peers } from "../../support/command/peers.ts";
import { collect, probe } from "../../support/command/probe.ts";

const numbers = (count: number): TextInit[] => Array.from({ length: count }, (_, number) => ({ number }));

const numbersOf = (items: readonly Text[]): number[] => items.map(({ number }) => number);

/** An infinite source that counts what was taken and tells when it is let go. */
function source(): { items(): AsyncGenerator<TextInit>; taken: number; returned: number } {
  const watched = {
    taken: 0,
    returned: 0,
    async *items(): AsyncGenerator<TextInit> {
      try {
        for (;;) yield { number: watched.taken++ };
      } finally {
        watched.returned++;
      }
    },
  };
  return watched;
}

/** What is left at both sides once all streams are over: nothing. */
async function assertNothingLeft(peers: Peers): Promise<void> {
  await peers.clock.settle(0);
  for (const session of [peers.client, peers.session]) {
    assert.is(session.stats().callsPending, 0);
    assert.is(session.stats().commandsPending, 0);
  }
}

const test = suite("command/streams");

test("every kind of stream, in both directions", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] }, connect: { handlers: [probe()] } });
  for (const [caller] of peers.sides) {
    const proxy = caller.use(Probe);
    assert.equal(
      (await peers.until(collect(proxy.down({ number: 4 })))).map(({ number }) => number),
      [0, 1, 2, 3],
    );
    assert.is((await peers.until(proxy.up(numbers(5)))).number, 10);
    assert.equal(
      (await peers.until(collect(proxy.both(numbers(3))))).map(({ number }) => number),
      [0, 1, 2],
    );
  }
  await assertNothingLeft(peers);
  await peers.close();
});

test("empty streams", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] } });
  const proxy = peers.client.use(Probe);
  assert.equal(await peers.until(collect(proxy.down({}))), []);
  assert.is((await peers.until(proxy.up([]))).number, 0);
  assert.equal(await peers.until(collect(proxy.both([]))), []);
  await assertNothingLeft(peers);
  await peers.close();
});

test("10,000 items arrive each way, in order", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] } });
  const got = await peers.until(collect(peers.client.use(Probe).both(numbers(10_000))), 10_000);
  assert.equal(
    got.map(({ number }) => number),
    numbers(10_000).map(({ number }) => number),
  );
  await assertNothingLeft(peers);
  await peers.close();
});

test("a slow reader stops a fast source at the credit", async () => {
  const fast = source();
  const peers = await connectPeers({ serve: { handlers: [probe({ down: () => fast.items() })] }, connect: { limits: { streamItems: 8 } } });
  const items = peers.client.use(Probe).down({})[Symbol.asyncIterator]();
  await peers.clock.settle(1_000);
  assert.is(fast.taken, 8);
  for (let read = 0; read < 3; read++) assert.is((await peers.until(items.next())).value.number, read);
  await peers.clock.settle(100);
  assert.is(fast.taken, 8, "a grant goes out at half a window");
  await peers.until(items.next());
  await peers.clock.settle(100);
  assert.is(fast.taken, 12);
  await items.return?.();
  await assertNothingLeft(peers);
  assert.is(fast.returned, 1);
  await peers.close();
});

test("a slow handler stops a fast source at the credit in bytes", async () => {
  const reads: (() => void)[] = [];
  const peers = await connectPeers({
    serve: {
      handlers: [
        probe({
          async up(items) {
            let number = 0;
            for await (const _ of items) {
              number++;
              await new Promise<void>((resolve) => reads.push(resolve));
            }
            return { number };
          },
        }),
      ],
      limits: { streamBytes: 1_000 },
    },
  });
  let taken = 0;
  function* items(): Generator<TextInit> {
    for (; taken < 20; taken++) yield { text: "x".repeat(245) };
  }
  const reply = peers.client.use(Probe).up(items());
  await peers.clock.settle(100);
  // Three items are 750 bytes; the fourth may still start, for an item overshoots by itself at most.
  assert.is(taken, 4);
  for (let read = 0; read < 20; read++) {
    reads[read]!();
    await peers.clock.settle(0);
  }
  assert.is((await peers.until(reply)).number, 20);
  await peers.close();
});

test("leaving the loop ends the handler's stream: its generator runs its finally blocks, its signal fires", async () => {
  const endless = source();
  let aborted = false;
  const peers = await connectPeers({
    serve: {
      handlers: [
        probe({
          down(_request, { signal }) {
            signal.addEventListener("abort", () => {
              aborted = true;
            });
            return endless.items();
          },
        }),
      ],
    },
  });
  const reading = (async () => {
    for await (const { number } of peers.client.use(Probe).down({})) if (number === 5) break;
  })();
  await peers.until(reading);
  await assertNothingLeft(peers);
  assert.is(endless.returned, 1);
  assert.ok(aborted);
  await peers.close();
});

test("a handler that leaves its request stream early and replies lets the source go", async () => {
  const endless = source();
  const peers = await connectPeers({
    serve: {
      handlers: [
        probe({
          async up(items) {
            for await (const { number } of items) if (number === 5) break;
            return { text: "enough" };
          },
        }),
      ],
    },
  });
  assert.is((await peers.until(peers.client.use(Probe).up(endless.items()))).text, "enough");
  await assertNothingLeft(peers);
  assert.is(endless.returned, 1);
  assert.ok(endless.taken <= 257);
  await peers.close();
});

test("a handler that leaves its request stream and goes on lets the source go at once, in both kinds", async () => {
  for (const kind of ["up", "both"] as const) {
    const endless = source();
    let finish!: () => void;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const peers = await connectPeers({
      serve: {
        handlers: [
          probe({
            async up(items) {
              for await (const _ of items) break;
              await finished;
              return { number: 7 };
            },
            async *both(items) {
              for await (const _ of items) break;
              yield { number: 6 };
              await finished;
              yield { number: 7 };
            },
          }),
        ],
        limits: { streamItems: 10 },
      },
    });
    const calls = peers.client.use(Probe);
    const reply =
      kind === "up" ? calls.up(endless.items()).then(({ number }) => [number]) : collect(calls.both(endless.items())).then(numbersOf);
    await peers.clock.settle(1_000);
    assert.ok(endless.taken <= 11, String(endless.taken));
    assert.is(endless.returned, 1);
    assert.equal([peers.client.state, peers.session.stats().commandsPending], ["open", 1]);
    finish();
    assert.equal(await peers.until(reply), kind === "up" ? [7] : [6, 7]);
    await assertNothingLeft(peers);
    await peers.close();
  }
});

test("a source that throws cancels its command; the caller gets the cause, the handler its signal", async () => {
  let seen: unknown;
  const peers = await connectPeers({
    serve: {
      handlers: [
        probe({
          async up(items, { signal }) {
            try {
              for await (const _ of items);
            } catch (error) {
              seen = [error, signal.reason];
            }
            return {};
          },
        }),
      ],
    },
  });
  const cause = new Error("the disk is gone");
  function* items(): Generator<TextInit> {
    yield {};
    throw cause;
  }
  const error = assertError(await peers.failure(peers.client.use(Probe).up(items())), "CANCELLED", "MAY_HAVE_RUN");
  assert.is(error.cause, cause);
  await assertNothingLeft(peers);
  const [thrown, reason] = seen as [unknown, unknown];
  assertError(thrown, "CANCELLED", "MAY_HAVE_RUN");
  assert.is(thrown, reason);
  await peers.close();
});

test("an item that its schema cannot hold ends the command with what is true: it may have run", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] } });
  const bad = peers.client.use(Probe).up([{ number: 1 }, { number: -1 }]);
  assertError(
    await peers.failure(bad),
    "INVALID_ARGUMENT",
    "MAY_HAVE_RUN",
    "example.probe.v1.Probe/Up: example.probe.v1.Text: number: -1 is not a uint32",
  );
  await assertNothingLeft(peers);
  await peers.close();
});

test("an item above the peer's messageBytes ends the command", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()], limits: { messageBytes: 100 } } });
  const big = peers.client.use(Probe).up([{ text: "x".repeat(200) }]);
  assertError(await peers.failure(big), "RESOURCE_EXHAUSTED", "MAY_HAVE_RUN", /the limit messageBytes is 100/);
  await assertNothingLeft(peers);
  await peers.close();
});

test("what is no iterable fails the call", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe({ down: () => 5 as never })] } });
  assertError(await peers.failure(peers.client.use(Probe).up(undefined as never)), "CANCELLED", "MAY_HAVE_RUN");
  assertError(await peers.failure(collect(peers.client.use(Probe).down({}))), "INTERNAL", "MAY_HAVE_RUN");
  await assertNothingLeft(peers);
  await peers.close();
});

test("a handler that throws midway: the items before arrive, then the error", async () => {
  const peers = await connectPeers({
    serve: {
      handlers: [
        probe({
          *down() {
            yield { number: 1 };
            yield { number: 2 };
            throw new Error("secret");
          },
        }),
      ],
    },
  });
  const items: number[] = [];
  const reading = (async () => {
    for await (const { number } of peers.client.use(Probe).down({})) items.push(number);
  })();
  const error = assertError(await peers.failure(reading), "INTERNAL", "MAY_HAVE_RUN");
  assert.not.match(error.message, /secret/);
  assert.equal(items, [1, 2]);
  await assertNothingLeft(peers);
  await peers.close();
});

test("an item of the handler that its schema cannot hold is INTERNAL with an incident that tells nothing of it", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe({ down: () => [{ number: 1 }, { text: "secret \ud800" }] })] } });
  const error = assertError(await peers.failure(collect(peers.client.use(Probe).down({}))), "INTERNAL", "MAY_HAVE_RUN");
  assert.not.match(error.message, /secret/);
  assert.is(peers.log.length, 1);
  await assertNothingLeft(peers);
  await peers.close();
});

test("a handler may promise its stream", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe({ down: (async () => [{ number: 1 }]) as never })] } });
  assert.equal((await peers.until(collect(peers.client.use(Probe).down({})))).length, 1);
  await peers.close();
});

test("an AbortSignal cancels a stream at both sides", async () => {
  const endless = source();
  const peers = await connectPeers({ serve: { handlers: [probe({ both: () => endless.items() })] } });
  const controller = new AbortController();
  const requests = source();
  const items = peers.client.use(Probe).both(requests.items(), { signal: controller.signal })[Symbol.asyncIterator]();
  await peers.until(items.next());
  controller.abort();
  const rest = caught(
    (async () => {
      for (let step = await items.next(); !step.done; step = await items.next());
    })(),
  );
  assertError(await peers.until(rest), "CANCELLED", "MAY_HAVE_RUN");
  assert.ok((await items.next()).done);
  await assertNothingLeft(peers);
  assert.is(endless.returned, 1);
  assert.is(requests.returned, 1);
  await peers.close();
});

test("beyond `streams` of the peer a stream fails at once, those that wait to be sent counted", async () => {
  const peers = await connectPeers({
    serve: { handlers: [probe({ down: () => source().items() })], limits: { streams: 2 } },
    connect: { limits: { outboxBytes: 100 } },
  });
  const proxy = peers.client.use(Probe);
  proxy.note({ text: "x".repeat(100) });
  const open = [proxy.down({}), proxy.down({})].map((items) => items[Symbol.asyncIterator]());
  const message = "example.probe.v1.Probe/Down: 2 streams are open; the limit streams is 2";
  assertError(await peers.failure(collect(proxy.down({}))), "RESOURCE_EXHAUSTED", "NOT_RUN", message);
  await peers.until(Promise.all(open.map((items) => items.next())), 100);
  assert.is(peers.client.state, "open");
  for (const items of open) await items.return?.();
  await assertNothingLeft(peers);
  const again = proxy.down({})[Symbol.asyncIterator]();
  await peers.until(again.next(), 100);
  await again.return?.();
  await peers.close();
});

test("a stream that waits to be sent starts when there is room, and its requests with it", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] }, connect: { limits: { outboxBytes: 100 } } });
  const proxy = peers.client.use(Probe);
  proxy.note({ text: "x".repeat(100) });
  const echoed = collect(proxy.both(numbers(50)));
  const summed = proxy.up(numbers(5));
  assert.is((await peers.until(echoed, 5_000)).length, 50);
  assert.is((await peers.until(summed, 5_000)).number, 10);
  await assertNothingLeft(peers);
  await peers.close();
});

test("a stream is passed on by one handler to another, with its backpressure and its end", async () => {
  const endless = source();
  const peers = await connectPeers({
    serve: { handlers: [probe({ down: (request, { session, signal }) => session.use(Probe).down(request, { signal }) })] },
    connect: { handlers: [probe({ down: () => endless.items() })], limits: { streamItems: 4 } },
  });
  const items = peers.client.use(Probe).down({})[Symbol.asyncIterator]();
  for (let number = 0; number < 3; number++) assert.is((await peers.until(items.next())).value.number, number);
  assert.ok(endless.taken <= 4 + 256 + 1);
  await items.return?.();
  await assertNothingLeft(peers);
  assert.is(endless.returned, 1);
  await peers.close();
});

test("a lost session breaks streams at both ends", async () => {
  const endless = source();
  const requests = source();
  const peers = await connectPeers({ serve: { handlers: [probe({ both: () => endless.items() })] } });
  const items = peers.client.use(Probe).both(requests.items())[Symbol.asyncIterator]();
  await peers.until(items.next());
  peers.wires.cut();
  await peers.clock.settle(0);
  const rest = caught(
    (async () => {
      for (let step = await items.next(); !step.done; step = await items.next());
    })(),
  );
  assertError(await peers.until(rest), "SESSION_LOST", "MAY_HAVE_RUN");
  await peers.clock.settle(0);
  assert.is(requests.returned, 1);
  assert.is(endless.returned, 1);
  assert.is(peers.session.stats().commandsPending, 0);
});

test.run();
