import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe, type TextInit } from "../../../generated/example/probe/v1/probe.ts";
import type { Limits } from "../../../runtime/session/limits.ts";
import { probe } from "../../support/command/probe.ts";
import { note } from "../../support/report.ts";
import { type Path, slow } from "../../support/session/slow-wire.ts";
import { World } from "../../support/session/world.ts";

export const testTimeoutMs = 60_000;

/** 100 Mbit/s, and 50 ms each way. */
const path: Path = { bytesPerMs: 12_500, delayMs: 50 };

function* endless(bytes: number): Generator<TextInit> {
  const text = "x".repeat(bytes);
  for (;;) yield { text };
}

/** Bytes a millisecond that one stream carries, from a second after its beginning on for two seconds. */
async function speed(
  direction: "down" | "up" | "up in BULK",
  itemBytes: number,
  path: Path,
  limits: Partial<Limits> = {},
): Promise<number> {
  const world = new World({ wire: (transport, _side, clock) => slow(transport, clock, path) });
  let taken = 0;
  const read = async (items: AsyncIterable<{ readonly text: string }>): Promise<TextInit> => {
    for await (const { text } of items) taken += text.length;
    return {};
  };
  const readBulk = async function* (items: AsyncIterable<{ readonly text: string }>): AsyncGenerator<TextInit> {
    yield await read(items);
  };
  const handlers = [probe({ down: () => endless(itemBytes), up: read, bothBulk: readBulk })];
  await world.serve({ handlers, limits });
  const client = await world.until(world.connecting({ handlers, limits }), 5_000);
  if (direction === "down") read(client.use(Probe).down({})).catch(() => {});
  else if (direction === "up in BULK") read(client.use(Probe).bothBulk(endless(itemBytes))).catch(() => {});
  else
    client
      .use(Probe)
      .up(endless(itemBytes))
      .catch(() => {});
  await world.settle(1_000);
  const before = taken;
  await world.settle(2_000);
  const bytes = taken - before;
  await world.until(client.close(), 10_000);
  return bytes / 2_000;
}

const test = suite("command/stream speed");

for (const direction of ["down", "up"] as const) {
  test(`one stream fills 100 Mbit/s with a roundtrip of 100 ms, ${direction}`, async () => {
    const reached = (await speed(direction, 16_000, path)) / path.bytesPerMs;
    note(`one stream ${direction}: ${(100 * reached).toFixed(1)} % of 100 Mbit/s`);
    assert.ok(reached > 0.8, String(reached));
  });
}

test("items of 300 bytes fill it too", async () => {
  const reached = (await speed("down", 300, path)) / path.bytesPerMs;
  note(`one stream of small items: ${(100 * reached).toFixed(1)} % of 100 Mbit/s`);
  assert.ok(reached > 0.8, String(reached));
});

test("so does a stream of class BULK, whose sender spreads what it sends over time", async () => {
  const reached = (await speed("up in BULK", 16_000, path)) / path.bytesPerMs;
  note(`one stream of class BULK: ${(100 * reached).toFixed(1)} % of 100 Mbit/s`);
  assert.ok(reached > 0.8, String(reached));
});

test("without a budget to grow by, a stream carries its first window each roundtrip", async () => {
  const limits = { streams: 256, streamBytes: 65_536, streamBudgetBytes: 256 * 65_536 };
  const reached = await speed("down", 16_000, path, limits);
  assert.ok(reached < 1.5 * (65_536 / 100), String(reached));
});

test.run();
