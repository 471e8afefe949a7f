import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Lobby, type LobbyHandlers, Player } from "../../../../generated/example/lobby/v1/lobby.ts";
import { Probe } from "../../../../generated/example/probe/v1/probe.ts";
import { SchemaMismatch, SchemaMismatch_Direction as Direction } from "../../../../generated/zserver/protocol/v1/negotiation.ts";
import { FieldType } from "../../../../generated/zserver/protocol/v1/schema.ts";
import { implement, type Implementation } from "../../../../runtime/command/handlers.ts";
import { CommandError } from "../../../../runtime/errors/command-error.ts";
import { serviceInfo } from "../../../../runtime/schema/service-type.ts";
import { connectPeers, type Peers, type PeersOptions } from "../../../support/command/peers.ts";
import { probe } from "../../../support/command/probe.ts";
import { note } from "../../../support/report.ts";
import { cutAfter } from "../../../support/session/cut-after.ts";
import { World } from "../../../support/session/world.ts";
import { edited, larger, released, retyped, without } from "../../../support/schema/edited.ts";

export const testTimeoutMs = 60_000;

const test = suite("command/schema/negotiation");

const echoed = retyped("Echo", 2, FieldType.DOUBLE);
const newer = edited(Probe, "2.0.0", echoed);
const older = edited(Probe, "1.0.0", without("Weigh"));

/** The handlers of Probe under another description. */
function probeAs(service: typeof Probe, handlers: Parameters<typeof probe>[0] = {}): Implementation {
  return implement(service, probe(handlers).handlers as never);
}

function pair(server: typeof Probe, client: typeof Probe, options: PeersOptions = {}): Promise<Peers> {
  return connectPeers({
    serve: { handlers: [probeAs(server)], ...options.serve },
    connect: { services: [client], ...options.connect },
  });
}

/** Bytes that each side wrote until the session was open, behind its first packet. */
function handshake({ wires }: Peers): { readonly client: number[]; readonly server: number[] } {
  const [client, server] = wires.writes;
  return { client: client.slice(1), server: server.slice(1) };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

test("an equal schema costs 20 bytes in the client's hello and 8 for each service, nothing in the answer, and no roundtrip", async () => {
  const handlers = [probe(), implement(Player, { heard() {}, ready: () => ({}) })];
  const bare = await connectPeers({ serve: { handlers: [] } });
  const named = await connectPeers({
    serve: { handlers: [probe()], services: [Lobby] },
    connect: { services: [Probe, Lobby] },
  });
  const more = await connectPeers({ serve: { handlers: [probe()] }, connect: { handlers, services: [Lobby] } });
  const [none, two, three] = [bare, named, more].map(handshake);
  assert.is(two!.client.length, none!.client.length);
  assert.is(sum(two!.client) - sum(none!.client), 20 + 2 * 8);
  assert.is(sum(three!.client) - sum(none!.client), 20 + 3 * 8);
  // A client that names nothing is told the server's releases, which are none here: an empty message.
  assert.is(sum(two!.server), sum(none!.server) - 2);
  assert.is(sum(three!.server), sum(two!.server));
  for (const peers of [bare, named, more]) await peers.close();
});

test("an unequal and unknown schema of 200 commands costs one roundtrip and less than 32 KiB", async () => {
  const big = edited(Probe, "1.0.0", larger(200));
  const bigger = edited(Probe, "2.0.0", (description) => echoed({ ...description, ...larger(201)(description) } as never));
  const equal = await pair(big, big);
  const unequal = await pair(bigger, big);
  const [before, after] = [equal, unequal].map(handshake);
  assert.is(after!.client.length - before!.client.length, 1);
  assert.is(after!.server.length - before!.server.length, 1);
  const cost = sum(after!.client) + sum(after!.server) - sum(before!.client) - sum(before!.server);
  note(`200 commands of two messages of ten fields: ${cost} bytes`);
  assert.ok(cost > 4096 && cost < 32_768, `${cost} bytes`);
  assert.is(unequal.client.supports(Probe.commands.echo), false);
  assert.is(unequal.client.supports(Probe.commands.turn), true);
  for (const peers of [equal, unequal]) await peers.close();
});

test("a command that the server would misread fails before anything is sent, and the others work", async () => {
  const peers = await pair(newer, Probe);
  const { client, session, wires } = peers;
  assert.is(client.supports(Probe.commands.echo), false);
  assert.is(client.supports(Probe.commands.turn), true);
  assert.is(session.peerSchema.services[0]!.commands.find(({ name }) => name.endsWith("/Echo"))!.ok, false);
  const sent = wires.writes[0].length;
  const error = await peers.failure(client.use(Probe).echo({ text: "a", number: 1 }));
  assert.is(wires.writes[0].length, sent);
  assert.ok(CommandError.is(error));
  assert.is(error.code, "SCHEMA_MISMATCH");
  assert.is(error.outcome, "NOT_RUN");
  assert.equal(error.detail(SchemaMismatch), {
    command: "example.probe.v1.Probe/Echo",
    direction: Direction.REQUEST,
    rule: "TYPE",
    field: "2",
    version: "",
    peerVersion: "2.0.0",
  });
  assert.is((await peers.until(client.use(Probe).turn({ text: "b" }))).text, "b");
  await peers.close();
});

test("a command that the server does not have is absent", async () => {
  const peers = await pair(older, Probe);
  assert.is(peers.client.supports(Probe.commands.weigh), false);
  const error = (await peers.failure(peers.client.use(Probe).weigh({}))) as CommandError;
  assert.is(error.detail(SchemaMismatch)?.rule, "ABSENT");
  assert.is(error.detail(SchemaMismatch)?.direction, Direction.NONE);
  assert.is(peers.client.peerSchema.release, "1.0.0");
  assert.is(peers.client.peerSchema.root, older[serviceInfo].schema.release.root);
  await peers.close();
});

test("a service that the server has nothing of is absent with all its commands", async () => {
  const peers = await connectPeers({ serve: { handlers: [probeAs(newer)] }, connect: { services: [Probe, Lobby] } });
  const error = (await peers.failure(peers.client.use(Lobby).join({ room: "a" }))) as CommandError;
  assert.is(error.code, "SCHEMA_MISMATCH");
  assert.is(error.detail(SchemaMismatch)?.rule, "ABSENT");
  await peers.close();
});

test("a client of a release that the server keeps is asked for nothing, and its release is known", async () => {
  const peers = await pair(newer, older, { serve: { releases: [released(older)] } });
  const { client, server } = handshake(peers);
  assert.is(client.length, 1);
  assert.is(server.length, 1);
  assert.is(peers.session.peerSchema.release, "1.0.0");
  assert.is(peers.client.supports(older.commands.echo), false);
  assert.is(peers.client.supports(older.commands.turn), true);
  await peers.close();
});

test("a service that is first used later is compared first, and its calls keep their order with others", async () => {
  const order: string[] = [];
  const handlers = [probeAs(newer, { note: ({ text }) => void order.push(text) }), implement(Lobby, lobby(order))];
  const peers = await connectPeers({ serve: { handlers }, connect: { services: [Lobby] } });
  const lobbyProxy = peers.client.use(Lobby);
  assert.throws(() => peers.client.supports(Probe.commands.note), /name example.probe.v1.Probe in `services`, or use it/);
  const probeProxy = peers.client.use(Probe);
  assert.is(peers.client.supports(Probe.commands.note), false);
  const first = probeProxy.note({ text: "first" });
  const second = lobbyProxy.say({ text: "second" });
  const refused = peers.failure(probeProxy.echo({ text: "never" }));
  await peers.until(Promise.all([first, second, peers.client.flush()]), 100);
  assert.equal(order, ["first", "second"]);
  assert.is(((await refused) as CommandError).code, "SCHEMA_MISMATCH");
  assert.is(peers.client.supports(Probe.commands.note), true);
  assert.equal(peers.log, []);
  await peers.close();
});

test("a service of the server's own root is used later without a word", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] } });
  const { length } = peers.wires.writes[0];
  const proxy = peers.client.use(Probe);
  await peers.clock.settle(0);
  assert.is(peers.wires.writes[0].length, length);
  assert.is(peers.client.supports(Probe.commands.echo), true);
  assert.is((await peers.until(proxy.echo({ text: "a" }))).text, "a");
  await peers.close();
});

for (const named of [true, false]) {
  test(`the server judges what it calls at its client${named ? "" : ", also when it did not name it"}`, async () => {
    const peers = await connectPeers({
      serve: { services: named ? [newer] : [] },
      connect: { handlers: [probe()] },
    });
    const proxy = peers.session.use(newer);
    assert.is((await peers.until(proxy.turn({ text: "b" }))).text, "b");
    const error = (await peers.failure(proxy.echo({ text: "a" }))) as CommandError;
    assert.is(error.code, "SCHEMA_MISMATCH");
    assert.is(peers.client.peerSchema.services[0]!.commands.find(({ name }) => name.endsWith("/Echo"))!.ok, false);
    await peers.close();
  });
}

test("code of several schemas in one program: each service is judged by its own", async () => {
  const handlers = [probeAs(newer), implement(Lobby, lobby([]))];
  const peers = await connectPeers({ serve: { handlers }, connect: { services: [Probe, Lobby] } });
  assert.is(peers.client.supports(Probe.commands.echo), false);
  assert.is(peers.client.supports(Lobby.commands.join), true);
  assert.is(peers.client.supports(Probe.commands.turn), true);
  await peers.close();
});

test("a connection that is cut at any of its bytes while schemas are told leaves nothing wrong behind", async () => {
  const outcomes = new Map<string, number>();
  for (let bytes = 1; bytes < 1_400; bytes += 13) {
    for (const cutSide of ["client", "server"] as const) {
      let cut = false;
      const world = new World({
        wire: (transport, side) => {
          if (side !== cutSide || cut) return transport;
          cut = true;
          return cutAfter(transport, bytes);
        },
      });
      const server = await world.serve({ handlers: [probeAs(newer)], retentionMs: 60_000, livenessTimeoutMs: 1_500 });
      const options = { handlers: [], services: [Probe], retentionMs: 60_000, handshakeTimeoutMs: 2_000, livenessTimeoutMs: 1_500 };
      const client = await world.until(
        world.connecting(options).catch(() => world.connecting(options)),
        60_000,
      );
      assert.is((await world.until(client.use(Probe).turn({ text: "b" }), 60_000)).text, "b");
      assert.is(client.supports(Probe.commands.echo), false);
      const late = client.use(edited(Lobby, "1.0.0", larger(1)));
      const error = (await world.failure(late.join({}), 60_000)) as CommandError;
      assert.is(error.code, "SCHEMA_MISMATCH");
      outcomes.set(client.state, (outcomes.get(client.state) ?? 0) + 1);
      assert.equal(world.log, []);
      await world.until(Promise.all([client.close(), server.close()]), 10_000);
    }
  }
  assert.ok(outcomes.get("open")! > 100);
});

test("a member of a batch that cannot be exchanged fails alone, and what depends on it does not run", async () => {
  const peers = await pair(newer, Probe);
  const results = await peers.until(
    peers.client.batch((batch) => [batch.use(Probe).echo({}), batch.use(Probe).turn({ text: "b" })], { stopOnError: true }),
  );
  assert.equal(
    results.map((result) => (result.status === "rejected" ? (result.reason as CommandError).code : "ok")),
    ["SCHEMA_MISMATCH", "ABORTED"],
  );
  await peers.close();
});

function lobby(order: string[]): LobbyHandlers {
  return {
    join: () => ({}),
    say: ({ text }) => void order.push(text),
    match: () => ({}),
    history: () => [],
    import: () => ({}),
  };
}

test.run();
