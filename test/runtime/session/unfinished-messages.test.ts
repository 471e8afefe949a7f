import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readFailure } from "../../../generated/zserver/protocol/v1/session.ts";
import type { Text } from "../../../generated/example/probe/v1/probe.ts";
import { Reader } from "../../../runtime/bytes/reader.ts";
import { codeNumbers } from "../../../runtime/errors/code.ts";
import type { ServeOptions } from "../../../runtime/server.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import { Priority } from "../../../runtime/session/priority.ts";
import { assertError } from "../../support/command/assert-error.ts";
import { probe } from "../../support/command/probe.ts";
import { cutAfter } from "../../support/session/cut-after.ts";
import { frame, numbersOf } from "../../support/session/frames.ts";
import { end, introduce, item, Kind, known, oneWay, request, text } from "../../support/session/probe-frames.ts";
import { type RawPeer, rawClient, rawServer } from "../../support/session/raw-peer.ts";
import { World } from "../../support/session/world.ts";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";

const { HIGH, NORMAL, BULK } = Priority;
const MEBIBYTE = 1_048_576;
const large = (name: string, bytes: number): Uint8Array => text({ text: `${name}${"x".repeat(bytes)}` });
const echo = introduce("Echo", Kind.UNARY);

/** A server whose handlers tell what they got, and the makers of clients without rules. */
async function meeting(options: Partial<ServeOptions> = {}) {
  const started: string[] = [];
  const handle = ({ text, number }: Text): Text => {
    started.push(text.slice(0, 5));
    return { text: "", number };
  };
  const world = new World();
  const server = await world.serve({ handlers: [probe({ echo: handle, note: (note) => void handle(note) })], ...options });
  return { world, server, started, client: () => rawClient(world) };
}

/** Sends a frame in pieces that records hold. */
async function pour(raw: RawPeer, kind: number, bytes: Uint8Array, from = 0, to = bytes.length): Promise<void> {
  for (let at = from; at < to; at += 60_000) await raw.sendAs(kind, bytes.slice(at, Math.min(to, at + 60_000)));
}

/** The failures that came, by command. */
function failures(raw: RawPeer): (readonly [id: number, code: number, message: string])[] {
  return raw.ofType(FrameType.FAIL).map(({ body }) => {
    const reader = new Reader(body);
    const id = reader.uintNumber();
    const { code, message } = readFailure(reader, reader.end);
    return [id, code, message];
  });
}

const test = suite("session/unfinished messages");

test("one for which all sessions together have no room fails alone, in its place; what is behind it starts, and other sessions have what is set aside", async () => {
  const { started, client } = await meeting({ unfinishedBytes: 2 * MEBIBYTE });
  const [greedy, second, third] = [await client(), await client(), await client()];
  const hog = oneWay(introduce("Note", Kind.ONE_WAY), large("hog", 1_900_000));
  await pour(greedy, BULK, hog, 0, 1_500_000);
  // It would take more than the rest: it goes on coming, and nobody keeps it.
  const frames = [request(1, echo, large("large", MEBIBYTE)), request(3, known(1), large("after", 10))];
  for (const each of frames) await pour(second, NORMAL, each);
  assert.equal(started, ["after"]);
  const [[id, code, message], ...others] = failures(second) as [readonly [number, number, string]];
  assert.equal([id, code, others.length], [1, codeNumbers.RESOURCE_EXHAUSTED, 0]);
  assert.match(message, /^example.probe.v1.Probe\/Echo: unfinished messages of all sessions take as much as they may \(unfinishedBytes\)$/);
  assert.equal([second.closed, numbersOf(second.ofType(FrameType.REPLY)[0]!.body, 1)], [undefined, [3]]);
  await pour(third, NORMAL, request(1, echo, large("small", 60_000)));
  assert.equal(started, ["after", "small"]);
  // Once the hog has come, its memory is free again.
  await pour(greedy, BULK, hog, 1_500_000);
  await pour(second, NORMAL, request(5, known(1), large("again", MEBIBYTE)));
  assert.equal(started.slice(2), ["hogxx", "again"]);
});

test("what a connection leaves unfinished is free when it ends", async () => {
  const { started, client, world } = await meeting({ unfinishedBytes: MEBIBYTE, retentionMs: 0 });
  const [gone, other] = [await client(), await client()];
  await pour(gone, NORMAL, request(1, echo, large("gone", MEBIBYTE)), 0, MEBIBYTE - 60_000);
  gone.transport.destroy();
  await world.settle();
  await pour(other, NORMAL, request(1, echo, large("other", MEBIBYTE - 70_000)));
  assert.equal(started, ["other"]);
});

test("one that would exceed the session's own limit fails alone, in its class; those of the other classes go on", async () => {
  const limits = { messageBytes: MEBIBYTE, unfinishedBytes: MEBIBYTE + 1_024 };
  const { started, client } = await meeting({ limits });
  const raw = await client();
  const frames = [
    request(1, echo, large("bulk", 900_000)),
    request(3, echo, large("normal", 900_000)),
    request(5, echo, large("high", 60_000)),
  ];
  await pour(raw, BULK, frames[0]!, 0, 500_000);
  await pour(raw, NORMAL, frames[1]!, 0, 800_000);
  await pour(raw, HIGH, frames[2]!);
  await pour(raw, BULK, frames[0]!, 500_000);
  await pour(raw, NORMAL, frames[1]!, 800_000);
  assert.equal(
    failures(raw).map(([id, code]) => [id, code]),
    [[3, codeNumbers.RESOURCE_EXHAUSTED]],
  );
  assert.match(failures(raw)[0]![2], /may take 1049600 bytes \(limit unfinishedBytes\)/);
  assert.equal(started, ["highx", "bulkx"]);
});

test("what depends on it does not run, and its credit comes back", async () => {
  const { started, client } = await meeting({ unfinishedBytes: 1, limits: { queuedCommands: 2 } });
  const raw = await client();
  await pour(raw, NORMAL, request(1, echo, large("large", 200_000), 1));
  await raw.send(request(3, known(1), text({ text: "after" }), 2), request(5, known(1), text({ text: "free" })));
  assert.equal(started, ["free"]);
  assert.equal(
    failures(raw).map(([id, code]) => [id, code]),
    [
      [1, codeNumbers.RESOURCE_EXHAUSTED],
      [3, codeNumbers.ABORTED],
    ],
  );
  for (let id = 7; id < 107; id += 2) {
    await raw.world.settle(30);
    await pour(raw, NORMAL, request(id, known(1), large("large", 100_000)));
  }
  assert.equal([raw.closed, failures(raw).length], [undefined, 52]);
});

test("a one-way is counted as refused, an item fails its stream, an answer its call", async () => {
  const { client, server } = await meeting({ unfinishedBytes: 1 });
  const raw = await client();
  await pour(raw, NORMAL, oneWay(introduce("Note", Kind.ONE_WAY), large("note", 100_000)));
  const [session] = server.sessions();
  assert.is(session!.stats().oneWaysRefused, 1);
  await raw.send(request(1, introduce("Up", Kind.UP), new Uint8Array()), item(1));
  await pour(raw, NORMAL, item(1, large("item", 100_000)));
  await raw.send(end(1));
  assert.equal(
    failures(raw).map(([id, code]) => [id, code]),
    [[1, codeNumbers.RESOURCE_EXHAUSTED]],
  );

  const world = new World();
  const raws = rawServer(world);
  const caller = await world.until(world.connecting({ limits: { messageBytes: 50_000, unfinishedBytes: 51_024 } }));
  const proxy = caller.use(Probe);
  const [held, failed] = [proxy.echoHigh({}), proxy.echo({})];
  failed.catch(() => {});
  await world.settle();
  const answers = [1, 3].map((id) => frame(FrameType.REPLY, id, large("reply", 40_000)));
  await pour(raws[0]!, HIGH, answers[0]!, 0, 30_000);
  await pour(raws[0]!, NORMAL, answers[1]!, 0, 30_000);
  await pour(raws[0]!, NORMAL, answers[1]!, 30_000);
  await pour(raws[0]!, HIGH, answers[0]!, 30_000);
  assert.match(String(await world.failure(failed)), /what the peer answered cannot be read: .*limit unfinishedBytes/);
  assert.is((await world.until(held)).text.length, 40_005);
  assert.is(caller.state, "open");
});

test("both sides get RESOURCE_EXHAUSTED, NOT_RUN; where the connection is lost before the end of one that was let go, it comes again as a whole and has another chance", async () => {
  let passed = 0;
  let ends = 0;
  let hog: RawPeer | undefined;
  const world = new World({
    wire: (transport, side) => {
      if (side === "client" || ++ends !== 2) return transport;
      return cutAfter(transport, 900_000, (bytes) => {
        passed += bytes;
        // The message was let go long before.
        if (passed > 850_000) hog!.transport.destroy();
      });
    },
  });
  const lengths: number[] = [];
  const handlers = [probe({ echo: ({ text }) => ({ number: lengths.push(text.length) }) })];
  const server = await world.serve({ retentionMs: 300_000, unfinishedBytes: MEBIBYTE, handlers });
  hog = await rawClient(world);
  await pour(hog, BULK, request(1, echo, large("hog", MEBIBYTE)), 0, MEBIBYTE - 60_000);
  const client = await world.connect({ retentionMs: 300_000 });
  const proxy = client.use(Probe);
  const error = await world.failure(proxy.echo({ text: "x".repeat(400_000) }), 1_000);
  assertError(error, "RESOURCE_EXHAUSTED", "NOT_RUN", /Probe\/Echo: unfinished messages of all sessions take as much as they may/);
  const reply = await world.until(proxy.echo({ text: "x".repeat(600_000) }), 20_000);
  assert.equal([reply.number, lengths], [1, [600_000]]);
  assert.ok(passed > 850_000, `${passed} bytes`);
  const session = [...server.sessions()].at(-1)!;
  assert.equal([session.stats().commandsHandled, session.stats().commandsPending], [1, 0]);
});

test("millions of bytes in pieces as small as may be take a bounded time, and memory no faster than they come", async () => {
  const { client, started } = await meeting();
  const raw = await client();
  const bytes = request(1, echo, large("tiny", 2 * MEBIBYTE));
  const before = process.cpuUsage();
  // More pieces than this end the session.
  for (let at = 0; at < bytes.length; at += 300) {
    raw.channel.send(NORMAL, bytes.slice(at, at + 300));
    if (at % 300_000 === 0) await raw.world.settle();
  }
  await raw.world.settle();
  const { user, system } = process.cpuUsage(before);
  assert.equal([started, raw.closed], [["tinyx"], undefined]);
  assert.ok(user + system < 5_000_000, `${user + system} µs`);
});

test.run();
