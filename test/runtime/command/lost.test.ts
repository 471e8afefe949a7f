import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import type { Session } from "../../../runtime/command/session-type.ts";
import { defaultLimits } from "../../../runtime/session/limits.ts";
import { assertError, caught } from "../../support/command/assert-error.ts";
import { connectPeers } from "../../support/command/peers.ts";
import { Gate, probe } from "../../support/command/probe.ts";

const test = suite("command/lost");

test("every pending item is rejected exactly once, with an outcome that is true", async () => {
  const gate = new Gate();
  const peers = await connectPeers({
    serve: { handlers: [probe({ echo: gate.handler })] },
    connect: { limits: { outboxBytes: 200 } },
  });
  const proxy = peers.client.use(Probe);
  let rejections = 0;
  const outcome = (promise: Promise<unknown>): Promise<unknown> =>
    caught(
      promise.catch((error: unknown) => {
        rejections++;
        throw error;
      }),
    );
  const running = outcome(proxy.echo({}));
  await peers.clock.settle(0);
  const text = "x".repeat(200);
  const sameTurn = outcome(proxy.echo({ text }));
  const waiting = [outcome(proxy.echo({})), outcome(proxy.later({})), outcome(proxy.note({})), outcome(proxy.up([]))];
  peers.wires.cut();
  await peers.clock.settle(0);
  assertError(await running, "SESSION_LOST", "MAY_HAVE_RUN", /Probe\/Echo: the session ended before it did \(TRANSPORT_FAILED/);
  assertError(await sameTurn, "SESSION_LOST", "MAY_HAVE_RUN");
  for (const item of waiting) assertError(await item, "SESSION_LOST", "NOT_RUN");
  assertError(await peers.failure(proxy.echo({})), "SESSION_LOST", "NOT_RUN");
  gate.entered[0]!.open();
  await peers.clock.settle(120_000);
  assert.is(rejections, 6);
  assert.is(peers.client.stats().callsPending, 0);
  assert.is(peers.client.state, "ended");
});

test("what was never given to the transport is NOT_RUN", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] } });
  peers.wires.cut();
  const sameTurn = caught(peers.client.use(Probe).echo({}));
  await peers.clock.settle(0);
  assert.is(assertError(await sameTurn, "SESSION_LOST", "NOT_RUN").command, "example.probe.v1.Probe/Echo");
});

test("an orderly close tells what was not accepted: that is NOT_RUN", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe({ echo: () => new Promise(() => {}) })] } });
  const accepted = caught(peers.client.use(Probe).echo({}));
  await peers.clock.settle(0);
  void peers.session.close("enough");
  const crossing = caught(peers.client.use(Probe).echo({}));
  await peers.clock.settle(0);
  assertError(await accepted, "SESSION_LOST", "MAY_HAVE_RUN", /\(CLOSED: enough\)/);
  assertError(await crossing, "SESSION_LOST", "NOT_RUN", /\(CLOSED: enough\)/);
});

test("handlers get their signal when the session is lost, and what they answer then goes nowhere", async () => {
  const gate = new Gate();
  const turn = new Gate();
  const peers = await connectPeers({ serve: { handlers: [probe({ echo: gate.handler, turn: turn.handler })] } });
  const proxy = peers.client.use(Probe);
  for (const call of [proxy.echo({}), proxy.turn({}), proxy.echo({})]) caught(call);
  proxy.noteInTurn({});
  await peers.clock.settle(0);
  const { signal } = gate.entered[0]!.context;
  peers.wires.cut();
  await peers.clock.settle(0);
  assertError(signal.reason, "SESSION_LOST", "MAY_HAVE_RUN");
  gate.entered[0]!.open();
  turn.entered[0]!.fail(new Error("after the end"));
  await peers.clock.settle(60_000);
  assert.is(gate.entered.length, 1, "what waited for its turn never starts");
  assert.is(peers.session.stats().commandsPending, 0);
  await peers.close();
});

test("calls after the end fail at once, whatever their kind", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] } });
  await peers.until(peers.client.close());
  const proxy = peers.client.use(Probe);
  for (const call of [proxy.echo({}), proxy.note({}), proxy.up([{}])].map(caught))
    assertError(await call, "SESSION_LOST", "NOT_RUN", /\(CLOSED\)/);
  const [echoed] = await peers.until(peers.client.batch((batch) => [batch.use(Probe).echo({})]));
  assert.is(echoed.status, "rejected");
  const items = proxy.down({})[Symbol.asyncIterator]();
  assertError(await peers.failure(items.next()), "SESSION_LOST", "NOT_RUN");
  await peers.clock.settle(0);
});

/** What `status()` told of one-ways, as command and outcome. */
async function failures(session: Session): Promise<string[]> {
  const told: string[] = [];
  for await (const event of session.status())
    if (event.type === "one_way_failed")
      told.push(`${event.command.split("/")[1]} ${event.error.code} ${event.error.outcome} ${event.total}`);
  return told;
}

test("each one-way that was sent and not acknowledged is told by itself, with an outcome that is true", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] } });
  const told = failures(peers.client);
  const proxy = peers.client.use(Probe);
  proxy.note({});
  await peers.until(peers.client.flush(), 1_000);
  proxy.note({});
  proxy.noteInTurn({});
  proxy.blip({});
  await peers.clock.settle(0);
  peers.wires.cut();
  await proxy.note({});
  const flushed = caught(peers.client.flush());
  await peers.clock.settle(0);
  assertError(await flushed, "SESSION_LOST", "MAY_HAVE_RUN");
  assert.equal(await told, ["Note SESSION_LOST MAY_HAVE_RUN 1", "NoteInTurn SESSION_LOST MAY_HAVE_RUN 2", "Note SESSION_LOST NOT_RUN 3"]);
  assert.is(peers.client.stats().oneWaysFailed, 3);
});

test("of one-ways that cross the peer's orderly close those that it accepted are not told, the others are NOT_RUN", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] } });
  const told = failures(peers.client);
  peers.client.use(Probe).note({});
  await peers.clock.settle(0);
  void peers.session.close("enough");
  peers.client.use(Probe).noteInTurn({});
  await peers.clock.settle(0);
  assert.equal(await told, ["NoteInTurn SESSION_LOST NOT_RUN 1"]);
});

test("thousands are told without holding an error each", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] } });
  const told = failures(peers.client);
  peers.wires.cut();
  for (let number = 0; number < 10_000; number++) peers.client.use(Probe).note({ number });
  await peers.clock.settle(0);
  const all = await told;
  assert.is(all.at(-1), "Note SESSION_LOST NOT_RUN 10000");
  const { queuedCommands } = defaultLimits;
  assert.ok(all.length >= queuedCommands, `${all.length}: all that were sent; those that waited were rejected`);
});

test.run();
