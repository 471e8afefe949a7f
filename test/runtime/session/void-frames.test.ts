import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Reader } from "../../../runtime/bytes/reader.ts";
import type { IncomingCommand } from "../../../runtime/command/incoming-command.ts";
import { IncomingQueue } from "../../../runtime/command/incoming-queue.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import { defaultLimits } from "../../../runtime/session/limits.ts";
import { Outboxes } from "../../../runtime/session/outboxes.ts";
import { Gate, probe } from "../../support/command/probe.ts";
import { frame, numbersOf, type Part } from "../../support/session/frames.ts";
import { cancel, end, introduce, item, Kind, known, oneWay, request, text } from "../../support/session/probe-frames.ts";
import { rawClient } from "../../support/session/raw-peer.ts";
import { World } from "../../support/session/world.ts";

const voided = (id: number, size: number, ...name: readonly Part[]): Uint8Array => frame(FrameType.VOID, id, size, ...name);
const ORDERED = 1;
const AFTER_SUCCESS = 2;

async function meeting(limits = {}) {
  const world = new World();
  const ran: number[] = [];
  const gate = new Gate();
  const note = ({ number }: { readonly number: number }): void => void ran.push(number);
  const echo = ({ number }: { readonly number: number }) => ({ number: ran.push(number) });
  const server = await world.serve({ limits, handlers: [probe({ echo, turn: gate.handler, note })] });
  const raw = await rawClient(world);
  const [session] = server.sessions();
  return { world, raw, ran, gate, session: session! };
}

const test = suite("session/void-frames");

test("VOID keeps its id and its name, runs nothing and is not answered; frames about it are ignored", async () => {
  const { raw, ran, session } = await meeting();
  await raw.send(voided(1, 40, ...introduce("Echo", Kind.UNARY)), voided(0, 40, ...introduce("Note", Kind.ONE_WAY)));
  await raw.send(item(1), end(1), cancel(1), frame(FrameType.CREDIT, 1, 10, 10));
  await raw.send(request(3, known(1), text({ number: 3 })), oneWay(known(2), text({ number: 4 })));
  assert.equal(ran, [3, 4]);
  assert.equal(
    raw.ofType(FrameType.REPLY).map(({ body }) => numbersOf(body, 1)[0]),
    [3],
  );
  assert.is(session.stats().commandsPending, 0);
  await raw.send(request(1, known(1)));
  assert.is(raw.closed?.reason, "PROTOCOL_ERROR");
});

test("what depends on VOID does not run; what does not, does", async () => {
  const { raw, ran } = await meeting();
  await raw.send(oneWay(introduce("Note", Kind.ONE_WAY), text({ number: 1 })), voided(0, 9));
  await raw.send(oneWay(known(1), text({ number: 2 }), AFTER_SUCCESS | ORDERED), oneWay(known(1), text({ number: 3 })));
  assert.equal(ran, [1, 3]);
});

test("VOID keeps its place behind an ordered command that still runs", async () => {
  const { raw, ran, gate, world } = await meeting();
  await raw.send(request(1, introduce("Turn", Kind.UNARY), text(), ORDERED), voided(0, 9));
  await raw.send(oneWay(introduce("Note", Kind.ONE_WAY), text({ number: 2 }), AFTER_SUCCESS), oneWay(known(2), text({ number: 3 })));
  assert.equal(ran, []);
  gate.entered[0]!.open();
  await world.settle();
  assert.equal(ran, [3]);
});

for (const [what, frames] of [
  ["of an id that does not follow", [voided(3, 9), voided(1, 9)]],
  ["of an id of the other side", [voided(2, 9)]],
  ["with more in it than a name", [voided(0, 9, ...introduce("Note", Kind.ONE_WAY), 1)]],
  ["of a larger size than a command may have", [voided(0, defaultLimits.messageBytes + 1_025)]],
  ["of an unknown name", [voided(0, 9, 5)]],
  ["without its size", [frame(FrameType.VOID, 1)]],
] as const) {
  test(`VOID ${what} ends the session`, async () => {
    const { raw } = await meeting();
    await raw.send(...frames);
    assert.is(raw.closed?.reason, "PROTOCOL_ERROR");
  });
}

test("VOID takes credit and gives it back, also behind a handler that never ends; beyond the credit it ends the session", async () => {
  const { raw, session } = await meeting({ queuedCommands: 10 });
  await raw.send(request(1, introduce("Turn", Kind.UNARY), text(), ORDERED));
  for (let round = 0; round < 100; round++) await raw.send(...Array.from({ length: 5 }, () => voided(0, 9)));
  assert.is(session.state, "open", raw.closed?.message);
  await raw.send(...Array.from({ length: 11 }, () => voided(0, 9)));
  assert.is(raw.closed?.reason, "PROTOCOL_ERROR");
});

test("any number of them behind a handler that never ends takes no memory", () => {
  const queue = new IncomingQueue(new Outboxes(1, { schedule() {} }).normal, {
    mayStart: () => false,
    start: () => {},
    reach: () => false,
  });
  const command = {} as IncomingCommand;
  queue.push(command, new Reader(new Uint8Array()));
  const before = process.memoryUsage().heapUsed;
  for (let count = 0; count < 2_000_000; count++) queue.skip();
  const grown = process.memoryUsage().heapUsed - before;
  assert.ok(grown < 4 * 1024 * 1024, `${grown} bytes`);
});

test.run();
