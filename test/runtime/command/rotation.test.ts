import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import { portableCrypto } from "../../../runtime/crypto/portable.ts";
import { connectPeers } from "../../support/command/peers.ts";
import { effect, probe } from "../../support/command/probe.ts";
import { note } from "../../support/report.ts";

export const testTimeoutMs = 60_000;

/** Rotations, and commands that each side sends before the next one. */
const ROTATIONS = 100;
const COMMANDS = 50;

const test = suite("command/rotation");

test("10,000 commands of both sides across 100 rotations: none lost, none twice, none out of order; native meets portable", async () => {
  const handled: [number[], number[]] = [[], []];
  const handlers = (at: 0 | 1) => [
    probe({
      echo: ({ number }) => effect(handled[at].push(number), { number }),
      note: ({ number }) => void handled[at].push(number),
    }),
  ];
  const peers = await connectPeers({
    sealed: true,
    serve: { handlers: handlers(0) },
    connect: { handlers: handlers(1), crypto: portableCrypto() },
  });
  const epochs: number[] = [];
  void (async () => {
    for await (const event of peers.session.status()) if (event.type === "rotated") epochs.push(event.epoch);
  })();
  const replies: [Promise<{ number: number }>[], Promise<{ number: number }>[]] = [[], []];
  const inFlight: number[] = [];
  for (let rotation = 0; rotation < ROTATIONS; rotation++) {
    // A client renews its keys no faster than its server allows.
    peers.clock.jump(1_200);
    for (const [at, [caller]] of peers.sides.entries())
      for (let command = 0; command < COMMANDS; command++) {
        const number = rotation * COMMANDS + command;
        if (command % 5 === 0) caller.use(Probe).note({ number });
        else replies[at as 0 | 1].push(caller.use(Probe).echo({ number }));
      }
    peers.client.rotateKeys();
    inFlight.push(peers.client.stats().callsPending + peers.session.stats().callsPending);
    // Not until rest: the next commands leave while this rotation's messages travel.
    for (let turn = 0; peers.client.stats().rotations === rotation; turn++) {
      if (turn > 50) throw new Error(`rotation ${rotation + 1} does not end`);
      peers.clock.turn();
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }
  const expected = Array.from({ length: ROTATIONS * COMMANDS }, (_, number) => number);
  for (const at of [0, 1] as const) {
    const answered = await peers.until(Promise.all(replies[at]), 1_000);
    assert.equal(
      answered.map(({ number }) => number),
      expected.filter((number) => number % 5 !== 0),
    );
    assert.equal(handled[at], expected);
  }
  assert.is(peers.client.stats().rotations, ROTATIONS);
  await peers.close();
  assert.equal(
    epochs,
    Array.from({ length: ROTATIONS }, (_, epoch) => epoch + 1),
  );
  note(`${2 * expected.length} commands, ${ROTATIONS} rotations, ${Math.min(...inFlight)} or more calls in flight at each`);
});

test.run();
