import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import { connectPeers } from "../../support/command/peers.ts";
import { probe } from "../../support/command/probe.ts";
import { introduce, Kind, known, oneWay } from "../../support/session/probe-frames.ts";
import { rawClient } from "../../support/session/raw-peer.ts";
import { World } from "../../support/session/world.ts";

const test = suite("command/commands per second");

test("a peer that keeps to the rules is slowed down: every command runs, in order, and none too early", async () => {
  const at: number[] = [];
  const order: number[] = [];
  const peers = await connectPeers({
    serve: {
      handlers: [
        probe({
          note({ number }) {
            at.push(peers.clock.now());
            order.push(number);
          },
        }),
      ],
      limits: { commandsPerSecond: 10, queuedCommands: 8 },
    },
    connect: { sendTimeoutMs: 60_000 },
  });
  const proxy = peers.client.use(Probe);
  const sent = Array.from({ length: 50 }, (_, number) => proxy.note({ number }));
  await peers.until(Promise.all(sent), 60_000);
  await peers.until(peers.client.flush(), 60_000);
  await peers.clock.settle(10_000);
  assert.equal(
    order,
    Array.from({ length: 50 }, (_, number) => number),
  );
  for (let start = 0; start + 10 < at.length; start++)
    assert.ok(at[start + 10]! - at[start]! >= 99.999, `eleven within ${at[start + 10]! - at[start]!} ms`);
  assert.is(at.at(-1)! - at[0]!, 4_000, "and no later than that");
  assert.is(peers.client.state, "open");
  await peers.close();
});

test("a peer that floods fills its credit, then breaks the protocol; nothing more starts, and others are not slowed", async () => {
  const world = new World();
  let started = 0;
  await world.serve({ handlers: [probe({ note: () => void started++ })], limits: { commandsPerSecond: 5, queuedCommands: 20 } });
  const bystander = await world.connect();
  const raw = await rawClient(world);
  await raw.send(oneWay(introduce("Note", Kind.ONE_WAY)), ...Array.from({ length: 19 }, () => oneWay(known(1))));
  assert.is(started, 5);
  assert.is(raw.closed, undefined);
  await world.settle(2_000);
  assert.is(started, 15);
  await raw.send(...Array.from({ length: 100 }, () => oneWay(known(1))));
  assert.is(raw.closed?.reason, "PROTOCOL_ERROR");
  assert.match(raw.closed!.message, /without credit/);
  await world.settle(60_000);
  assert.is(started, 15);
  assert.ok(await world.answers(bystander));
});

test("a drained session still runs what waits for its pace", async () => {
  let started = 0;
  const peers = await connectPeers({
    serve: { handlers: [probe({ echo: () => ({ number: ++started }) })], limits: { commandsPerSecond: 2 } },
  });
  const calls = Promise.all(Array.from({ length: 6 }, () => peers.client.use(Probe).echo({})));
  const drained = peers.client.drain();
  await peers.until(drained, 10_000);
  assert.is((await calls).length, 6);
  assert.is(started, 6);
});

test.run();
