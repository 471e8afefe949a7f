import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe, type ProbeProxy } from "../../../generated/example/probe/v1/probe.ts";
import type { Session } from "../../../runtime/command/session-type.ts";
import { probe } from "../../support/command/probe.ts";
import { note } from "../../support/report.ts";
import { slow } from "../../support/session/slow-wire.ts";
import { World } from "../../support/session/world.ts";

/** 1 Mbit/s. */
const slowPath = { bytesPerMs: 125, delayMs: 50 };

export const testTimeoutMs = 120_000;

/** A client and its server over a path, whose handlers count what comes in bulk. */
async function meeting(path = slowPath) {
  const world = new World({ wire: (transport, _side, clock) => slow(transport, clock, path) });
  const came = { bulk: 0, normal: 0 };
  const handlers = [
    probe({
      noteBulk: ({ text }) => {
        came.bulk += text.length;
      },
      note: ({ text }) => {
        came.normal += text.length;
      },
    }),
  ];
  const server = await world.serve({ handlers, sendTimeoutMs: 600_000 });
  const client = await world.until(world.connecting({ handlers, sendTimeoutMs: 600_000 }), 5_000);
  const [session] = server.sessions();
  return { world, came, client, session: session! };
}

/** Keeps one-ways of so many characters waiting, until the returned function is called. */
function pour(caller: Session, send: "note" | "noteBulk", length: number): () => void {
  const proxy: ProbeProxy = caller.use(Probe);
  let on = true;
  const go = async (): Promise<void> => {
    while (on) await proxy[send]({ text: "x".repeat(length) });
  };
  for (let at = 0; at < 3; at++) go().catch(() => {});
  return () => {
    on = false;
  };
}

const test = suite("session/pacing");

for (const direction of ["up", "down"] as const) {
  for (const length of [1_000, 100_000, 4_000_000]) {
    test(`1 Mbit/s, 50 ms: beside bulk messages of ${length} bytes, a request of class HIGH is answered within the roundtrip and 300 ms, ${direction}`, async () => {
      const { world, came, client, session } = await meeting();
      const [caller, handler] = direction === "up" ? [client, session] : [session, client];
      const stop = pour(caller, "noteBulk", length);
      // The path is not known yet.
      await world.settle(5_000);
      const [from, bytes] = [world.clock.now(), came.bulk];
      const times: number[] = [];
      for (let at = 0; at < 40; at++) {
        await world.settle(333);
        for (const side of [caller, handler]) {
          const began = world.clock.now();
          await world.until(side.use(Probe).echoHigh({}), 5_000);
          times.push(world.clock.now() - began);
        }
      }
      const rate = (came.bulk - bytes) / (world.clock.now() - from);
      note(
        `${length} bytes ${direction}: answered after ${Math.min(...times)} to ${Math.max(...times)} ms, bulk at ${Math.round(rate)} bytes/ms of ${slowPath.bytesPerMs}`,
      );
      assert.ok(Math.max(...times) <= 2 * slowPath.delayMs + 300, `${Math.max(...times)} ms`);
      assert.ok(rate > 0.85 * slowPath.bytesPerMs, `${rate} bytes/ms`);
      stop();
      client.close();
      await world.settle(100_000);
    });
  }
}

test("both directions at once go on: neither waits for the acknowledgements of the other", async () => {
  const { world, came, client, session } = await meeting();
  session.use(Probe).noteHigh({});
  const stops = [pour(client, "noteBulk", 50_000), pour(session, "note", 3_000)];
  await world.settle(5_000);
  const [from, { bulk, normal }] = [world.clock.now(), { ...came }];
  await world.settle(30_000);
  const ms = world.clock.now() - from;
  const rates = [(came.bulk - bulk) / ms, (came.normal - normal) / ms];
  note(`${rates.map(Math.round)} bytes/ms of ${slowPath.bytesPerMs}`);
  // What one direction's acknowledgements wait in the other's queue is no length of the path, and not made up for.
  for (const rate of rates) assert.ok(rate > 0.6 * slowPath.bytesPerMs, `${rate} bytes/ms`);
  for (const stop of stops) stop();
  client.close();
  await world.settle(100_000);
});

test("bulk does not starve beside normal: it has one byte of seventeen", async () => {
  const { world, came, client } = await meeting();
  const stops = [pour(client, "noteBulk", 1_000), pour(client, "note", 1_000)];
  await world.settle(20_000);
  const { bulk, normal } = { ...came };
  await world.settle(100_000);
  const share = (came.bulk - bulk) / (came.bulk - bulk + came.normal - normal);
  note(`bulk has ${(100 * share).toFixed(1)} %`);
  assert.ok(share > 0.9 / 17 && share < 1.1 / 17, `${share}`);
  for (const stop of stops) stop();
  client.close();
  await world.settle(100_000);
});

test.run();
