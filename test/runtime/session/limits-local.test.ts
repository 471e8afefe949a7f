import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe, Text } from "../../../generated/example/probe/v1/probe.ts";
import type { Client } from "../../../runtime/client.ts";
import { CommandError } from "../../../runtime/errors/command-error.ts";
import { encode } from "../../../runtime/schema/codec.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import type { Limits } from "../../../runtime/session/limits.ts";
import { frame } from "../../support/session/frames.ts";
import { type RawPeer, rawServer } from "../../support/session/raw-peer.ts";
import { World } from "../../support/session/world.ts";

const { REQUEST, SEND, ITEM, ACK, CREDIT, FAIL, REPLY } = FrameType;

interface Scene {
  readonly world: World;
  readonly client: Client;
  readonly raw: RawPeer;
}

/** A client, and a server that says these limits and then only listens: it acknowledges, credits and answers nothing by itself. */
async function silentServer(told: Partial<Limits>, own: Partial<Limits> = {}, sendTimeoutMs = 1_000): Promise<Scene> {
  const world = new World();
  const peers = rawServer(world, told);
  const client = await world.connect({ limits: own, sendTimeoutMs, livenessTimeoutMs: 1_000_000 });
  return { world, client, raw: peers[0]! };
}

/** A text whose encoding has exactly `bytes` bytes. */
function textOf(bytes: number): { readonly text: string } {
  for (let length = bytes; ; length--) if (encode(Text, { text: "x".repeat(length) }).length === bytes) return { text: "x".repeat(length) };
}

/** Fails at once and locally, NOT_RUN, with an error that names the limit, the size and the command. */
async function refused(world: World, call: Promise<unknown>, limit: RegExp, command: string): Promise<void> {
  const error = await world.failure(call);
  assert.ok(CommandError.is(error), String(error));
  assert.equal([error.code, error.outcome, error.command], ["RESOURCE_EXHAUSTED", "NOT_RUN", `example.probe.v1.Probe/${command}`]);
  assert.match(error.message, limit);
  assert.match(error.message, new RegExp(`Probe/${command}: `));
}

async function* forever<T>(item: T, pulled: { count: number }): AsyncGenerator<T> {
  for (;;) {
    pulled.count++;
    yield item;
  }
}

const test = suite("session/limits at N and at N+1, locally");

test("decodeElements: of requests", async () => {
  const { world, client } = await silentServer({ decodeElements: 10 });
  const probe = client.use(Probe);
  const members = Array.from({ length: 10 }, () => ({}));
  probe.count({ members }).catch(() => {});
  const limit = /its message has 11 objects and entries; the limit decodeElements is 10/;
  await refused(world, probe.count({ members: [...members, {}] }), limit, "Count");
});

test("messageBytes: of requests, one-ways and items", async () => {
  const { world, client, raw } = await silentServer({ messageBytes: 1_000 });
  const probe = client.use(Probe);
  probe.echo(textOf(1_000)).catch(() => {});
  await world.until(probe.note(textOf(1_000)));
  const items = (async function* () {
    yield textOf(1_000);
    yield textOf(1_001);
  })();
  const tooLarge = await world.failure(probe.up(items));
  assert.ok(CommandError.is(tooLarge));
  assert.match(tooLarge.message, /Probe\/Up: its message has 1001 bytes; the limit messageBytes is 1000/);
  assert.equal([tooLarge.code, tooLarge.outcome], ["RESOURCE_EXHAUSTED", "MAY_HAVE_RUN"], "its handler has begun");
  await refused(world, probe.echo(textOf(1_001)), /its message has 1001 bytes; the limit messageBytes is 1000/, "Echo");
  await refused(world, probe.note(textOf(1_001)), /its message has 1001 bytes; the limit messageBytes is 1000/, "Note");
  assert.equal([raw.ofType(REQUEST).length, raw.ofType(SEND).length, raw.ofType(ITEM).length], [2, 1, 1]);
  assert.is(client.state, "open");
});

test("messageBytes: of what has to wait, told at once and not when its turn comes", async () => {
  const { world, client } = await silentServer({ messageBytes: 1_000, queuedCommands: 1 });
  const probe = client.use(Probe);
  await world.until(probe.note({}));
  await refused(world, probe.echo(textOf(1_001)), /limit messageBytes is 1000/, "Echo");
});

test("commandsInFlight: counts what waits as well", async () => {
  for (const queuedCommands of [1, 100]) {
    const { world, client } = await silentServer({ commandsInFlight: 3, queuedCommands });
    const probe = client.use(Probe);
    for (let count = 0; count < 3; count++) probe.echo({}).catch(() => {});
    await refused(world, probe.turn({}), /3 commands are in flight; the limit commandsInFlight is 3/, "Turn");
    await world.until(
      probe.note({}).catch(() => {}),
      1_100,
    );
    assert.is(client.state, "open");
  }
});

test("commandsInFlight: a place is free when the peer has sent the end, and not before", async () => {
  const { world, client, raw } = await silentServer({ commandsInFlight: 1 });
  const probe = client.use(Probe);
  const controller = new AbortController();
  const first = probe.echo({}, { signal: controller.signal });
  await world.settle();
  controller.abort();
  assert.is(((await world.failure(first)) as CommandError).code, "CANCELLED");
  await refused(world, probe.echo({}), /limit commandsInFlight is 1/, "Echo");
  await raw.send(frame(FAIL, 1));
  const second = probe.echo({});
  await world.settle();
  await raw.send(frame(REPLY, 3));
  await world.until(second);
});

test("streams: counts what waits as well", async () => {
  for (const queuedCommands of [1, 100]) {
    const { world, client } = await silentServer({ streams: 2, queuedCommands });
    const probe = client.use(Probe);
    for (let count = 0; count < 2; count++) probe.up([]).catch(() => {});
    await refused(world, probe.up([]), /2 streams are open; the limit streams is 2/, "Up");
    const stream = probe.down({})[Symbol.asyncIterator]();
    await refused(world, stream.next(), /limit streams is 2/, "Down");
  }
});

test("commandNames: a name beyond them is not called, those that are known still are", async () => {
  const { world, client, raw } = await silentServer({ commandNames: 2 });
  const probe = client.use(Probe);
  await world.until(Promise.all([probe.note({}), probe.noteInTurn({}), probe.note({})]));
  await refused(world, probe.echo({}), /2 different commands were called; the limit commandNames is 2/, "Echo");
  await world.until(probe.note({}));
  assert.is(raw.ofType(SEND).length, 4);
});

test("queuedCommands: the next one waits for credit, leaves with it, and fails after sendTimeoutMs without", async () => {
  const { world, client, raw } = await silentServer({ queuedCommands: 3 });
  const probe = client.use(Probe);
  await world.until(Promise.all([probe.note({}), probe.note({}), probe.note({})]));
  const fourth = probe.note({});
  await world.settle(900);
  assert.is(raw.ofType(SEND).length, 3);
  await raw.send(frame(CREDIT, 0, 4, 1_000_000));
  await world.until(fourth);
  assert.is(raw.ofType(SEND).length, 4);
  const fifth = probe.note({});
  fifth.catch(() => {});
  await world.settle(1_020);
  await refused(world, fifth, /1000 ms \(sendTimeoutMs\)/, "Note");
});

test("queuedBytes: a command starts while a byte is left, and the next one waits", async () => {
  const { world, client, raw } = await silentServer({ queuedBytes: 1_000 });
  const probe = client.use(Probe);
  await world.until(Promise.all([probe.note(textOf(900)), probe.note(textOf(900))]));
  const third = probe.note({});
  await world.settle();
  assert.is(raw.ofType(SEND).length, 2);
  await raw.send(frame(CREDIT, 0, 100, 2_000));
  await world.until(third);
});

test("streamItems and streamBytes: the source is asked for no more than the peer allows", async () => {
  for (const [told, expected, oneMore] of [
    [{ streamItems: 5 }, 5, [6, 0]],
    [{ streamBytes: 1_000 }, 10, [0, 1_011]],
  ] as const) {
    const { world, client, raw } = await silentServer(told);
    const pulled = { count: 0 };
    client
      .use(Probe)
      .up(forever(textOf(100), pulled))
      .catch(() => {});
    await world.settle();
    // Bodies have an id of one byte besides the message.
    assert.is(raw.ofType(ITEM).length, expected);
    assert.ok(pulled.count <= expected + 1);
    await raw.send(frame(CREDIT, 1, ...oneMore));
    assert.is(raw.ofType(ITEM).length, expected + 1);
  }
});

test("outboxBytes: a send that finds it full waits for an acknowledgement; what waits is bounded by the same number", async () => {
  const { world, client, raw } = await silentServer({}, { outboxBytes: 1_000 });
  const probe = client.use(Probe);
  await world.until(Promise.all([probe.note(textOf(500)), probe.note(textOf(600))]));
  const waiting = [probe.note(textOf(600)), probe.note(textOf(400))];
  await refused(world, probe.note(textOf(100)), /1000 bytes wait for room; the limit outboxBytes is 1000/, "Note");
  assert.is(raw.ofType(SEND).length, 2);
  await raw.send(frame(ACK, 2));
  await world.until(Promise.all(waiting));
  assert.is(raw.ofType(SEND).length, 4);
});

test("waitingSends: one beyond them fails at once", async () => {
  const { world, client, raw } = await silentServer({ queuedCommands: 1 }, { waitingSends: 2 });
  const probe = client.use(Probe);
  await world.until(probe.note({}));
  const waiting = [probe.note({}), probe.note({})];
  await refused(world, probe.note({}), /2 sends wait for room; the limit waitingSends is 2/, "Note");
  await raw.send(frame(CREDIT, 0, 100, 1_000_000));
  await world.until(Promise.all(waiting));
});

test.run();
