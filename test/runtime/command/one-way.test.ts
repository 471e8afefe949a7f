import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import type { Context } from "../../../runtime/command/context.ts";
import type { SessionStatus } from "../../../runtime/command/session-type.ts";
import { assertError, caught } from "../../support/command/assert-error.ts";
import { connectPeers } from "../../support/command/peers.ts";
import { collect, probe } from "../../support/command/probe.ts";

/** What must never happen here: every rejection of an ignored one-way counts as handled. */
const unhandled: unknown[] = [];
process.on("unhandledRejection", (error) => void unhandled.push(error));
const macrotask = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const test = suite("command/one-way");

test.after(async () => {
  await macrotask();
  assert.equal(unhandled, []);
});

test("one-ways arrive in order, in both directions, and nothing answers", async () => {
  const heard: [string, number][] = [];
  const note = (side: string) => probe({ note: ({ number }) => void heard.push([side, number]) });
  const peers = await connectPeers({ serve: { handlers: [note("server")] }, connect: { handlers: [note("client")] } });
  for (let number = 0; number < 5; number++) for (const [caller] of peers.sides) caller.use(Probe).note({ number });
  await peers.clock.settle(0);
  for (const side of ["server", "client"])
    assert.equal(
      heard.filter(([where]) => where === side).map(([, number]) => number),
      [0, 1, 2, 3, 4],
    );
  assert.is(peers.client.stats().commandsSent, 5);
  assert.is(peers.client.stats().commandsHandled, 5);
  assert.is(peers.client.stats().callsPending, 0);
  await peers.close();
});

test("its promise is one shared resolved promise while there is room", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] } });
  const proxy = peers.client.use(Probe);
  const promise = proxy.note({});
  assert.is(proxy.note({ text: "other" }), promise);
  let settled = false;
  promise.then(() => {
    settled = true;
  });
  await Promise.resolve();
  assert.ok(settled, "without a turn of the event loop");
  await peers.close();
});

test("without room its promise settles when the outbox takes it", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] }, connect: { limits: { outboxBytes: 1 } } });
  const proxy = peers.client.use(Probe);
  peers.wires.pause();
  proxy.note({});
  const waiting = proxy.note({});
  let settled = false;
  waiting.then(() => {
    settled = true;
  });
  await peers.clock.settle(400);
  assert.not.ok(settled);
  peers.wires.resume();
  await peers.clock.settle(0);
  assert.ok(settled, "the peer was asked, and did not let its acknowledgement wait");
  await peers.close();
});

test("who flushes does not wait for an acknowledgement that waits for company, and many ask once", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] } });
  const proxy = peers.client.use(Probe);
  proxy.note({});
  await peers.clock.settle(0);
  const [sent, answered] = peers.wires.writes.map(({ length }) => length);
  await peers.until(Promise.all([peers.client.flush(), peers.client.flush(), peers.client.flush()]), 0);
  assert.equal(
    peers.wires.writes.map(({ length }) => length),
    [sent! + 1, answered! + 1],
  );
  await peers.until(peers.client.flush(), 0);
  assert.is(peers.wires.writes[0].length, sent! + 1, "all was accepted before");
  await peers.close();
});

test("a one-way that fails at its handler is counted there and logged, and nobody is told", async () => {
  const peers = await connectPeers({
    serve: {
      handlers: [
        probe({
          note() {
            throw new Error("broken");
          },
        }),
      ],
    },
  });
  await peers.until(peers.client.use(Probe).note({}));
  await peers.clock.settle(100);
  assert.is(peers.session.stats().oneWaysRefused, 1);
  assert.is(peers.log.length, 1);
  assert.is(peers.client.stats().oneWaysFailed, 0);
  await peers.close();
});

test("sends that nobody takes fail after sendTimeoutMs, RESOURCE_EXHAUSTED, NOT_RUN", async () => {
  const peers = await connectPeers({
    serve: { handlers: [probe({ noteInTurn: () => new Promise(() => {}) })], limits: { queuedCommands: 1 } },
    connect: { sendTimeoutMs: 3_000 },
  });
  const proxy = peers.client.use(Probe);
  proxy.noteInTurn({});
  await peers.clock.settle(100);
  proxy.note({});
  const note = caught(proxy.note({}));
  const call = caught(proxy.echo({}));
  const message = /the peer took nothing for 3000 ms \(sendTimeoutMs\)/;
  assertError(await peers.until(note, 3_100), "RESOURCE_EXHAUSTED", "NOT_RUN", message);
  assertError(await peers.until(call, 3_100), "RESOURCE_EXHAUSTED", "NOT_RUN", message);
  assert.is(peers.client.stats().callsPending, 0);
  await peers.close();
});

test("waitingSends and outboxBytes bound what waits, by count and by bytes", async () => {
  const peers = await connectPeers({
    serve: { handlers: [probe()] },
    // A turn counts for 128 bytes beside its frames.
    connect: { limits: { waitingSends: 2, outboxBytes: 500 } },
  });
  const proxy = peers.client.use(Probe);
  const text = "x".repeat(300);
  peers.wires.pause();
  proxy.note({ text });
  proxy.note({ text });
  proxy.note({ text });
  assertError(await peers.failure(proxy.note({ text })), "RESOURCE_EXHAUSTED", "NOT_RUN", /limit outboxBytes is 500/);
  proxy.note({});
  assertError(await peers.failure(proxy.note({})), "RESOURCE_EXHAUSTED", "NOT_RUN", /limit waitingSends is 2/);
  peers.wires.resume();
  await peers.clock.settle(200);
  assert.is(peers.session.stats().commandsHandled, 4);
  await peers.close();
});

test("1,000 ignored one-ways that wait when the session is lost are counted and reported, and kill nothing", async () => {
  const peers = await connectPeers({
    serve: { handlers: [probe()] },
    connect: { limits: { outboxBytes: 100_000 } },
  });
  const proxy = peers.client.use(Probe);
  proxy.note({ text: "x".repeat(100_000) });
  const events = peers.client.status();
  for (let number = 0; number < 1_000; number++) proxy.note({ number });
  peers.wires.cut();
  await peers.clock.settle(0);
  await macrotask();
  const told = await collect(events);
  assert.is(peers.client.stats().oneWaysFailed, 1_001, "and the one that took the room");
  const failed = told.filter((event) => event.type === "one_way_failed");
  assert.ok(failed.length > 0);
  assert.is(failed.at(-1)!.total, 1_001);
  assert.is(failed.at(-1)!.command, "example.probe.v1.Probe/Note");
  assertError(failed.at(-2)!.error, "SESSION_LOST", "NOT_RUN");
  assertError(failed.at(-1)!.error, "SESSION_LOST", "MAY_HAVE_RUN");
  assert.equal(withoutError(told.at(-1)!), { type: "ended", oneWaysFailed: 1_001 });
});

test("1,000 ignored one-ways to a session that is already lost are counted, and status() tells", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] } });
  peers.wires.cut();
  await peers.clock.settle(0);
  for (let number = 0; number < 1_000; number++) peers.client.use(Probe).note({ number });
  assertError(await peers.failure(peers.client.use(Probe).note({})), "SESSION_LOST", "NOT_RUN");
  await macrotask();
  assert.is(peers.client.stats().oneWaysFailed, 1_001);
  const told = await collect(peers.client.status());
  assert.equal(told.map(withoutError), [{ type: "ended", oneWaysFailed: 1_001 }]);
});

function withoutError(event: SessionStatus): object {
  const { error: _error, ...rest } = event as SessionStatus & { error?: unknown };
  return rest;
}

test("one-ways whose handlers take their time are as many as commandsInFlight, and the next starts when one ends", async () => {
  const ends: (() => void)[] = [];
  const peers = await connectPeers({
    serve: { handlers: [probe({ note: () => new Promise((resolve) => ends.push(() => resolve())) })], limits: { commandsInFlight: 2 } },
  });
  const proxy = peers.client.use(Probe);
  for (let number = 0; number < 4; number++) proxy.note({ number });
  await peers.clock.settle(0);
  assert.is(ends.length, 2);
  ends[0]!();
  await peers.clock.settle(0);
  assert.is(ends.length, 3);
  ends[1]!();
  ends[2]!();
  await peers.clock.settle(0);
  assert.is(ends.length, 4);
  await peers.close();
});

test("a handler that ends the session sees its signal abort before it returns, and what it throws then is no incident", async () => {
  const reasons: unknown[] = [];
  const peers = await connectPeers({
    serve: {
      handlers: [
        probe({
          note(_request, context) {
            void context.session.close();
            reasons.push(context.signal.reason);
            throw new Error("too late");
          },
        }),
      ],
    },
  });
  peers.client.use(Probe).note({});
  await peers.clock.settle(0);
  assertError(reasons[0], "SESSION_LOST", "MAY_HAVE_RUN");
  assert.is(peers.session.stats().commandsPending, 0);
  assert.equal(peers.log, []);
  await peers.close();
});

test("a drain that a handler asks for waits for what it does after it has returned", async () => {
  let end = (): void => {};
  let drained: Promise<void> | undefined;
  const peers = await connectPeers({
    serve: {
      handlers: [
        probe({
          note(_request, context) {
            drained = context.session.drain();
            return new Promise((resolve) => (end = resolve));
          },
        }),
      ],
    },
  });
  peers.client.use(Probe).note({});
  await peers.clock.settle(1_000);
  assert.is(peers.session.stats().commandsPending, 1);
  assert.is(peers.session.state, "draining");
  end();
  await peers.until(drained!, 1_000);
  assert.is(peers.session.stats().commandsPending, 0);
  await peers.close();
});

test("a handler that has returned is still under way until its promise settles: its deadline stops it, and what it throws is counted", async () => {
  const contexts: Context[] = [];
  let fail: (error: Error) => void = () => {};
  const handler = (_request: unknown, context: Context): Promise<void> => {
    contexts.push(context);
    return new Promise((_resolve, reject) => (fail = reject));
  };
  const peers = await connectPeers({ serve: { handlers: [probe({ note: handler })] } });
  peers.client.use(Probe).note({}, { timeoutMs: 5_000 });
  await peers.clock.settle(0);
  const [context] = contexts as [Context];
  const { signal } = context;
  assert.is(context.remainingMs(), 5_000);
  assert.is(context.command.method, "note");
  assert.is(peers.session.stats().commandsPending, 1);
  assert.not(signal.aborted);
  await peers.clock.settle(5_100);
  assertError(signal.reason, "DEADLINE_EXCEEDED", "MAY_HAVE_RUN");
  assert.is(context.remainingMs(), 0);
  fail(new Error("stopped"));
  await peers.clock.settle(0);
  assert.is(peers.session.stats().commandsPending, 0);
  assert.is(peers.session.stats().oneWaysRefused, 1);
  await peers.close();
});

test.run();
