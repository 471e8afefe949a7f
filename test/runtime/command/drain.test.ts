import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import { assertError, caught } from "../../support/command/assert-error.ts";
import { connectPeers } from "../../support/command/peers.ts";
import { collect, Gate, probe } from "../../support/command/probe.ts";

const test = suite("command/drain");

for (const side of ["client", "session"] as const) {
  test(`drain of the ${side} waits for what is under way in both directions, then closes`, async () => {
    const gates = { client: new Gate(), session: new Gate() };
    const peers = await connectPeers({
      serve: { handlers: [probe({ echo: gates.session.handler })] },
      connect: { handlers: [probe({ echo: gates.client.handler })] },
    });
    const [mine, other] = side === "client" ? [peers.client, peers.session] : [peers.session, peers.client];
    const outgoing = mine.use(Probe).echo({ number: 1 });
    const incoming = other.use(Probe).echo({ number: 2 });
    await peers.clock.settle(0);
    const events = collect(mine.status());
    const drained = mine.drain();
    assert.is(mine.state, "draining");
    const refused = "example.probe.v1.Probe/Echo: this side is draining";
    assertError(await peers.failure(mine.use(Probe).echo({})), "UNAVAILABLE", "NOT_RUN", refused);
    assertError(await peers.failure(other.use(Probe).echo({})), "UNAVAILABLE", "NOT_RUN", /takes no new commands, it is draining/);
    await peers.clock.settle(1_000);
    assert.is(mine.state, "draining");
    for (const gate of [gates.client, gates.session]) gate.entered[0]!.open();
    assert.is((await peers.until(outgoing)).number, 1);
    assert.is((await peers.until(incoming)).number, 2);
    await peers.until(drained, 100);
    assert.is(mine.state, "ended");
    assert.is((await peers.until(other.closed)).reason, side === "client" ? "CLOSED" : "GOING_AWAY");
    assert.equal(
      (await events).map(({ type }) => type),
      ["open", "draining", "ended"],
    );
    await peers.close();
  });
}

test("what waits for its turn when the drain begins still runs, and one-ways run until the end", async () => {
  const turn = new Gate();
  const heard: number[] = [];
  const peers = await connectPeers({
    serve: { handlers: [probe({ turn: turn.handler, note: ({ number }) => void heard.push(number) })] },
  });
  const proxy = peers.client.use(Probe);
  const first = proxy.turn({ number: 1 });
  const second = proxy.echo({ number: 2 });
  proxy.note({ number: 3 });
  await peers.clock.settle(0);
  const drained = peers.session.drain();
  proxy.note({ number: 4 });
  await peers.clock.settle(0);
  turn.entered[0]!.open();
  assert.is((await peers.until(first)).number, 1);
  assert.is((await peers.until(second)).number, 2);
  await peers.until(drained, 100);
  assert.equal(heard, [3, 4]);
  await peers.close();
});

test("drain ends although a call that waited to be sent gave up", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] }, connect: { limits: { outboxBytes: 100 } } });
  const proxy = peers.client.use(Probe);
  peers.wires.pause();
  proxy.note({ text: "x".repeat(100) });
  const late = caught(proxy.echo({}, { timeoutMs: 5 }));
  const controller = new AbortController();
  const cancelled = caught(proxy.echo({}, { signal: controller.signal }));
  const drained = peers.client.drain();
  controller.abort();
  await peers.clock.settle(5);
  peers.wires.resume();
  await peers.until(drained, 1_000);
  assertError(await late, "DEADLINE_EXCEEDED", "NOT_RUN");
  assertError(await cancelled, "CANCELLED", "NOT_RUN");
  await peers.close();
});

test("a drain that is lost midway ends", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe({ echo: () => new Promise(() => {}) })] } });
  const call = caught(peers.client.use(Probe).echo({}));
  await peers.clock.settle(0);
  const drained = peers.client.drain();
  peers.wires.cut();
  await peers.until(drained);
  assertError(await call, "SESSION_LOST", "MAY_HAVE_RUN");
});

test("flush resolves when the peer has accepted all that was sent until then, and waits for nothing later", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] }, connect: { limits: { outboxBytes: 100, waitingSends: 1_000 } } });
  const proxy = peers.client.use(Probe);
  for (let number = 0; number < 5; number++) proxy.note({ number, text: "x".repeat(20) });
  let flushed = false;
  const flush = peers.client.flush().then(() => {
    flushed = true;
  });
  let sent = 5;
  while (!flushed && sent < 200) {
    // Others keep the queue full all the time.
    proxy.note({ number: sent++, text: "x".repeat(20) });
    await peers.clock.settle(10);
  }
  await flush;
  assert.ok(sent < 200, "the queue never had to empty");
  assert.ok(peers.session.stats().commandsHandled >= 5);
  await peers.close();
});

test("flush of an idle session resolves at once; of a lost one it rejects", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] }, connect: { limits: { outboxBytes: 100 } } });
  await peers.until(peers.client.flush(), 100);
  peers.client.use(Probe).note({ text: "x".repeat(100) });
  peers.client.use(Probe).note({});
  const flush = caught(peers.client.flush());
  peers.wires.cut();
  await peers.clock.settle(0);
  assertError(await flush, "SESSION_LOST", "MAY_HAVE_RUN");
  assertError(await peers.failure(peers.client.flush()), "SESSION_LOST", "MAY_HAVE_RUN");
});

test("close is orderly at both sides, may be repeated, and is what `await using` calls", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] } });
  await peers.until(Promise.all([peers.client.close("bye"), peers.client.close(), peers.client[Symbol.asyncDispose]()]), 100);
  assert.equal([(await peers.client.closed).by, (await peers.client.closed).message], ["local", "bye"]);
  assert.equal([(await peers.until(peers.session.closed)).by, (await peers.session.closed).message], ["peer", "bye"]);
  await peers.close();
});

test.run();
