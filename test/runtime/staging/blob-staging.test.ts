import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Blobs, type BlobsHandlers } from "../../../generated/example/probe/v1/blobs.ts";
import { QuotaExceeded, Staging } from "../../../generated/zserver/staging/v1/staging.ts";
import { offerStaging as offerInBrowser } from "../../../runtime/browser.ts";
import { connect, createIdentity, serve } from "../../../runtime/index.ts";
import type { BlobStaging } from "../../../runtime/staging/blob-staging.ts";
import { type DiskStagingOptions, offerStaging } from "../../../runtime/staging/offer-staging.ts";
import { stage } from "../../../runtime/staging/stage.ts";
import { ManualClock } from "../../../runtime/time/manual-clock.ts";
import { assertError, caught } from "../../support/command/assert-error.ts";
import { blobs, reasonOf, sha256, someBytes } from "../../support/command/blobs.ts";
import { connectPeers, type Peers } from "../../support/command/peers.ts";

/** A handler that reads all that it is told of, one after the other. */
const reader =
  (staging: () => BlobStaging): BlobsHandlers["collect"] =>
  async ({ blobs: refs }, { session }) => {
    const digests: string[] = [];
    for (const ref of refs) digests.push(sha256(await staging().open(session, ref).bytes()));
    return { text: digests.join(" "), number: digests.length };
  };

/** A pair whose server keeps blobs, in memory: virtual time waits for no disk. */
async function stagingPeers(
  options: DiskStagingOptions = {},
  handlers: Partial<BlobsHandlers> = {},
): Promise<{ readonly peers: Peers; readonly staging: BlobStaging; readonly clock: ManualClock }> {
  const clock = new ManualClock();
  const staging = offerStaging({ clock, memoryBytes: 1_000_000_000, ...options });
  const both = [blobs({ collect: reader(() => staging), ...handlers }), staging.implementation];
  const peers = await connectPeers({ serve: { handlers: both } });
  return { peers, staging, clock };
}

const empty = { blobs: 0, bytes: 0 };

const test = suite("staging/blob-staging");

test("blobs that were staged are what a later command is about", async () => {
  const { peers, staging } = await stagingPeers();
  const contents = [10, 200_000, 0].map((length) => someBytes(length, length + 1));
  const staged = await peers.until(Promise.all(contents.map((bytes) => stage(peers.client, bytes))));
  assert.equal(staging.stats, { blobs: 3, bytes: 200_010 });
  const { text } = await peers.until(peers.client.use(Blobs).collect({ blobs: staged }));
  assert.is(text, contents.map(sha256).join(" "));
  // Any number of times, until they are released.
  assert.is((await peers.until(peers.client.use(Blobs).collect({ blobs: [staged[0]!, staged[0]!] }))).number, 2);
  staged[0]!.release();
  const error = await peers.failure(peers.client.use(Blobs).collect({ blobs: [staged[0]!] }));
  assertError(error, "NOT_FOUND", "MAY_HAVE_RUN");
  assert.equal(staging.stats, { blobs: 2, bytes: 200_000 });
  await peers.until(peers.client.close(), 10_000);
  await peers.clock.settle(0);
  assert.equal(staging.stats, empty);
  await peers.close();
});

test("either side may stage where the other offers it, and is told where it does not", async () => {
  const staging = offerStaging({ memoryBytes: 1_000_000_000 });
  const peers = await connectPeers({
    serve: { handlers: [blobs()] },
    connect: { handlers: [blobs({ collect: reader(() => staging) }), staging.implementation] },
  });
  const staged = await peers.until(stage(peers.session, someBytes(100)));
  assert.is((await peers.until(peers.session.use(Blobs).collect({ blobs: [staged] }))).text, sha256(someBytes(100)));
  assertError(await peers.failure(stage(peers.client, someBytes(100))), "UNIMPLEMENTED", "NOT_RUN");
  await peers.close();
});

test("no other session opens a blob unless it is granted, and none after its own has ended", async () => {
  const clock = new ManualClock();
  const staging = offerStaging({ clock, memoryBytes: 1_000_000_000 });
  const server = [blobs({ collect: reader(() => staging) }), staging.implementation];
  const [one, two] = [await connectPeers({ serve: { handlers: server } }), await connectPeers({ serve: { handlers: server } })];
  const staged = await one.until(stage(one.client, someBytes(100)));
  const collect = (): Promise<unknown> => two.client.use(Blobs).collect({ blobs: [staged] });
  const stranger = assertError(await two.failure(collect()), "NOT_FOUND", "MAY_HAVE_RUN");
  const absent = await two.failure(two.client.use(Blobs).collect({ blobs: [{ id: someBytes(16) }] }));
  assert.is(stranger.message, (absent as Error).message, "it does not learn that there is one");
  two.client.use(Staging).release({ blobs: [staged] });
  await two.clock.settle(0);
  assert.is(staging.stats.blobs, 1, "nor does it let go of it");
  assert.throws(() => staging.grant(two.session, staged, two.session), "no such blob");
  staging.grant(one.session, staged, two.session);
  assert.is(((await two.until(collect())) as { text: string }).text, sha256(someBytes(100)));
  assert.throws(() => staging.release(two.session, staged), "no such blob");
  await one.close();
  assertError(await two.failure(collect()), "NOT_FOUND", "MAY_HAVE_RUN");
  assert.equal(staging.stats, empty);
  await two.close();
});

test("a folder that cannot be had is said at once, unless all that may be staged stays in memory", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "zserver-test-"));
  const directory = path.join(folder, "none");
  assert.throws(() => offerStaging({ directory }), new RegExp(`large blobs cannot be kept in ${directory}: make that folder`));
  offerStaging({ directory, memoryBytes: 1_000, bytesPerSession: 1_000 });
  offerStaging({ directory: folder });
  rmSync(folder, { recursive: true });
});

test("ids are 16 bytes of the source of randomness, each its own", async () => {
  const asked: number[] = [];
  const random = (length: number): Uint8Array => someBytes(length, asked.push(length));
  const { peers } = await stagingPeers({ random });
  const ids = [];
  for (const length of [1, 2]) ids.push((await peers.until(stage(peers.client, someBytes(length)))).id);
  assert.equal(ids, [someBytes(16, 1), someBytes(16, 2)]);
  await peers.close();
});

const quotas: readonly (readonly [quota: string, options: DiskStagingOptions, sizes: readonly number[]])[] = [
  ["blobsPerSession", { blobsPerSession: 2 }, [1, 1, 1]],
  ["bytesPerSession", { bytesPerSession: 100 }, [60, 40, 1]],
  ["blobs", { blobs: 2 }, [1, 1, 1]],
  ["bytes", { bytes: 100 }, [60, 40, 1]],
];
for (const [quota, options, sizes] of quotas) {
  for (const announced of [true, false]) {
    test(`what is beyond ${quota} is refused, of ${announced ? "a known" : "an unknown"} size, and fits once another is released`, async () => {
      const { peers, staging } = await stagingPeers(options);
      const send = (size: number): ReturnType<typeof stage> => stage(peers.client, announced ? someBytes(size) : [someBytes(size)]);
      const [first] = [await peers.until(send(sizes[0]!)), await peers.until(send(sizes[1]!))];
      const full = staging.stats;
      const error = assertError(await peers.failure(send(sizes[2]!)), "RESOURCE_EXHAUSTED", "MAY_HAVE_RUN", new RegExp(quota));
      assert.is(error.detail(QuotaExceeded)?.quota, quota);
      assert.equal(staging.stats, full);
      await peers.until(first.release());
      await peers.until(send(sizes[2]!));
      assert.is(staging.stats.blobs, 2);
      await peers.close();
      assert.equal(staging.stats, empty);
    });
  }
}

test("what comes counts as it comes: many that come at once do not exceed what one may", async () => {
  const { peers, staging } = await stagingPeers({ bytesPerSession: 100_000 });
  const results = await peers.until(Promise.allSettled(Array.from({ length: 8 }, () => stage(peers.client, [someBytes(30_000)]))));
  assert.is(results.filter(({ status }) => status === "fulfilled").length, 3);
  assert.equal(staging.stats, { blobs: 3, bytes: 90_000 });
  await peers.close();
});

test("a blob that nobody releases is kept for ageMs", async () => {
  const { peers, staging, clock } = await stagingPeers({ ageMs: 1_000 });
  await peers.until(stage(peers.client, someBytes(10)));
  await clock.settle(600);
  const second = await peers.until(stage(peers.client, someBytes(20)));
  await clock.settle(399);
  assert.is(staging.stats.bytes, 30);
  await clock.settle(1);
  assert.is(staging.stats.bytes, 20);
  assert.is((await peers.until(peers.client.use(Blobs).collect({ blobs: [second] }))).number, 1);
  await clock.settle(600);
  assert.equal(staging.stats, empty);
  assert.is(clock.nextTimerAt, undefined);
  await peers.close();
});

test("a blob that does not come whole is not staged, and takes no room", async () => {
  const { peers, staging } = await stagingPeers();
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield someBytes(100_000);
    throw new Error("lost");
  }
  assert.is(reasonOf(await peers.failure(stage(peers.client, broken()))), "SOURCE_FAILED");
  await peers.clock.settle(0);
  assert.equal(staging.stats, empty);
  await peers.close();
});

test("large ones are on disk, in files without a name, and go with their session", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "zserver-test-"));
  const staging = offerStaging({ memoryBytes: 1_000, directory: folder });
  const handlers = [blobs({ collect: reader(() => staging) }), staging.implementation];
  const server = await serve({ listen: ["tcp://127.0.0.1:0"], identity: createIdentity(), handlers, log: () => {} });
  const client = await connect({ endpoints: server.endpoints, serverKey: server.serverKey });
  const staged = await Promise.all(Array.from({ length: 100 }, (_, at) => stage(client, someBytes(20_000, at))));
  assert.equal(staging.stats, { blobs: 100, bytes: 2_000_000 });
  assert.equal(readdirSync(folder), []);
  const { text } = await client.use(Blobs).collect({ blobs: staged });
  assert.is(text, Array.from({ length: 100 }, (_, at) => sha256(someBytes(20_000, at))).join(" "));
  await client.close();
  await server.close();
  assert.equal(staging.stats, empty);
  rmSync(folder, { recursive: true });
});

test("in a browser they are kept in memory, each reader's bytes its own", async () => {
  const staging = offerInBrowser();
  const peers = await connectPeers({ serve: { handlers: [blobs()] }, connect: { handlers: [blobs(), staging.implementation] } });
  const staged = await peers.until(stage(peers.session, [someBytes(100), someBytes(50)]));
  const blob = staging.open(peers.client, staged);
  (await blob.bytes()).fill(0);
  assert.equal(await blob.bytes(), new Uint8Array([...someBytes(100), ...someBytes(50)]));
  staging.release(peers.client, staged);
  assertError(await caught(blob.bytes()), "FAILED_PRECONDITION", "MAY_HAVE_RUN");
  assert.throws(() => offerInBrowser({ directory: "/tmp" } as never), TypeError);
  await peers.close();
});

test("unknown options and counts that are none are TypeErrors", () => {
  for (const options of [{ blob: 1 }, { blobs: 0 }, { ageMs: -1 }, { bytes: 1.5 }])
    assert.throws(() => offerStaging(options as never), TypeError);
});

test.run();
