import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import type { CommandError } from "../../../runtime/errors/command-error.ts";
import { timersOf } from "../../../runtime/time/timers-of.ts";
import type { Transport } from "../../../runtime/transport/transport.ts";
import { collect, Gate, probe } from "../../support/command/probe.ts";
import { type Side, World } from "../../support/session/world.ts";

/** A network whose bytes are swallowed from a moment on, without an end. */
function swallowing(sides: readonly Side[] = ["client", "server"]): { readonly world: World; readonly silence: () => void } {
  let silent = false;
  const world = new World({
    wire: (transport, side) => {
      const { write } = transport;
      transport.write = (bytes) => (silent && sides.includes(side) ? true : write.call(transport, bytes));
      return transport;
    },
  });
  const silence = (): void => {
    silent = true;
  };
  return { world, silence };
}

const TIMEOUT = 3_000;
/** Long delays end on the wheel's coarse tick; three of them follow each other. */
const SLACK = 40;

const outcome = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "resolved",
    (error: CommandError) => `${error.code} ${error.outcome}`,
  );

const test = suite("session/dead peer");

test("a peer that vanishes is found within livenessTimeoutMs, and everything pending fails with what is known of it", async () => {
  const { world, silence } = swallowing();
  const gate = new Gate();
  const server = await world.serve({ handlers: [probe({ echo: gate.handler })], livenessTimeoutMs: TIMEOUT });
  const client = await world.connect({ livenessTimeoutMs: TIMEOUT, limits: { outboxBytes: 5_000 } });
  const proxy = client.use(Probe);
  const running = outcome(proxy.echo({}));
  const stream = outcome(collect(proxy.both([])));
  await world.settle(100);
  silence();
  const sent = world.clock.now();
  const flying = outcome(proxy.echo({ text: "x".repeat(6_000) }));
  const oneWayFlying = outcome(proxy.note({}));
  const waiting = outcome(proxy.echo({ text: "waits for room" }));
  const flushed = outcome(client.flush());
  const end = await world.until(client.closed, TIMEOUT + SLACK);
  assert.is(end.reason, "PEER_DEAD");
  assert.ok(world.clock.now() - sent <= TIMEOUT + SLACK, `${world.clock.now() - sent} ms`);
  const outcomes = await world.until(Promise.all([running, stream, flying, oneWayFlying, waiting, flushed]));
  assert.equal(outcomes, [
    "SESSION_LOST MAY_HAVE_RUN",
    "resolved",
    "SESSION_LOST MAY_HAVE_RUN",
    "SESSION_LOST NOT_RUN",
    "SESSION_LOST NOT_RUN",
    "SESSION_LOST MAY_HAVE_RUN",
  ]);
  const after = (await world.failure(proxy.echo({}))) as CommandError;
  assert.equal([after.code, after.outcome], ["SESSION_LOST", "NOT_RUN"]);
  await world.settle(6_000);
  for (const { open } of gate.entered) open();
  await world.until(server.close(), 10_000);
  await world.settle();
  assert.is(timersOf(world.clock).size, 0);
});

test("a peer that vanishes while all that is outstanding waits for its credit is found as soon", async () => {
  const { world, silence } = swallowing();
  const gate = new Gate();
  const handlers = [probe({ noteInTurn: gate.handler as never })];
  await world.serve({ handlers, limits: { queuedCommands: 1 } });
  const client = await world.connect({ livenessTimeoutMs: TIMEOUT, sendTimeoutMs: 60_000 });
  const proxy = client.use(Probe);
  // The first one's handler runs, the second waits for it there, and both are accepted.
  for (let count = 0; count < 2; count++) await world.until(proxy.noteInTurn({}));
  await world.settle(1_000);
  silence();
  const waiting = outcome(proxy.noteInTurn({}));
  const began = world.clock.now();
  assert.is((await world.until(client.closed, TIMEOUT + SLACK)).reason, "PEER_DEAD");
  assert.ok(world.clock.now() - began <= TIMEOUT + SLACK, `${world.clock.now() - began} ms`);
  assert.is(await waiting, "SESSION_LOST NOT_RUN");
});

test("a server finds a client that vanished while it was quiet, and its status says so", async () => {
  const { world, silence } = swallowing();
  const server = await world.serve({ livenessTimeoutMs: TIMEOUT, keepAliveMs: 5_000 });
  await world.connect({ keepAliveMs: 100_000 });
  const [session] = server.sessions();
  await world.settle(1_000);
  silence();
  const end = await world.until(session!.closed, 5_000 + TIMEOUT);
  assert.is(end.reason, "PEER_DEAD");
  assert.equal([...server.sessions()], []);
});

test("a client whose server's pings stay away asks, and finds out", async () => {
  const { world, silence } = swallowing(["server"]);
  await world.serve({ keepAliveMs: 5_000 });
  const client = await world.connect({ keepAliveMs: 5_000, livenessTimeoutMs: TIMEOUT });
  silence();
  const end = await world.until(client.closed, 5_000 + 2 * TIMEOUT);
  assert.is(end.reason, "PEER_DEAD");
});

test("a quiet session lives for as long as both ends do", async () => {
  const world = new World();
  await world.serve();
  const client = await world.connect();
  await world.settle(3_600_000);
  assert.is(client.state, "open");
  assert.ok(await world.answers(client));
});

test("an answer may take longer than any probe", async () => {
  const world = new World();
  const gate = new Gate();
  await world.serve({ handlers: [probe({ later: gate.handler })], livenessTimeoutMs: TIMEOUT });
  const client = await world.connect({ livenessTimeoutMs: TIMEOUT });
  const answer = client.use(Probe).later({}, { timeoutMs: 1_000_000 });
  await world.settle(500_000);
  gate.entered[0]!.open({ text: "at last" });
  assert.is((await world.until(answer)).text, "at last");
});

test("a connection that breaks is told at once, to both ends, as what it was", async () => {
  const transports: Transport[] = [];
  const world = new World({
    wire: (transport) => {
      transports.push(transport);
      return transport;
    },
  });
  const server = await world.serve();
  const client = await world.connect();
  const [session] = server.sessions();
  const failed = outcome(client.use(Probe).later({}));
  await world.settle();
  transports[0]!.destroy();
  await world.settle();
  const ends = await world.until(Promise.all([client.closed, session!.closed]));
  assert.equal(
    ends.map(({ reason, by }) => `${reason} ${by}`),
    ["TRANSPORT_FAILED connection", "TRANSPORT_FAILED connection"],
  );
  assert.is(await failed, "SESSION_LOST MAY_HAVE_RUN");
  await world.until(server.close(), 10_000);
});

test.run();
