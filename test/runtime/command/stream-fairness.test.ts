import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe, type Text, type TextInit } from "../../../generated/example/probe/v1/probe.ts";
import { probe } from "../../support/command/probe.ts";
import { note } from "../../support/report.ts";
import { slow } from "../../support/session/slow-wire.ts";
import { World } from "../../support/session/world.ts";

export const testTimeoutMs = 60_000;

/** 80 Mbit/s, and 5 ms each way: what all streams together want is more. */
const path = { bytesPerMs: 10_000, delayMs: 5 };

function endless(bytes: number, kind: "sync" | "async"): Iterable<TextInit> | AsyncIterable<TextInit> {
  const text = "x".repeat(bytes);
  if (kind === "sync")
    return (function* () {
      for (;;) yield { text };
    })();
  return (async function* () {
    for (;;) yield { text };
  })();
}

interface Scene {
  readonly world: World;
  /** Bytes that the reader of each stream took. */
  readonly taken: readonly number[];
  /** What each stream took in so many milliseconds. */
  during(ms: number): Promise<number[]>;
}

interface SceneOptions {
  readonly streams: number;
  readonly direction: "down" | "up";
  readonly itemBytes?: (stream: number) => number;
  readonly source?: (stream: number) => "sync" | "async";
  /** How long its reader takes for an item; Infinity: it takes the first one and no other. */
  readonly itemMs?: (stream: number) => number;
}

/** Streams side by side on one session. */
async function open({
  streams,
  direction,
  itemBytes = () => 1_000,
  source = () => "sync",
  itemMs = () => 0,
}: SceneOptions): Promise<Scene> {
  const world = new World({ wire: (transport, _side, clock) => slow(transport, clock, path) });
  const taken = Array.from({ length: streams }, () => 0);
  const read = async (stream: number, items: AsyncIterable<Text>): Promise<TextInit> => {
    for await (const { text } of items) {
      taken[stream]! += text.length;
      const ms = itemMs(stream);
      if (ms > 0) await new Promise<void>((next) => void (ms < Number.POSITIVE_INFINITY && world.clock.setTimer(ms, next)));
    }
    return {};
  };
  let opened = 0;
  const of = (stream: number) => endless(itemBytes(stream), source(stream));
  const handlers = [probe({ down: ({ number }) => of(number) as Iterable<TextInit>, up: (items) => read(opened++, items) })];
  await world.serve({ handlers });
  const client = await world.until(world.connecting({ handlers }), 5_000);
  const calls = client.use(Probe);
  for (let stream = 0; stream < streams; stream++) {
    if (direction === "down") read(stream, calls.down({ number: stream })).catch(() => {});
    else calls.up(of(stream)).catch(() => {});
  }
  const during = async (ms: number): Promise<number[]> => {
    const before = [...taken];
    await world.settle(ms);
    return taken.map((bytes, stream) => bytes - before[stream]!);
  };
  return { world, taken, during };
}

/** By how much the streams differ, of what the best one has. */
const difference = (bytes: readonly number[]): number => 1 - Math.min(...bytes) / Math.max(...bytes);
const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;

const test = suite("command/stream fairness");

for (const direction of ["down", "up"] as const) {
  for (const [what, options] of Object.entries<Partial<SceneOptions>>({
    "equal items": {},
    "items of 100 to 4,000 bytes": { itemBytes: (stream) => [100, 1_000, 4_000][stream % 3]! },
    "sources that answer at once and later": { source: (stream) => (stream % 2 === 0 ? "sync" : "async") },
  })) {
    test(`equal streams differ by less than 10 % over a second: ${what}, ${direction}`, async () => {
      const scene = await open({ streams: 25, direction, ...options });
      // Windows open within a few roundtrips; what waits in the full outbox is 0.4 s of each.
      await scene.during(3_000);
      const bytes = await scene.during(1_000);
      note(`${what}, ${direction}: ${percent(difference(bytes))}, ${bytes.reduce((sum, each) => sum + each, 0)} bytes a second`);
      assert.ok(difference(bytes) < 0.1, `${difference(bytes)}: ${bytes}`);
    });
  }
}

for (const direction of ["down", "up"] as const) {
  test(`one of 100 streams whose reader takes an item in 100 ms slows itself alone, ${direction}`, async () => {
    const scene = await open({ streams: 100, direction, itemMs: (stream) => (stream === 50 ? 100 : 0) });
    await scene.during(2_000);
    const bytes = await scene.during(1_000);
    const [slow] = bytes.splice(50, 1);
    assert.is(slow, 10_000, "ten items a second, as many as its reader takes");
    const all = bytes.reduce((sum, each) => sum + each, 0);
    note(`beside a slow reader, ${direction}: ${percent(all / (1_000 * path.bytesPerMs))} of the path, ${percent(difference(bytes))}`);
    assert.ok(all > 0.95 * 1_000 * path.bytesPerMs, String(all));
    assert.ok(difference(bytes) < 0.1, String(bytes));
  });

  test(`one of 100 streams that nobody reads slows itself alone, ${direction}`, async () => {
    const scene = await open({ streams: 100, direction, itemMs: (stream) => (stream === 50 ? Number.POSITIVE_INFINITY : 0) });
    await scene.during(2_000);
    const bytes = await scene.during(1_000);
    const [slow] = bytes.splice(50, 1);
    assert.is(slow, 0);
    assert.is(scene.taken[50], 1_000);
    const all = bytes.reduce((sum, each) => sum + each, 0);
    note(
      `beside a stream that nobody reads, ${direction}: ${percent(all / (1_000 * path.bytesPerMs))} of the path, ${percent(difference(bytes))}`,
    );
    assert.ok(all > 0.95 * 1_000 * path.bytesPerMs, String(all));
    assert.ok(difference(bytes) < 0.1, String(bytes));
  });
}

test.run();
