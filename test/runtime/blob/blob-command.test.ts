import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Blobs } from "../../../generated/example/probe/v1/blobs.ts";
import type { IncomingBlob } from "../../../runtime/blob/incoming-blob.ts";
import type { BlobProgress } from "../../../runtime/blob/options.ts";
import type { Interceptor } from "../../../runtime/command/interceptor.ts";
import { CommandError } from "../../../runtime/errors/command-error.ts";
import { assertError } from "../../support/command/assert-error.ts";
import { blobs, reasonOf, sha256, someBytes } from "../../support/command/blobs.ts";
import { connectPeers, type Peers } from "../../support/command/peers.ts";
import { collect } from "../../support/command/probe.ts";

/** What is left at both sides once all blobs are over: nothing. */
async function assertNothingLeft(peers: Peers): Promise<void> {
  await peers.clock.settle(0);
  for (const session of [peers.client, peers.session]) {
    assert.is(session.stats().callsPending, 0);
    assert.is(session.stats().commandsPending, 0);
  }
}

const test = suite("blob/blob-command");

test("a blob as request, as reply, and as both, in both directions", async () => {
  const peers = await connectPeers({ serve: { handlers: [blobs()] }, connect: { handlers: [blobs()] } });
  const bytes = someBytes(1_000_000);
  for (const [caller] of peers.sides) {
    const proxy = caller.use(Blobs);
    assert.equal(await peers.until(proxy.put(bytes)), { text: sha256(bytes), number: bytes.length });
    const got = await peers.until(proxy.get({ number: 300_000 }));
    assert.is(got.size, 300_000);
    assert.equal(await peers.until(got.bytes()), someBytes(300_000));
    const turned = await peers.until(proxy.swap({ body: [bytes], name: "bytes.bin", contentType: "application/octet-stream" }));
    assert.equal([turned.name, turned.contentType, turned.size], ["bytes.bin", "application/octet-stream", undefined]);
    assert.equal(await peers.until(turned.bytes()), bytes);
  }
  await assertNothingLeft(peers);
  await peers.close();
});

test("a blob beside a stream: a stream for a blob, a blob for a stream", async () => {
  const peers = await connectPeers({ serve: { handlers: [blobs()] } });
  const proxy = peers.client.use(Blobs);
  const lengths = await peers.until(collect(proxy.cut(someBytes(150_000))));
  assert.is(
    lengths.reduce((sum, { number }) => sum + number, 0),
    150_000,
  );
  const joined = await peers.until(proxy.join([{ text: "one " }, { text: "two" }]));
  assert.is(await peers.until(joined.text()), "one two");
  await assertNothingLeft(peers);
  await peers.close();
});

test("an empty blob is one, with a head and an end", async () => {
  const peers = await connectPeers({ serve: { handlers: [blobs()] } });
  const proxy = peers.client.use(Blobs);
  assert.is((await peers.until(proxy.put([]))).text, sha256(new Uint8Array()));
  assert.is((await peers.until(proxy.get({ number: 0 }).then((blob) => blob.bytes()))).length, 0);
  await peers.close();
});

test("a handler knows name, type and size when it starts, and handlers start in the order of their calls", async () => {
  const order: string[] = [];
  const note = (blob: IncomingBlob): { text: string } => {
    order.push(`${blob.name} ${blob.contentType} ${blob.size}`);
    return { text: "" };
  };
  const handlers = blobs({ put: note, mark: ({ text }) => ({ text: `${order.push(text)}` }) });
  const peers = await connectPeers({ serve: { handlers: [handlers] } });
  const proxy = peers.client.use(Blobs);
  const calls = [
    proxy.put({ body: someBytes(7), name: "a", contentType: "text/plain" }),
    proxy.mark({ text: "1" }),
    proxy.put({ body: [someBytes(8)], name: "b" }),
    proxy.mark({ text: "2" }),
  ];
  await peers.until(Promise.all(calls));
  assert.equal(order, ["a text/plain 7", "1", "b  undefined", "2"]);
  await assertNothingLeft(peers);
  await peers.close();
});

test("a barrier waits for the head of a blob that was sent before it", async () => {
  const order: string[] = [];
  const handlers = blobs({
    put: (blob) => ({ text: `${order.push(blob.name)}` }),
    markNormal: ({ text }) => ({ text: `${order.push(text)}` }),
  });
  // No credit for chunks, and none for heads either: each waits for the one before it.
  const peers = await connectPeers({ serve: { handlers: [handlers], limits: { streamItems: 1 } } });
  const proxy = peers.client.use(Blobs);
  const calls: Promise<unknown>[] = [];
  for (const name of ["1", "2", "3"]) {
    calls.push(proxy.put({ body: [someBytes(10)], name: `blob ${name}` }));
    peers.client.barrier();
    calls.push(proxy.markNormal({ text: `normal ${name}` }));
  }
  await peers.until(Promise.all(calls));
  assert.equal(order, ["blob 1", "normal 1", "blob 2", "normal 2", "blob 3", "normal 3"]);
  await peers.close();
});

test("later commands of the class wait for a blob in lane until it has come whole, and others do not", async () => {
  const order: string[] = [];
  let finish = (): void => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const handlers = blobs({
    putInLane: async (blob) => {
      await blob.bytes();
      order.push("whole");
      await finished;
      return {};
    },
    markNormal: ({ text }) => ({ text: `${order.push(`normal ${text}`)}` }),
    mark: ({ text }) => ({ text: `${order.push(`bulk ${text}`)}` }),
  });
  const peers = await connectPeers({ serve: { handlers: [handlers] } });
  const proxy = peers.client.use(Blobs);
  let more = (): void => {};
  const waits = new Promise<void>((resolve) => {
    more = resolve;
  });
  async function* slow(): AsyncGenerator<Uint8Array> {
    yield someBytes(10);
    await waits;
    yield someBytes(10);
  }
  const put = proxy.putInLane(slow());
  const marks = [proxy.markNormal({ text: "a" }), proxy.mark({ text: "b" })];
  await peers.clock.settle(0);
  assert.equal(order, ["bulk b"]);
  more();
  await peers.until(Promise.all(marks));
  // The blob is whole; that its handler has not ended keeps nobody waiting.
  assert.equal(order.sort(), ["bulk b", "normal a", "whole"]);
  finish();
  await peers.until(put);
  await peers.close();
});

test("interceptors of both sides see the stream of a blob's parts, and may refuse it", async () => {
  const seen: string[] = [];
  const interceptor: Interceptor = async (call, next) => {
    seen.push(`${call.side} ${call.command.name.split("/")[1]} ${Symbol.asyncIterator in (call.request as object)}`);
    if (call.side === "handler" && seen.length > 4) throw new CommandError("PERMISSION_DENIED", "no more");
    return next(call);
  };
  const peers = await connectPeers({
    serve: { handlers: [blobs()], interceptors: [interceptor] },
    connect: { interceptors: [interceptor] },
  });
  const proxy = peers.client.use(Blobs);
  assert.is((await peers.until(proxy.put(someBytes(100_000)))).text, sha256(someBytes(100_000)));
  assert.equal(await peers.until(proxy.swap(someBytes(10)).then((blob) => blob.bytes())), someBytes(10));
  assert.equal(seen, ["caller Put true", "handler Put true", "caller Swap true", "handler Swap true"]);
  assertError(await peers.failure(proxy.put(someBytes(100_000))), "PERMISSION_DENIED", "NOT_RUN");
  // Nobody waits for a blob that was refused.
  assert.is((await peers.until(proxy.mark({ text: "next" }).catch((error) => error))).code, "PERMISSION_DENIED");
  await assertNothingLeft(peers);
  await peers.close();
});

test("progress is told of what is sent and of what is read", async () => {
  const peers = await connectPeers({ serve: { handlers: [blobs()] } });
  const proxy = peers.client.use(Blobs);
  const sent: BlobProgress[] = [];
  await peers.until(proxy.put(someBytes(100_000), { onSent: (progress) => void sent.push(progress) }));
  assert.equal(sent, [
    { bytes: 61_440, size: 100_000 },
    { bytes: 100_000, size: 100_000 },
  ]);
  const received: BlobProgress[] = [];
  const blob = await peers.until(proxy.get({ number: 70_000 }, { onReceived: (progress) => void received.push(progress) }));
  assert.equal(received, []);
  await peers.until(blob.bytes());
  assert.equal(received.at(-1), { bytes: 70_000, size: 70_000 });
  await peers.close();
});

test("a handler that wants none of it may answer, and its caller's source is let go", async () => {
  let returned = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield someBytes(10_000);
    } finally {
      returned = true;
    }
  }
  const handlers = blobs({ put: () => ({ text: "known already" }) });
  const peers = await connectPeers({ serve: { handlers: [handlers] } });
  assert.is((await peers.until(peers.client.use(Blobs).put(endless()))).text, "known already");
  assert.ok(returned);
  await assertNothingLeft(peers);
  await peers.close();
});

test("a slow reader slows the source: no more than a window is under way", async () => {
  let taken = 0;
  function* source(): Generator<Uint8Array> {
    for (;;) yield someBytes(++taken && 1_000);
  }
  const held: IncomingBlob[] = [];
  const handlers = blobs({
    put: async (blob) => {
      held.push(blob);
      return new Promise<never>(() => {});
    },
  });
  const peers = await connectPeers({ serve: { handlers: [handlers] } });
  const call = peers.failure(peers.client.use(Blobs).put(source()), 10_000);
  await peers.clock.settle(0);
  assert.is(held.length, 1);
  assert.ok(taken >= 60 && taken <= 70, `${taken} KB were taken for a window of 64 KiB`);
  held[0]!.cancel();
  const closed = peers.close();
  assertError(await call, "SESSION_LOST", "MAY_HAVE_RUN");
  await closed;
});

test("a handler's error is its caller's, with the blob half sent", async () => {
  const handlers = blobs({ put: (blob) => blob.bytes({ maxBytes: 100 }).then(() => ({})) });
  const peers = await connectPeers({ serve: { handlers: [handlers] } });
  const error = await peers.failure(peers.client.use(Blobs).put([someBytes(1_000), someBytes(1_000)]));
  assertError(error, "RESOURCE_EXHAUSTED", "MAY_HAVE_RUN", /maxBytes/);
  assert.is(reasonOf(error), "TOO_LARGE");
  await assertNothingLeft(peers);
  await peers.close();
});

test("what is no source is a TypeError at the call", async () => {
  const peers = await connectPeers({ serve: { handlers: [blobs()] } });
  const proxy = peers.client.use(Blobs);
  for (const source of ["text", 5, undefined, {}, { body: "text" }, { body: [], size: -1 }, { body: [], name: "x".repeat(1_025) }])
    assert.throws(() => proxy.put(source as never), TypeError);
  await assertNothingLeft(peers);
  await peers.close();
});

test("an idle deadline ends a blob whose source dries up", async () => {
  const peers = await connectPeers({ serve: { handlers: [blobs()] } });
  async function* dry(): AsyncGenerator<Uint8Array> {
    yield someBytes(10);
    await new Promise(() => {});
  }
  const error = await peers.failure(peers.client.use(Blobs).putBriskly(dry()), 2_000);
  assertError(error, "DEADLINE_EXCEEDED", "MAY_HAVE_RUN", /idle_timeout_ms/);
  await assertNothingLeft(peers);
  await peers.close();
});

test.run();
