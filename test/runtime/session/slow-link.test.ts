import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import type { ManualClock } from "../../../runtime/time/manual-clock.ts";
import type { Transport } from "../../../runtime/transport/transport.ts";
import { probe } from "../../support/command/probe.ts";
import { World } from "../../support/session/world.ts";

/** 1 Mbit/s. */
const BYTES_PER_MS = 125;
const DELAY_MS = 50;

/** Delivers what comes as a slow link does: each millisecond its bytes, all of it late, behind a buffer without a bound. */
function slow(transport: Transport, clock: ManualClock): Transport {
  const { start } = transport;
  transport.start = (events) => {
    let freeAt = 0;
    start.call(transport, {
      onDrain: () => events.onDrain(),
      onClose: (close) => events.onClose(close),
      onBytes: (bytes) => {
        for (let at = 0; at < bytes.length; at += 1_500) {
          const piece = bytes.slice(at, at + 1_500);
          freeAt = Math.max(freeAt, clock.now()) + piece.length / BYTES_PER_MS;
          clock.setTimer(freeAt + DELAY_MS - clock.now(), () => events.onBytes(piece));
        }
      },
    });
  };
  return transport;
}

const test = suite("session/slow link");

for (const direction of ["up", "down"] as const) {
  test(`a message of 4 MB over 1 Mbit/s, ${direction}, is no death: what arrives in part is told`, async () => {
    const world = new World({ wire: (transport, _side, clock) => slow(transport, clock) });
    const notes: number[] = [];
    const handlers = [probe({ note: ({ text }) => void notes.push(text.length) })];
    const server = await world.serve({ retentionMs: 300_000, handlers });
    const client = await world.until(world.connecting({ retentionMs: 300_000, handlers }), 5_000);
    const [session] = server.sessions();
    const states: string[] = [];
    (async () => {
      for await (const { type } of client.status()) states.push(type);
    })();
    const sender = direction === "up" ? client : session!;
    const began = world.clock.now();
    sender.use(Probe).note({ text: "x".repeat(4_000_000) });
    sender.use(Probe).note({ text: "y" });
    await world.until(sender.flush(), 60_000);
    assert.ok(world.clock.now() - began > 30_000);
    assert.equal(notes, [4_000_000, 1]);
    assert.equal(states, ["open"]);
  });
}

test.run();
