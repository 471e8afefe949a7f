import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import type { CommandError } from "../../../runtime/errors/command-error.ts";
import { assertError, caught } from "../../support/command/assert-error.ts";
import { connectPeers } from "../../support/command/peers.ts";
import { collect, effect, Gate, probe } from "../../support/command/probe.ts";

const test = suite("command/deadlines");

test("caller and handler both see the deadline pass", async () => {
  const gate = new Gate();
  const peers = await connectPeers({ serve: { handlers: [probe({ echo: gate.handler })] } });
  const call = caught(peers.client.use(Probe).echo({}, { timeoutMs: 500 }));
  await peers.clock.settle(100);
  const { context, open } = gate.entered[0]!;
  assert.is(context.remainingMs(), 400);
  assert.is(context.deadline!.getTime(), peers.clock.wallNow() + 400);
  assert.not.ok(context.signal.aborted);
  await peers.clock.settle(410);
  const message = "example.probe.v1.Probe/Echo: no answer within 500 ms (timeoutMs)";
  assertError(await call, "DEADLINE_EXCEEDED", "MAY_HAVE_RUN", message);
  assert.ok(context.signal.aborted);
  assertError(context.signal.reason, "DEADLINE_EXCEEDED", "MAY_HAVE_RUN");
  assert.is(context.remainingMs(), 0);
  assert.is(peers.client.stats().callsPending, 1, "its handler still runs");
  open();
  await peers.clock.settle(0);
  assert.is(peers.client.stats().callsPending, 0);
  await peers.close();
});

test("a signal that is asked for only after the deadline has already fired", async () => {
  const gate = new Gate();
  const peers = await connectPeers({ serve: { handlers: [probe({ echo: gate.handler })] } });
  peers.client
    .use(Probe)
    .echo({}, { timeoutMs: 50 })
    .catch(() => {});
  await peers.clock.settle(100);
  assert.is((gate.entered[0]!.context.signal.reason as CommandError).code, "DEADLINE_EXCEEDED");
  gate.entered[0]!.open();
  await peers.close();
});

test("defaultTimeoutMs is the deadline where neither call nor schema states one; 0 means none", async () => {
  const gate = new Gate();
  const peers = await connectPeers({
    serve: { handlers: [probe({ echo: gate.handler, later: (_request, context) => context.defer() })] },
    connect: { defaultTimeoutMs: 2_000 },
  });
  const { client } = peers;
  const usual = caught(client.use(Probe).echo({}));
  const patient = client.use(Probe).echo({}, { timeoutMs: 0 });
  const stated = caught(client.use(Probe).later({}));
  await peers.clock.settle(2_500);
  assertError(await usual, "DEADLINE_EXCEEDED", "MAY_HAVE_RUN");
  assert.is(gate.entered[1]!.context.deadline, undefined);
  assert.is(gate.entered[1]!.context.remainingMs(), undefined);
  await peers.clock.settle(60_000);
  assertError(await stated, "DEADLINE_EXCEEDED", "MAY_HAVE_RUN", /60000 ms/);
  for (const { open } of gate.entered) open();
  await peers.until(patient);
  await peers.close();
});

test("a command that waited for its turn until its deadline is not started", async () => {
  const turns = new Gate();
  let echoes = 0;
  const peers = await connectPeers({
    serve: { handlers: [probe({ turn: turns.handler, echo: () => ({ number: ++echoes }), down: () => effect(echoes++, []) })] },
  });
  const proxy = peers.client.use(Probe);
  const turn = proxy.turn({});
  const late = caught(proxy.echo({}, { timeoutMs: 100 }));
  const lateStream = caught(collect(proxy.down({}, { timeoutMs: 100 })));
  const inTime = proxy.echo({}, { timeoutMs: 1_000 });
  await peers.clock.settle(150);
  assertError(await late, "DEADLINE_EXCEEDED", "MAY_HAVE_RUN");
  assertError(await lateStream, "DEADLINE_EXCEEDED", "MAY_HAVE_RUN");
  turns.entered[0]!.open();
  await peers.until(turn);
  assert.is((await peers.until(inTime)).number, 1);
  assert.is(peers.client.stats().callsPending, 0);
  await peers.close();
});

test("what waits to be sent fails at its deadline, NOT_RUN, and travels with the time that remains", async () => {
  const gate = new Gate();
  const handled: string[] = [];
  const peers = await connectPeers({
    serve: { handlers: [probe({ echo: gate.handler, note: ({ text }) => void handled.push(text) })] },
    // One message fills it, until the peer acknowledges.
    connect: { limits: { outboxBytes: 100 } },
  });
  const proxy = peers.client.use(Probe);
  peers.wires.pause();
  proxy.note({ text: "first".padEnd(100) });
  const late = caught(proxy.echo({}, { timeoutMs: 10 }));
  const lateNote = caught(proxy.note({ text: "late" }, { timeoutMs: 10 }));
  const inTime = proxy.echo({}, { timeoutMs: 1_000 });
  await peers.clock.settle(20);
  assertError(await late, "DEADLINE_EXCEEDED", "NOT_RUN");
  assertError(await lateNote, "DEADLINE_EXCEEDED", "NOT_RUN");
  await peers.clock.settle(5);
  peers.wires.resume();
  await peers.clock.settle(0);
  assert.is(gate.entered.length, 1);
  assert.ok(gate.entered[0]!.context.remainingMs()! <= 976, String(gate.entered[0]!.context.remainingMs()));
  gate.entered[0]!.open();
  await peers.until(inTime, 100);
  assert.is(handled.length, 1);
  assert.is(peers.client.stats().oneWaysFailed, 1);
  await peers.close();
});

test("a deadline ends streams at both sides", async () => {
  let returned = 0;
  const peers = await connectPeers({
    serve: {
      handlers: [
        probe({
          async *down(_request, { signal }) {
            try {
              yield { number: 1 };
              await new Promise((resolve) => signal.addEventListener("abort", resolve));
            } finally {
              returned++;
            }
          },
        }),
      ],
    },
  });
  const items: number[] = [];
  const reading = (async () => {
    for await (const { number } of peers.client.use(Probe).down({}, { timeoutMs: 300 })) items.push(number);
  })();
  assertError(await peers.failure(reading, 400), "DEADLINE_EXCEEDED", "MAY_HAVE_RUN");
  await peers.clock.settle(50);
  assert.equal(items, [1]);
  assert.is(returned, 1);
  assert.is(peers.client.stats().callsPending, 0);
  await peers.close();
});

test.run();
