import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Compressed } from "../../../generated/example/probe/v1/compressed.ts";
import { Text } from "../../../generated/example/probe/v1/probe.ts";
import { type Failure, Failure_Outcome, readFailure } from "../../../generated/zserver/protocol/v1/session.ts";
import { Reader } from "../../../runtime/bytes/reader.ts";
import { brotli, deflate } from "../../../runtime/bytes/zlib.ts";
import type { Peer } from "../../../runtime/command/peer.ts";
import { codeFromNumber } from "../../../runtime/errors/code.ts";
import { encode } from "../../../runtime/schema/codec.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import { assertError, caught } from "../../support/command/assert-error.ts";
import { compressed, repeating } from "../../support/command/compressed.ts";
import { collect, probe } from "../../support/command/probe.ts";
import { bodyOf, frame, type Part } from "../../support/session/frames.ts";
import { item, Kind, known, oneWay, request, text, volatile } from "../../support/session/probe-frames.ts";
import { type RawPeer, rawClient, rawServer } from "../../support/session/raw-peer.ts";
import { World } from "../../support/session/world.ts";

const test = suite("command/hostile-compression");

const DEFLATE = 8;
const BROTLI = 16;

const introduce = (method: string, kind: number): readonly Part[] => [0, `example.probe.v1.Compressed/${method}`, kind];

const message = encode(Text, { text: repeating(10_000) });
const zeros = new Uint8Array(100_000_000);
/** What travels and is not right, by what is wrong. */
const wrong: readonly (readonly [what: string, code: string, deflated: Uint8Array, brotlied: Uint8Array])[] = [
  [
    "a bomb that says what it is",
    "RESOURCE_EXHAUSTED",
    bodyOf(zeros.length, deflate.compress(zeros)),
    bodyOf(zeros.length, brotli.compress(zeros)),
  ],
  ["a bomb that lies", "RESOURCE_EXHAUSTED", bodyOf(5_000, deflate.compress(zeros)), bodyOf(262_144, brotli.compress(zeros))],
  ["a size beyond all limits", "RESOURCE_EXHAUSTED", bodyOf(0xffff_ffff, Uint8Array.of(1)), bodyOf(262_145, Uint8Array.of(1))],
  [
    "too little",
    "INVALID_ARGUMENT",
    bodyOf(message.length + 1, deflate.compress(message)),
    bodyOf(message.length + 1, brotli.compress(message)),
  ],
  ["nothing", "INVALID_ARGUMENT", bodyOf(), bodyOf(message.length)],
  ["other bytes", "INVALID_ARGUMENT", bodyOf(message.length, brotli.compress(message)), bodyOf(message.length, deflate.compress(message))],
  [
    "more bytes",
    "INVALID_ARGUMENT",
    bodyOf(message.length, deflate.compress(message), 0),
    bodyOf(message.length, brotli.compress(message), 0),
  ],
  [
    "no message in it",
    "INVALID_ARGUMENT",
    bodyOf(2_000, deflate.compress(zeros.subarray(0, 2_000))),
    bodyOf(2_000, brotli.compress(zeros.subarray(0, 2_000))),
  ],
];

function failures(raw: RawPeer): Failure[] {
  return raw.ofType(FrameType.FAIL).map(({ body }) => {
    const reader = new Reader(body);
    reader.uintNumber();
    return readFailure(reader, reader.end);
  });
}

for (const [what, code, deflated, brotlied] of wrong) {
  test(`${what}: the command fails at its caller, and never gets to its handler; the session goes on`, async () => {
    const world = new World();
    let ran = 0;
    const echo = () => ({ number: ++ran });
    const note = () => void ran++;
    await world.serve({ handlers: [compressed({ echo, echoBrotli: echo, note, blip: note })] });
    const raw = await rawClient(world);
    await raw.send(request(1, introduce("Echo", Kind.UNARY + DEFLATE), deflated));
    await raw.send(request(3, introduce("EchoBrotli", Kind.UNARY + BROTLI), brotlied));
    await raw.send(oneWay(introduce("Note", Kind.ONE_WAY + DEFLATE), deflated));
    await raw.send(frame(FrameType.VOID, 0, 0, ...introduce("Blip", Kind.ONE_WAY + BROTLI)), volatile(4, brotlied));
    assert.equal(
      failures(raw).map((failure) => [codeFromNumber(failure.code), failure.outcome]),
      [
        [code, Failure_Outcome.NOT_RUN],
        [code, Failure_Outcome.NOT_RUN],
      ],
    );
    await raw.send(request(5, introduce("Both", Kind.BOTH + BROTLI), new Uint8Array()), item(5, brotlied));
    assert.equal([codeFromNumber(failures(raw)[2]!.code), ran, raw.closed], [code, 0, undefined]);
    await raw.send(request(7, known(1), bodyOf(message.length, deflate.compress(message))), request(9, known(2), bodyOf(0, text())));
    assert.equal([ran, raw.ofType(FrameType.REPLY).length, raw.closed], [2, 2, undefined]);
  });

  test(`${what}: an answer fails at the caller; the session goes on`, async () => {
    const world = new World();
    const raws = rawServer(world, {}, true, 3);
    const client = await world.until(world.connecting());
    const proxy = client.use(Compressed);
    const failed = [proxy.echo({}), proxy.echoBrotli({}), collect(proxy.both([]))].map(caught);
    await world.settle();
    const [raw] = raws;
    await raw!.send(frame(FrameType.REPLY, 1, deflated), frame(FrameType.REPLY, 3, brotlied), item(5, brotlied));
    for (const failure of failed) {
      const error = await world.until(failure);
      // An answer that cannot be read is nothing that the caller's request did.
      assertError(
        error,
        code === "INVALID_ARGUMENT" ? "INTERNAL" : "RESOURCE_EXHAUSTED",
        "MAY_HAVE_RUN",
        /what the peer answered cannot be read/,
      );
    }
    const reply = proxy.echo({});
    await raw!.send(frame(FrameType.REPLY, 7, bodyOf(message.length, deflate.compress(message))));
    assert.is((await world.until(reply)).text.length, 10_000);
    assert.is(client.state, "open");
  });
}

test("a command that comes compressed without leave is refused, and nothing of it is decompressed; the session goes on", async () => {
  for (const [handlers, kinds] of [
    // Its schema asks for neither.
    [[probe()], [DEFLATE, BROTLI]],
    // There are no such forms, or not by themselves.
    [[compressed()], [24, 32, 8 * 1_000_000]],
  ] as const) {
    const world = new World();
    await world.serve({ handlers });
    const raw = await rawClient(world);
    const service = handlers[0].service.commands === Compressed.commands ? "Compressed" : "Probe";
    const body = bodyOf(message.length, deflate.compress(message));
    for (const [index, form] of kinds.entries())
      await raw.send(
        request(1 + 2 * index, [0, `example.probe.v1.${service}/Echo`, Kind.UNARY + form], body),
        oneWay([0, `example.probe.v1.${service}/Note`, Kind.ONE_WAY + form], body),
      );
    assert.equal(
      failures(raw).map(({ code, outcome }) => [codeFromNumber(code), outcome]),
      kinds.map(() => ["SCHEMA_MISMATCH", Failure_Outcome.NOT_RUN]),
    );
    assert.is(raw.closed, undefined);
  }
});

test("a caller whose schema does not ask for it is answered plain, however long the reply is", async () => {
  const world = new World();
  await world.serve({ handlers: [compressed({ echo: () => ({ text: repeating(20_000) }) })] });
  const raw = await rawClient(world);
  await raw.send(request(1, introduce("Echo", Kind.UNARY), text({ text: "a" })));
  const [reply] = raw.ofType(FrameType.REPLY);
  assert.equal(Buffer.compare(reply!.body, bodyOf(1, text({ text: repeating(20_000) }))), 0);
});

test("nothing is decompressed before its handler starts: what waits holds the bytes that came", async () => {
  const world = new World();
  let ran = 0;
  const server = await world.serve({ handlers: [compressed({ note: () => void ran++ })] });
  const raw = await rawClient(world);
  const [session] = [...server.sessions()];
  const release = (session as Peer).hold();
  const large = encode(Text, { text: repeating(262_000) });
  const body = bodyOf(large.length, deflate.compress(large));
  let decompressed = 0;
  const { decompress } = deflate;
  (deflate as { decompress: typeof decompress }).decompress = (bytes, size) => {
    decompressed++;
    return decompress(bytes, size);
  };
  const before = process.memoryUsage().arrayBuffers;
  raw.put(oneWay(introduce("Note", Kind.ONE_WAY + DEFLATE), body));
  for (let round = 0; round < 20; round++) raw.put(...Array.from({ length: 50 }, () => oneWay(known(1), body)));
  await world.settle();
  const grown = process.memoryUsage().arrayBuffers - before;
  assert.equal([session!.stats().commandsPending, decompressed, ran], [1_001, 0, 0]);
  assert.ok(grown < 20 * 1_048_576, `${grown} bytes for what would be 262 MB`);
  release();
  await world.settle();
  (deflate as { decompress: typeof decompress }).decompress = decompress;
  assert.equal([decompressed, ran, raw.closed], [1_001, 1_001, undefined]);
});

test.run();
