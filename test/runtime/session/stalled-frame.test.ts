import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FrameType } from "../../../runtime/session/frame.ts";
import { Priority } from "../../../runtime/session/priority.ts";
import { frame, join } from "../../support/session/frames.ts";
import { introduce, Kind, known, oneWay, text } from "../../support/session/probe-frames.ts";
import { rawClient } from "../../support/session/raw-peer.ts";
import { World } from "../../support/session/world.ts";

const big = oneWay(introduce("Note", Kind.ONE_WAY), text({ text: "x".repeat(1_000_000) }));

/** A server without suspicion of silence, and a peer that sends a frame in the pieces of the test. */
async function meeting() {
  const world = new World();
  const server = await world.serve({ livenessTimeoutMs: 600_000, keepAliveMs: 600_000 });
  const bystander = await world.connect({ keepAliveMs: 600_000, livenessTimeoutMs: 600_000 });
  const raw = await rawClient(world);
  return { world, server, bystander, raw };
}

const test = suite("session/stalled frame");

test("a message of which nothing more comes is let go: it fails alone when its end comes, and everything else goes on", async () => {
  const { world, raw, server, bystander } = await meeting();
  await raw.send(big.slice(0, 10_000));
  await world.settle(61_000);
  await raw.sendAs(Priority.HIGH, oneWay(introduce("NoteHigh", Kind.ONE_WAY)), frame(FrameType.PING, 7));
  assert.equal([raw.ending, raw.ofType(FrameType.PONG).length], [undefined, 1]);
  const session = [...server.sessions()][1]!;
  assert.equal([session.stats().commandsHandled, session.stats().oneWaysRefused], [1, 0]);
  await raw.send(big.slice(10_000), oneWay(known(1)));
  assert.equal([session.stats().commandsHandled, session.stats().oneWaysRefused, raw.closed], [2, 1, undefined]);
  assert.ok(await world.answers(bystander));
});

test("one that trickles is let go too; one that comes slowly is not", async () => {
  for (const [bytes, refused] of [
    [1_000, 1],
    [2_000, 0],
  ] as const) {
    const { world, raw, server } = await meeting();
    await raw.send(big.slice(0, 10_000));
    let at = 10_000;
    for (let turn = 0; turn < 30; turn++, at += bytes) {
      await raw.send(big.slice(at, at + bytes));
      await world.settle(10_000);
    }
    for (; at < big.length; at += 60_000) await raw.send(big.slice(at, at + 60_000));
    const session = [...server.sessions()][1]!;
    assert.equal([session.stats().oneWaysRefused, raw.ending], [refused, undefined], `${bytes} bytes each 10 s`);
    await world.settle(60_000);
    assert.is(raw.ending, undefined);
  }
});

test("a frame of the session itself of which nothing more comes ends its connection after 30 s, and no other one", async () => {
  const { world, raw, server, bystander } = await meeting();
  await raw.send(frame(FrameType.COMPARE, new Uint8Array(100_000)).slice(0, 10_000));
  await world.settle(29_000);
  assert.is(raw.ending, undefined);
  await world.settle(2_000);
  assert.is(raw.ending, "TRANSPORT");
  assert.is(raw.closed, undefined, "the connection, not the session");
  assert.is([...server.sessions()].length, 1);
  assert.ok(await world.answers(bystander));
});

test("a message that stands still is let go also beside a frame of the session itself that comes slowly", async () => {
  const { world, raw, server } = await meeting();
  const compare = frame(FrameType.COMPARE, new Uint8Array(200_000));
  await raw.sendAs(Priority.CONTROL, compare.slice(0, 10_000));
  await raw.send(big.slice(0, 10_000));
  for (let at = 10_000; at < 70_000; at += 10_000) {
    await world.settle(15_000);
    await raw.sendAs(Priority.CONTROL, compare.slice(at, at + 10_000));
  }
  await raw.send(big.slice(10_000));
  assert.equal([[...server.sessions()][1]!.stats().oneWaysRefused, raw.ending], [1, undefined]);
});

test("a record whose length was damaged swallows what follows it, and ends its connection after 30 s, busy with pings as it is", async () => {
  const { world, raw, server, bystander } = await meeting();
  raw.transport.write(Uint8Array.of(0xff, 0xff));
  for (let second = 0; second < 29; second++) {
    await raw.send(frame(FrameType.PING, 2 * second), frame(FrameType.PING, 2 * second + 1));
    await world.settle(1_000);
  }
  assert.is(raw.ofType(FrameType.PONG).length, 0);
  assert.is(raw.ending, undefined);
  await world.settle(3_000);
  assert.is(raw.ending, "TRANSPORT");
  assert.is(raw.closed, undefined, "the connection, not the session");
  assert.is([...server.sessions()].length, 1);
  assert.ok(await world.answers(bystander));
});

test("records that come in pieces, one after the other, are no stall", async () => {
  const { world, raw } = await meeting();
  const { write } = raw.transport;
  const pieces: Uint8Array[] = [];
  raw.transport.write = (bytes) => {
    pieces.push(bytes.slice());
    return true;
  };
  // At every look one record is half there.
  for (let number = 0; number < 50; number++) raw.put(frame(FrameType.PING, number));
  const bytes = join(...pieces);
  for (let at = 0; at < bytes.length; at += 17) {
    write.call(raw.transport, bytes.slice(at, at + 17));
    await world.settle(5_000);
  }
  assert.is(raw.ending, undefined);
  assert.ok(raw.ofType(FrameType.PONG).length > 40);
});

test("a frame in more records than it may lie in ends the session", async () => {
  const { raw } = await meeting();
  for (let at = 0; at < 30 && raw.closed === undefined; at++) await raw.send(frame(FrameType.SEND, new Uint8Array(200)).slice(at, at + 1));
  assert.is(raw.closed?.reason, "PROTOCOL_ERROR");
  assert.match(raw.closed!.message, /a frame of 203 bytes comes in more than 8 records/);
});

test.run();
