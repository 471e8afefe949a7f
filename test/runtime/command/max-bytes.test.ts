import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe, type TextInit } from "../../../generated/example/probe/v1/probe.ts";
import { readFailure } from "../../../generated/zserver/protocol/v1/session.ts";
import { Reader } from "../../../runtime/bytes/reader.ts";
import { codeNumbers } from "../../../runtime/errors/code.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import { BoundedFrame } from "../../../runtime/session/bounded-frame.ts";
import { assertError } from "../../support/command/assert-error.ts";
import { connectPeers } from "../../support/command/peers.ts";
import { collect, probe } from "../../support/command/probe.ts";
import { frame } from "../../support/session/frames.ts";
import { introduce, item, Kind, known, request, text } from "../../support/session/probe-frames.ts";
import { type RawPeer, rawClient, rawServer } from "../../support/session/raw-peer.ts";
import { World } from "../../support/session/world.ts";

/** A message of so many bytes. */
const ofBytes = (bytes: number): TextInit => ({ text: "x".repeat(bytes - 3) });
/** What comes of them in pieces, as the server keeps it. */
let kept = 0;

async function pour(raw: RawPeer, bytes: Uint8Array): Promise<void> {
  const letGo = BoundedFrame.prototype.add;
  kept = 0;
  BoundedFrame.prototype.add = function (this: BoundedFrame, ...rest: Parameters<typeof letGo>) {
    letGo.apply(this, rest);
    kept = Math.max(kept, this.kept);
  };
  for (let at = 0; at < bytes.length; at += 20_000) await raw.send(bytes.slice(at, at + 20_000));
  BoundedFrame.prototype.add = letGo;
}

function lastFailure(raw: RawPeer): { readonly code: number; readonly message: string } {
  const reader = new Reader(raw.ofType(FrameType.FAIL).at(-1)!.body);
  reader.uintNumber();
  return readFailure(reader, reader.end);
}

const test = suite("command/max_bytes");

test("a message of as many bytes passes, one of a byte more fails at its sender, in both directions and places", async () => {
  let reply = 2_000;
  const fitBoth = async function* () {
    yield ofBytes(2_000);
    yield ofBytes(reply);
  };
  const peers = await connectPeers({ serve: { handlers: [probe({ fit: () => ofBytes(reply), fitBoth })] } });
  const proxy = peers.client.use(Probe);
  assert.is((await peers.until(proxy.fit(ofBytes(2_000)))).text.length, 1_997);
  assert.is((await peers.until(collect(proxy.fitBoth([ofBytes(2_000)])))).length, 2);
  const sent = peers.client.stats().commandsSent;
  const tooLarge = (name: string, what: string) =>
    new RegExp(`^example.probe.v1.Probe/${name}: its ${what} has 2001 bytes; the limit max_bytes is 2000`);
  assertError(await peers.failure(proxy.fit(ofBytes(2_001))), "RESOURCE_EXHAUSTED", "NOT_RUN", tooLarge("Fit", "message"));
  assert.is(peers.client.stats().commandsSent, sent);
  assertError(
    await peers.failure(collect(proxy.fitBoth([ofBytes(2_001)]))),
    "RESOURCE_EXHAUSTED",
    "MAY_HAVE_RUN",
    tooLarge("FitBoth", "message"),
  );
  reply = 2_001;
  assertError(await peers.failure(proxy.fit({})), "RESOURCE_EXHAUSTED", "MAY_HAVE_RUN", tooLarge("Fit", "reply"));
  assertError(await peers.failure(collect(proxy.fitBoth([]))), "RESOURCE_EXHAUSTED", "MAY_HAVE_RUN", tooLarge("FitBoth", "reply"));
  assert.is(peers.client.state, "open");
  await peers.close();
});

test("the session's limit bounds it", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()], limits: { messageBytes: 1_000 } } });
  const error = await peers.failure(peers.client.use(Probe).fit(ofBytes(1_001)));
  assertError(error, "RESOURCE_EXHAUSTED", "NOT_RUN", /its message has 1001 bytes; the limit messageBytes is 1000/);
  await peers.close();
});

test("a receiver refuses what is larger, before it keeps more of it than its head; the session goes on", async () => {
  const world = new World();
  let ran = 0;
  await world.serve({ handlers: [probe({ fit: () => ({ number: ++ran }) })] });
  const raw = await rawClient(world);
  // Whole in a record, its name introduced and then known; and in pieces.
  await raw.send(request(1, introduce("Fit", Kind.UNARY), text(ofBytes(2_001))));
  await raw.send(request(3, known(1), text(ofBytes(2_001))));
  await pour(raw, request(5, known(1), text(ofBytes(1_000_003))));
  assert.ok(kept <= 20_000, `${kept} bytes`);
  assert.match(lastFailure(raw).message, /a message of 1000004 bytes; the limit max_bytes is 2000/);
  assert.is(lastFailure(raw).code, codeNumbers.RESOURCE_EXHAUSTED);
  await raw.send(request(7, known(1), text(ofBytes(2_000))));
  assert.equal([raw.ofType(FrameType.FAIL).length, raw.ofType(FrameType.REPLY).length, ran, raw.closed], [3, 1, 1, undefined]);
  await raw.send(request(9, introduce("FitBoth", Kind.BOTH), new Uint8Array()), item(9, text(ofBytes(2_000))));
  await pour(raw, item(9, text(ofBytes(900_003))));
  assert.ok(kept <= 20_000, `${kept} bytes`);
  assert.match(lastFailure(raw).message, /the limit max_bytes is 2000/);
  const large = request(11, introduce("Fit", Kind.UNARY), text(ofBytes(900_003)));
  await pour(raw, large);
  assert.ok(kept <= 20_000, "also where the name is introduced");
  assert.equal([raw.ofType(FrameType.FAIL).length, raw.closed], [5, undefined]);
});

test("a caller refuses an answer in pieces that is larger", async () => {
  const world = new World();
  const raws = rawServer(world);
  const client = await world.until(world.connecting());
  const proxy = client.use(Probe);
  const reply = proxy.fit({});
  reply.catch(() => {});
  const items = collect(proxy.fitBoth([]));
  items.catch(() => {});
  await world.settle();
  await pour(raws[0]!, frame(FrameType.REPLY, 1, text(ofBytes(500_003))));
  assert.ok(kept <= 20_000, `${kept} bytes`);
  await pour(raws[0]!, frame(FrameType.ITEM, 3, text(ofBytes(500_003))));
  for (const failed of [reply, items]) {
    const error = await world.failure(failed);
    assertError(error, "RESOURCE_EXHAUSTED", "MAY_HAVE_RUN", /what the peer answered cannot be read: .*the limit max_bytes is 2000/);
  }
  assert.is(client.state, "open");
});

for (const [what, head] of [
  ["a name that reaches past what is there", request(1, [0, new Uint8Array([0xff, 0x3f])], new Uint8Array(100_000))],
  ["a number without an end", frame(FrameType.REQUEST, new Uint8Array(100_000).fill(0xff))],
] as const) {
  test(`the beginning of a message with ${what} ends the session`, async () => {
    const world = new World();
    await world.serve();
    const raw = await rawClient(world);
    await raw.send(head.slice(0, 50_000));
    assert.is(raw.closed?.reason, "PROTOCOL_ERROR");
  });
}

test.run();
