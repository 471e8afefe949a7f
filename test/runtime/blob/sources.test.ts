import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Blobs } from "../../../generated/example/probe/v1/blobs.ts";
import { Blob as BlobPart } from "../../../generated/zserver/blob.ts";
import { fileSource } from "../../../runtime/blob/file-source.ts";
import { IncomingBlob } from "../../../runtime/blob/incoming-blob.ts";
import { OutgoingBlob } from "../../../runtime/blob/outgoing-blob.ts";
import type { BlobSource } from "../../../runtime/blob/source.ts";
import { decode, encode } from "../../../runtime/schema/codec.ts";
import { caught } from "../../support/command/assert-error.ts";
import { blobs, someBytes } from "../../support/command/blobs.ts";
import { connectPeers } from "../../support/command/peers.ts";

/** A blob as its receiver has it, past what travels. */
function sent(source: BlobSource): Promise<IncomingBlob> {
  async function* parts(): AsyncGenerator<BlobPart> {
    for await (const part of new OutgoingBlob(source, { tellsFailure: true })) yield decode(BlobPart, encode(BlobPart, part));
  }
  return IncomingBlob.open(parts());
}

function* pieces(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

const test = suite("blob/sources");

test("a stream that is to be sent is let go where nothing of it was asked for: a call that was refused holds no file open", async () => {
  const peers = await connectPeers({ serve: { handlers: [blobs()] } });
  const before = { signal: AbortSignal.abort(new Error("not at all")) };
  const file = createReadStream(fileURLToPath(import.meta.url));
  await caught(peers.client.use(Blobs).put(file, before));
  assert.ok(file.destroyed);
  let cancelled = 0;
  const web = (): ReadableStream<Uint8Array> => new ReadableStream({ cancel: () => void cancelled++ });
  await caught(peers.client.use(Blobs).put(web(), before));
  assert.is(cancelled, 1);
  // Larger than allowed, as its description says: not even its head leaves.
  await peers.failure(peers.client.use(Blobs).swapSmall({ body: web(), size: 1_001 }));
  assert.is(cancelled, 2);
  await peers.close();
});

test("whatever gives bytes can be sent, and says of itself what it knows", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "zserver-test-"));
  const bytes = someBytes(200_001);
  const file = path.join(folder, "photo.raw");
  writeFileSync(file, bytes);
  const known = bytes.length;
  const sources: Readonly<Record<string, readonly [BlobSource, name: string, type: string, size: number | undefined]>> = {
    Uint8Array: [bytes, "", "", known],
    Buffer: [Buffer.from(bytes), "", "", known],
    ArrayBuffer: [bytes.slice().buffer, "", "", known],
    Blob: [new Blob([bytes as Uint8Array<ArrayBuffer>], { type: "image/x-raw" }), "", "image/x-raw", known],
    File: [new File([bytes as Uint8Array<ArrayBuffer>], "photo.raw", { type: "image/x-raw" }), "photo.raw", "image/x-raw", known],
    ReadableStream: [new Blob([bytes as Uint8Array<ArrayBuffer>]).stream(), "", "", undefined],
    Iterable: [[...pieces(bytes, 7_777)], "", "", undefined],
    AsyncIterable: [Readable.from(pieces(bytes, 7_777)), "", "", undefined],
    "a stream of Node": [new PassThrough().end(bytes), "", "", undefined],
    "a file": [await fileSource(file, { contentType: "image/x-raw" }), "photo.raw", "image/x-raw", known],
    described: [{ body: new File([], "other"), name: "this", contentType: "a/b", size: 0 }, "this", "a/b", 0],
    "a blob that comes": [await sent({ body: [bytes], name: "on", size: known }), "on", "", known],
  };
  for (const [what, [source, name, contentType, size]] of Object.entries(sources)) {
    const blob = await sent(source);
    assert.equal([blob.name, blob.contentType, blob.size], [name, contentType, size], what);
    assert.equal(await blob.bytes(), what === "described" ? new Uint8Array() : bytes, what);
  }
  rmSync(folder, { recursive: true });
});

test("it can be read as bytes, text, a Blob, a stream, by a loop, and into a stream of Node", async () => {
  const bytes = someBytes(100_000);
  assert.is(await (await sent(new TextEncoder().encode("Grüße"))).text(), "Grüße");
  const blob = await (await sent({ body: bytes, contentType: "a/b" })).blob();
  assert.equal([new Uint8Array(await blob.arrayBuffer()), blob.type], [bytes, "a/b"]);
  assert.equal(new Uint8Array(await new Response((await sent(bytes)).stream() as never).arrayBuffer()), bytes);
  const into = new PassThrough({ highWaterMark: 1_000_000 });
  await pipeline(await sent(bytes), into);
  assert.equal(new Uint8Array(into.read()), bytes);
  const twice = await sent(bytes);
  await twice.bytes();
  assert.match(String(await caught(twice.bytes())), "TypeError: a blob is read once");
});

test("text that is none is a TypeError", async () => {
  assert.instance(await caught((await sent(Uint8Array.of(0xff))).text()), TypeError);
});

test("any bytes in any chunks arrive, in chunks that fit into a record", async () => {
  const lengths = fc.array(fc.oneof(fc.nat(20), fc.nat(5_000), fc.integer({ min: 61_000, max: 200_000 })), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(lengths, fc.boolean(), async (chunks, announced) => {
      const bytes = someBytes(chunks.reduce((sum, length) => sum + length, 0));
      const body = chunks.map((length, place) => {
        const at = chunks.slice(0, place).reduce((sum, before) => sum + before, 0);
        return bytes.subarray(at, at + length);
      });
      const blob = await sent(announced ? { body, size: bytes.length } : body);
      const got: Uint8Array[] = [];
      for await (const chunk of blob) {
        assert.ok(chunk.length > 0 && chunk.length <= 61_440);
        got.push(chunk);
      }
      assert.ok(Buffer.concat(got).equals(bytes));
    }),
    { numRuns: 60 },
  );
});

test("a source that waits is let go at once when nobody wants it any more", async () => {
  let cancelled: unknown;
  const stream = new ReadableStream<Uint8Array>({
    cancel(reason) {
      cancelled = reason ?? "cancelled";
    },
  });
  const peers = await connectPeers({ serve: { handlers: [blobs({ put: () => ({ text: "enough" }) })] } });
  await peers.until(peers.client.use(Blobs).put(stream));
  await peers.clock.settle(0);
  assert.is(cancelled, "cancelled");
  await peers.close();
});

test("a handler's source that waits is let go when its caller leaves, also where it answers a blob", async () => {
  const returned: string[] = [];
  const waiting = (what: string): AsyncIterable<Uint8Array> => ({
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => {}),
      return: async () => ({ done: true, value: returned.push(what) as never }),
    }),
  });
  const peers = await connectPeers({ serve: { handlers: [blobs({ get: () => waiting("get"), swap: () => waiting("swap") })] } });
  const proxy = peers.client.use(Blobs);
  for (const call of [proxy.get({}), proxy.swap([])]) {
    const blob = await peers.until(call);
    const reading = caught(blob.bytes());
    await peers.clock.settle(0);
    blob.cancel();
    assert.is(((await reading) as { code?: string }).code, "CANCELLED");
  }
  await peers.clock.settle(0);
  assert.equal(returned, ["get", "swap"]);
  assert.is(peers.session.stats().commandsPending, 0);
  await peers.close();
});

test.run();
