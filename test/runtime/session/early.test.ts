import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import { connectPeers } from "../../support/command/peers.ts";
import { probe } from "../../support/command/probe.ts";

const test = suite("session/early");

const text = "x".repeat(1_000);

test("what a turn has collected leaves before the turn's end when it is much", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] } });
  const [writes] = peers.wires.writes;
  const before = writes.length;
  const proxy = peers.client.use(Probe);
  for (let at = 0; at < 15; at++) void proxy.note({ text });
  assert.is(writes.length, before);
  for (let at = 0; at < 20; at++) void proxy.note({ text });
  assert.is(writes.length, before + 2);
  for (const bytes of writes.slice(before)) assert.ok(bytes > 16_384 && bytes < 18_000, `${bytes} bytes`);
  peers.clock.flush();
  assert.is(writes.length, before + 3);
  await peers.close();
});

test("everything leaves at the turn's end once a class is in use that may overtake", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] } });
  const [writes] = peers.wires.writes;
  const proxy = peers.client.use(Probe);
  await peers.until(proxy.echoHigh({ text }), 1_000);
  const before = writes.length;
  for (let at = 0; at < 35; at++) void proxy.note({ text });
  assert.is(writes.length, before);
  peers.clock.flush();
  assert.ok(writes.length > before);
  await peers.close();
});

test("without a connection nothing leaves early, and with the next one all comes in order", async () => {
  const came: number[] = [];
  const handlers = [probe({ note: ({ number }) => void came.push(number) })];
  const peers = await connectPeers({ serve: { handlers, retentionMs: 60_000 }, connect: { retentionMs: 60_000 } });
  const proxy = peers.client.use(Probe);
  for (let number = 0; number < 100; number++) void proxy.note({ number, text });
  peers.wires.cut();
  await peers.clock.settle(0);
  for (let number = 100; number < 200; number++) void proxy.note({ number, text });
  await peers.until(peers.client.flush(), 60_000);
  assert.equal(
    came,
    Array.from({ length: 200 }, (_, at) => at),
  );
  await peers.close();
});

test.run();
