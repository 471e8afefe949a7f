import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Blobs } from "../../../generated/example/probe/v1/blobs.ts";
import { blobs, sha256, someBytes } from "../../support/command/blobs.ts";
import { note } from "../../support/report.ts";
import { CutWorld } from "../../support/session/resuming.ts";
import type { Side } from "../../support/session/world.ts";

export const testTimeoutMs = 240_000;

const bytes = someBytes(150);

/** Pieces of all lengths, the last announced by nobody. */
function* pieces(): Generator<Uint8Array> {
  for (let at = 0, length = 1; at < bytes.length; at += length++) yield bytes.subarray(at, at + length);
}

/** Blobs as request, as reply, both ways and in lane, over connections that are cut where the world says; each arrives whole and once. */
async function blobStory(world: CutWorld, what: string): Promise<void> {
  const taken: string[] = [];
  const handlers = blobs({
    put: async (blob) => {
      taken.push(`put ${sha256(await blob.bytes())}`);
      return {};
    },
    putInLane: async (blob) => {
      taken.push(`in lane ${sha256(await blob.bytes())}`);
      return {};
    },
    get: () => pieces(),
  });
  const { client, server } = await world.pair({ serve: { handlers: [handlers] } });
  const proxy = client.use(Blobs);
  const all = Promise.all([
    proxy.put(pieces()),
    proxy.putInLane({ body: pieces(), size: bytes.length }),
    proxy.get({}).then((blob) => blob.bytes()),
    proxy.swap({ body: pieces(), name: "both" }).then(async (blob) => [blob.name, await blob.bytes()]),
    proxy.markNormal({ text: "behind" }),
  ]);
  const results = await world.until(all, 250_000).catch((error: unknown) => {
    throw new Error(`${what}: ${String(error)}`);
  });
  assert.equal(results.slice(2, 4), [bytes, ["both", bytes]], what);
  assert.equal(taken.sort(), [`in lane ${sha256(bytes)}`, `put ${sha256(bytes)}`], what);
  await world.until(client.close(), 10_000);
  await world.until(server.close(), 10_000);
  assert.equal(world.log, [], what);
}

const test = suite("blob/cuts");

for (const to of ["client", "server"] satisfies readonly Side[]) {
  test(`a connection that is cut at any byte to the ${to}: blobs arrive whole and once`, async () => {
    const quiet = new CutWorld();
    await blobStory(quiet, "no cut");
    const last = quiet.passed[to][0]!;
    // The handshake has its own tests, and is all that a server's first bytes are.
    const first = 700;
    for (let at = first; at <= last; at++)
      await blobStory(new CutWorld([{ connection: 0, to, bytes: at }]), `cut after ${at} bytes to the ${to}`);
    note(`${last - first + 1} cuts`);
  });
}

test.run();
