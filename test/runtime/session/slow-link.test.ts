import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import { probe } from "../../support/command/probe.ts";
import { slow } from "../../support/session/slow-wire.ts";
import { World } from "../../support/session/world.ts";

/** 1 Mbit/s. */
const path = { bytesPerMs: 125, delayMs: 50 };

const test = suite("session/slow link");

for (const direction of ["up", "down"] as const) {
  test(`a message of 4 MB over 1 Mbit/s, ${direction}, is no death: what arrives in part is told`, async () => {
    const world = new World({ wire: (transport, _side, clock) => slow(transport, clock, path) });
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
