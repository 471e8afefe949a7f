import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe, type Text, type TextInit } from "../../../generated/example/probe/v1/probe.ts";
import { assertError, caught } from "../../support/command/assert-error.ts";
import { connectPeers, type Peers, type PeersOptions } from "../../support/command/peers.ts";
import { probe } from "../../support/command/probe.ts";
import { CutWorld } from "../../support/session/resuming.ts";

const IDLE_MS = 5_000;
const never = (): Promise<never> => new Promise(() => {});

/** One item each so many milliseconds. */
async function* every(peers: () => Peers, ms: number, items = Number.POSITIVE_INFINITY): AsyncGenerator<TextInit> {
  for (let number = 0; number < items; number++) {
    yield { number };
    await new Promise<void>((resolve) => peers().clock.setTimer(ms, resolve));
  }
}

async function pair(handlers: Parameters<typeof probe>[0], options: PeersOptions = {}): Promise<Peers> {
  return connectPeers({ ...options, serve: { handlers: [probe(handlers)], ...options.serve } });
}

async function assertNothingLeft(peers: Peers): Promise<void> {
  await peers.clock.settle(0);
  for (const session of [peers.client, peers.session]) {
    assert.equal([session.stats().callsPending, session.stats().commandsPending], [0, 0]);
    assert.is(session.state, "open");
  }
  await peers.close();
}

const test = suite("command/idle deadlines");

test("a source that dries up ends its stream at both sides, with an error that names the option", async () => {
  const seen: unknown[] = [];
  const peers = await pair({
    async *downBriskly(_request, { signal }) {
      signal.addEventListener("abort", () => seen.push(signal.reason));
      yield { number: 1 };
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    },
  });
  const items = peers.client.use(Probe).downBriskly({})[Symbol.asyncIterator]();
  assert.is((await peers.until(items.next())).value.number, 1);
  const next = caught(items.next());
  await peers.clock.settle(IDLE_MS - 100);
  assert.is(seen.length, 0);
  assertError(await peers.until(next, 300), "DEADLINE_EXCEEDED", "MAY_HAVE_RUN", /DownBriskly: nothing passed for 5000 ms/);
  await peers.clock.settle(100);
  assert.is(seen.length, 1);
  assertError(seen[0], "DEADLINE_EXCEEDED", "MAY_HAVE_RUN");
  await assertNothingLeft(peers);
});

test("a stream on which something passes now and then lives for as long as it likes", async () => {
  const peers: Peers = await pair({ downBriskly: () => every(() => peers, IDLE_MS - 500, 10) });
  const got: number[] = [];
  const read = (async () => {
    for await (const { number } of peers.client.use(Probe).downBriskly({})) got.push(number);
  })();
  await peers.until(read, 20 * IDLE_MS);
  assert.is(got.length, 10);
  await assertNothingLeft(peers);
});

test("a slow reader is no idle one, although its peer hears of half a window much later", async () => {
  const peers: Peers = await pair({
    *downBriskly() {
      for (let number = 0; number < 300; number++) yield { number };
    },
  });
  let got = 0;
  const read = (async () => {
    for await (const _ of peers.client.use(Probe).downBriskly({})) {
      got++;
      await new Promise<void>((resolve) => peers.clock.setTimer(IDLE_MS / 2, resolve));
    }
  })();
  await peers.until(read, 300 * IDLE_MS);
  assert.is(got, 300);
  await assertNothingLeft(peers);
});

test("a reader that never reads loses its stream, and the source is let go", async () => {
  let returned = 0;
  const peers = await pair({
    *downBriskly() {
      try {
        for (;;) yield {};
      } finally {
        returned++;
      }
    },
  });
  const items = peers.client.use(Probe).downBriskly({})[Symbol.asyncIterator]();
  await peers.clock.settle(IDLE_MS + 200);
  assert.is(returned, 1);
  let read = 0;
  const error = await peers.until(
    caught(
      (async () => {
        for (let step = await items.next(); !step.done; step = await items.next()) read++;
      })(),
    ),
  );
  assert.is(read, 256, "what came is still there");
  assertError(error, "DEADLINE_EXCEEDED", "MAY_HAVE_RUN", /idle_timeout_ms/);
  await assertNothingLeft(peers);
});

test("requests that dry up end the stream; both kinds, and the source is told", async () => {
  for (const kind of ["upBriskly", "bothBriskly"] as const) {
    let returned = 0;
    const peers = await pair({});
    const source: AsyncIterable<TextInit> = {
      [Symbol.asyncIterator]: () => ({ next: never, return: async () => ({ done: true, value: returned++ }) }),
    };
    const calls = peers.client.use(Probe);
    const call = kind === "upBriskly" ? calls.upBriskly(source) : calls.bothBriskly(source)[Symbol.asyncIterator]().next();
    const error = await peers.failure(call, IDLE_MS + 200);
    assertError(error, "DEADLINE_EXCEEDED", "MAY_HAVE_RUN", /Briskly: nothing passed for 5000 ms \(idle_timeout_ms\)/);
    assert.is(returned, 1);
    await assertNothingLeft(peers);
  }
});

test("the reply to a stream of requests may take longer once they are all there", async () => {
  const peers: Peers = await pair({
    async upBriskly(items) {
      let number = 0;
      for await (const item of items) number += item.number;
      await new Promise<void>((resolve) => peers.clock.setTimer(4 * IDLE_MS, resolve));
      return { number };
    },
  });
  assert.is((await peers.until(peers.client.use(Probe).upBriskly([{ number: 5 }]), 5 * IDLE_MS)).number, 5);
  await assertNothingLeft(peers);
});

test("one direction of a stream that goes both ways is enough", async () => {
  const peers: Peers = await pair({
    async *bothBriskly(items: AsyncIterable<Text>) {
      for await (const _ of items) break;
      yield* every(() => peers, IDLE_MS / 2, 8);
    },
  });
  let got = 0;
  const read = (async () => {
    for await (const _ of peers.client.use(Probe).bothBriskly([{}])) got++;
  })();
  await peers.until(read, 10 * IDLE_MS);
  assert.is(got, 8);
  await assertNothingLeft(peers);
});

test("the time without a connection does not count, and begins anew with the next one", async () => {
  const world = new CutWorld();
  let closed = false;
  const dial = async (name: string) => {
    if (closed) throw new Error("no network");
    return world.network.dial(name);
  };
  const down = async function* (): AsyncGenerator<TextInit> {
    yield { number: 1 };
    await never();
  };
  const { client, session } = await world.pair({
    serve: { handlers: [probe({ downBriskly: down })], retentionMs: 100 * IDLE_MS },
    connect: { memory: { ...world.network, dial }, backoffCapMs: 500, retentionMs: 100 * IDLE_MS },
  });
  const items = client.use(Probe).downBriskly({})[Symbol.asyncIterator]();
  assert.is((await world.until(items.next())).value.number, 1);
  let ended: unknown;
  items.next().catch((error: unknown) => {
    ended = error;
  });
  await world.settle(IDLE_MS - 500);
  closed = true;
  world.cut();
  await world.settle(10 * IDLE_MS);
  assert.is(client.state, "disconnected");
  assert.is(ended, undefined);
  closed = false;
  await world.settle(IDLE_MS - 500);
  assert.is(client.state, "open");
  assert.is(ended, undefined);
  await world.settle(2_000);
  assertError(ended, "DEADLINE_EXCEEDED", "MAY_HAVE_RUN", /idle_timeout_ms/);
  assert.is(session.state, "open");
});

test.run();
