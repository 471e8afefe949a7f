import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import { assertError } from "../../support/command/assert-error.ts";
import { connectPeers } from "../../support/command/peers.ts";
import { effect, Gate, probe } from "../../support/command/probe.ts";

const test = suite("command/cancel");

test("an AbortSignal ends the call at once and reaches the handler's signal", async () => {
  const gate = new Gate();
  const peers = await connectPeers({ serve: { handlers: [probe({ echo: gate.handler })] } });
  const controller = new AbortController();
  const call = peers.client.use(Probe).echo({}, { signal: controller.signal });
  await peers.clock.settle(0);
  const { context, open } = gate.entered[0]!;
  const reason = new Error("the user went away");
  controller.abort(reason);
  const error = assertError(await peers.failure(call), "CANCELLED", "MAY_HAVE_RUN", "example.probe.v1.Probe/Echo: cancelled by its caller");
  assert.is(error.cause, reason);
  await peers.clock.settle(0);
  assertError(context.signal.reason, "CANCELLED", "MAY_HAVE_RUN");
  assert.is(peers.client.stats().callsPending, 1, "its handler still runs");
  open();
  await peers.clock.settle(0);
  assert.is(peers.client.stats().callsPending, 0);
  await peers.close();
});

test("a signal that has fired before sends nothing", async () => {
  const gate = new Gate();
  const peers = await connectPeers({ serve: { handlers: [probe({ echo: gate.handler, note: () => assert.unreachable() as never })] } });
  const signal = AbortSignal.abort();
  const proxy = peers.client.use(Probe);
  assertError(await peers.failure(proxy.echo({}, { signal })), "CANCELLED", "NOT_RUN");
  assertError(await peers.failure(proxy.note({}, { signal })), "CANCELLED", "NOT_RUN");
  assert.is(gate.entered.length, 0);
  assert.is(peers.client.stats().commandsSent, 0);
  await peers.close();
});

test("a command that is cancelled while it waits for its turn is not started", async () => {
  const turns = new Gate();
  let ran = 0;
  const peers = await connectPeers({ serve: { handlers: [probe({ turn: turns.handler, echo: () => ({ number: ++ran }) })] } });
  const controller = new AbortController();
  const turn = peers.client.use(Probe).turn({});
  const cancelled = peers.client.use(Probe).echo({}, { signal: controller.signal });
  await peers.clock.settle(0);
  controller.abort();
  assertError(await peers.failure(cancelled), "CANCELLED", "MAY_HAVE_RUN");
  turns.entered[0]!.open();
  await peers.until(turn);
  await peers.clock.settle(0);
  assert.is(ran, 0);
  assert.is(peers.client.stats().callsPending, 0);
  await peers.close();
});

test("what waits to be sent is never sent once it is cancelled, one-ways included", async () => {
  const handled: string[] = [];
  const peers = await connectPeers({
    serve: { handlers: [probe({ note: ({ text }) => void handled.push(text), echo: ({ text }) => effect(handled.push(text), {}) })] },
    connect: { limits: { outboxBytes: 100 } },
  });
  const proxy = peers.client.use(Probe);
  const controller = new AbortController();
  const { signal } = controller;
  proxy.note({ text: "first".padEnd(100) });
  const call = proxy.echo({ text: "call" }, { signal });
  const note = proxy.note({ text: "note" }, { signal });
  const last = proxy.note({ text: "last" });
  controller.abort();
  assertError(await peers.failure(call), "CANCELLED", "NOT_RUN");
  assertError(await peers.failure(note), "CANCELLED", "NOT_RUN");
  await peers.until(last, 100);
  await peers.clock.settle(100);
  assert.equal(
    handled.map((text) => text.trim()),
    ["first", "last"],
  );
  assert.is(peers.client.stats().callsPending, 0);
  await peers.close();
});

test("calls leave nothing behind at a signal that outlives them", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] } });
  const { signal } = new AbortController();
  let listeners = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...values: Parameters<typeof addEventListener>) => effect(listeners++, addEventListener.apply(signal, values));
  signal.removeEventListener = (...values: Parameters<typeof removeEventListener>) =>
    effect(listeners--, removeEventListener.apply(signal, values));
  const proxy = peers.client.use(Probe);
  await peers.until(Promise.all([proxy.echo({}, { signal }), proxy.echo({}, { signal }), proxy.note({}, { signal })]));
  for await (const _ of proxyItems(proxy, signal)) void _;
  assert.is(listeners, 0);
  await peers.close();

  async function* proxyItems(from: typeof proxy, given: AbortSignal): AsyncGenerator<unknown> {
    const items = from.down({ number: 2 }, { signal: given })[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await peers.until(items.next());
      if (done) return;
      yield value;
    }
  }
});

test.run();
