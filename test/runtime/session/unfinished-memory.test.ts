import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import { Priority } from "../../../runtime/session/priority.ts";
import { note } from "../../support/report.ts";
import { introduce, Kind, request } from "../../support/session/probe-frames.ts";
import { rawClient } from "../../support/session/raw-peer.ts";
import { World } from "../../support/session/world.ts";

export const testRunsAlone = true;

const { HIGH, NORMAL, BULK } = Priority;
const MEBIBYTE = 1_048_576;
const SESSIONS = 8;
const endless = request(1, introduce("Echo", Kind.UNARY), new Uint8Array(3_500_000));

/** Bytes of buffers in use once all garbage is gone. */
async function bufferBytes(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    globalThis.gc!();
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().arrayBuffers;
}

const test = suite("session/unfinished memory");

test("frames without end in each class of many sessions hold no more than all sessions may, and what is set aside for each", async () => {
  const world = new World();
  const server = await world.serve({ unfinishedBytes: 8 * MEBIBYTE });
  const raws = await Promise.all(Array.from({ length: SESSIONS }, () => rawClient(world)));
  const before = await bufferBytes();
  for (const raw of raws)
    for (const kind of [NORMAL, HIGH, BULK])
      for (let at = 0; at < 3_000_000; at += 60_000) await raw.sendAs(kind, endless.slice(at, at + 60_000));
  const grown = (await bufferBytes()) - before;
  note(`${SESSIONS * 3 * 3} MB came, ${(grown / MEBIBYTE).toFixed(1)} MiB are held`);
  // Each session's receiver and the test's own ends keep buffers of a record or two.
  assert.ok(grown > 4 * MEBIBYTE && grown < 8 * MEBIBYTE + SESSIONS * 4 * 70_000, `${grown} bytes`);
  assert.is([...server.sessions()].length, SESSIONS);
  const client = await world.connect();
  assert.is((await world.until(client.use(Probe).echo({ number: 7 }))).number, 7);
});

test.run();
