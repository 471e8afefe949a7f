import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import { connectPeers } from "../../support/command/peers.ts";
import { Gate, probe } from "../../support/command/probe.ts";
import { assertError } from "../../support/command/assert-error.ts";

const test = suite("command/unary");

test("a request has a reply, in both directions", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] }, connect: { handlers: [probe()] } });
  for (const [caller] of peers.sides) {
    assert.equal(await peers.until(caller.use(Probe).echo({ text: "hello", number: 7 })), { text: "hello", number: 7 });
  }
  await peers.close();
});

test("requests of both sides are in flight at once, and each gets its own reply in whatever order handlers end", async () => {
  const gates = [new Gate(), new Gate()] as const;
  const peers = await connectPeers({
    serve: { handlers: [probe({ echo: gates[0].handler })] },
    connect: { handlers: [probe({ echo: gates[1].handler })] },
  });
  const asked = peers.sides.map(([caller]) => [1, 2, 3].map((number) => caller.use(Probe).echo({ number })));
  await peers.clock.settle(0);
  for (const gate of gates)
    assert.equal(
      gate.entered.map(({ request }) => request.number),
      [1, 2, 3],
    );
  assert.is(peers.client.stats().callsPending, 3);
  assert.is(peers.client.stats().commandsPending, 3);
  for (const at of [2, 0, 1]) for (const gate of gates) gate.entered[at]!.open();
  for (const calls of asked)
    assert.equal(
      (await peers.until(Promise.all(calls))).map(({ number }) => number),
      [1, 2, 3],
    );
  assert.is(peers.client.stats().callsPending, 0);
  assert.is(peers.client.stats().commandsPending, 0);
  await peers.close();
});

test("a handler calls back in the middle of its own command", async () => {
  const peers = await connectPeers({
    serve: {
      handlers: [probe({ echo: async ({ number }, { session }) => session.use(Probe).echo({ number: number + 1 }) })],
    },
    connect: { handlers: [probe({ echo: ({ number }) => ({ number: number * 10 }) })] },
  });
  assert.is((await peers.until(peers.client.use(Probe).echo({ number: 4 }))).number, 50);
  await peers.close();
});

test("beyond commandsInFlight of the peer a call fails at once, and names the limit", async () => {
  const gate = new Gate();
  const peers = await connectPeers({ serve: { handlers: [probe({ echo: gate.handler })], limits: { commandsInFlight: 3 } } });
  const echo = (): Promise<unknown> => peers.client.use(Probe).echo({});
  const calls = [echo(), echo(), echo()];
  const message = "example.probe.v1.Probe/Echo: 3 commands are in flight; the limit commandsInFlight is 3";
  assertError(await peers.failure(echo()), "RESOURCE_EXHAUSTED", "NOT_RUN", message);
  await peers.clock.settle(0);
  gate.entered[0]!.open();
  await peers.until(calls[0]!);
  calls.push(echo());
  await peers.clock.settle(0);
  for (const { open } of gate.entered) open();
  await peers.until(Promise.all(calls));
  await peers.close();
});

test("a message of messageBytes passes, one byte more fails at once", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe({ echo: () => ({}) })], limits: { messageBytes: 1_000 } } });
  const { echo } = Object.assign({}, { echo: (text: string) => peers.client.use(Probe).echo({ text }) });
  await peers.until(echo("x".repeat(997)));
  const message = "example.probe.v1.Probe/Echo: its message has 1001 bytes; the limit messageBytes is 1000";
  assertError(await peers.failure(echo("x".repeat(998))), "RESOURCE_EXHAUSTED", "NOT_RUN", message);
  await peers.until(echo("still here"));
  await peers.close();
});

test("beyond commandNames of the peer another command fails at once", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()], limits: { commandNames: 2 } } });
  const { client } = peers;
  await peers.until(client.use(Probe).echo({}));
  await peers.until(client.use(Probe).turn({}));
  const message = "example.probe.v1.Probe/Count: 2 different commands were called; the limit commandNames is 2";
  assertError(await peers.failure(client.use(Probe).count({})), "RESOURCE_EXHAUSTED", "NOT_RUN", message);
  await peers.until(client.use(Probe).echo({}));
  await peers.close();
});

test("a request that its schema cannot hold fails at its caller, and nothing else does", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] } });
  const { client } = peers;
  const message = "example.probe.v1.Probe/Echo: example.probe.v1.Text: number: -1 is not a uint32";
  assertError(await peers.failure(client.use(Probe).echo({ number: -1 })), "INVALID_ARGUMENT", "NOT_RUN", message);
  assert.is((await peers.until(client.use(Probe).echo({ number: 1 }))).number, 1);
  assert.is(client.stats().callsPending, 0);
  await peers.close();
});

test("call options that mean nothing are refused", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] } });
  const echo = (options: object): Promise<unknown> => peers.client.use(Probe).echo({}, options);
  for (const timeoutMs of [Number.NaN, -1, Number.POSITIVE_INFINITY, "5"])
    assertError(await peers.failure(echo({ timeoutMs })), "INVALID_ARGUMENT", "NOT_RUN", /Probe\/Echo: timeoutMs must be/);
  assertError(await peers.failure(echo({ timeout: 5 })), "INVALID_ARGUMENT", "NOT_RUN", /Probe\/Echo: unknown option "timeout"/);
  await peers.close();
});

test.run();
