import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import { CommandError } from "../../../runtime/errors/command-error.ts";
import type { Server } from "../../../runtime/server.ts";
import { EndError } from "../../../runtime/session/session-end.ts";
import { timersOf } from "../../../runtime/time/timers-of.ts";
import { collect, probe } from "../../support/command/probe.ts";
import { note } from "../../support/report.ts";
import { cutAfter } from "../../support/session/cut-after.ts";
import { type Side, World } from "../../support/session/world.ts";

export const testTimeoutMs = 90_000;

/** What one client went through: which of its commands ran, and what it was told of each. */
interface Story {
  readonly ran: Set<number>;
  readonly told: (string | undefined)[];
}

/** Each command has a number, by which handlers note that they ran. */
async function live(world: World, disturb: (turn: number, server: Server) => void): Promise<Story> {
  const ran = new Set<number>();
  const run = (number: number): number => {
    ran.add(number);
    return number;
  };
  const handlers = [
    probe({
      echo: async ({ number }) => ({ number: run(number) }),
      note: ({ number }) => void run(number),
      turn: async ({ number }) => ({ number: run(number) }),
      *down({ number }) {
        yield { number: run(number) };
      },
      async up(items) {
        let number = 0;
        for await (const item of items) number = run(item.number);
        return { number };
      },
    }),
  ];
  const server = await world.serve({ handlers });
  const connecting = world.connecting({ handlers: [] });
  const calls = connecting.then(async (client) => {
    const proxy = client.use(Probe);
    client.rotateKeys();
    const unary = [1, 2].map((number) => proxy.echo({ number }));
    const notes = proxy.note({ number: 3 });
    const turns = [4, 5].map((number) => proxy.turn({ number }));
    const streams = [collect(proxy.down({ number: 6 })), proxy.up([{ number: 7 }])];
    const late = notes
      .then(() => client.flush())
      .catch(() => {})
      .then(() => proxy.echo({ number: 8 }));
    const outcomes = await Promise.all(
      [...unary, notes, ...turns, ...streams, late].map((call) =>
        Promise.resolve(call).then(
          () => undefined,
          (error: unknown) => {
            assert.ok(CommandError.is(error), String(error));
            return error.outcome;
          },
        ),
      ),
    );
    await client.close();
    return outcomes;
  });
  calls.catch(() => {});
  for (let turn = 0; turn < 60; turn++) {
    disturb(turn, server);
    await new Promise((resolve) => setImmediate(resolve));
    world.clock.turn();
  }
  const told = await world.until(
    calls.catch((error: unknown) => {
      assert.instance(error, EndError);
      return [];
    }),
    30_000,
  );
  await world.until(server.close(), 30_000);
  await world.settle(30_000);
  assert.equal([...server.sessions()], []);
  assert.is(timersOf(world.clock).size, 0);
  assert.equal(world.log, []);
  return { ran, told };
}

/** NOT_RUN is a promise, and an answer too. */
function assertTruth({ ran, told }: Story, when: string): void {
  told.forEach((outcome, index) => {
    const number = index + 1;
    if (outcome === "NOT_RUN") assert.not(ran.has(number), `${when}: command ${number} ran, and its caller was told that it did not`);
    // One-ways are told nothing once they were sent.
    if (outcome === undefined && number !== 3) assert.ok(ran.has(number), `${when}: command ${number} was answered and did not run`);
  });
}

const test = suite("session/every cut");

for (const side of ["server", "client"] as const satisfies readonly Side[]) {
  test(`wherever the bytes to the ${side} are cut, every call is told the truth and nothing is left behind`, async () => {
    let longest = 1;
    const outcomes = { answered: 0, NOT_RUN: 0, MAY_HAVE_RUN: 0 };
    for (let bytes = 0; bytes < longest + 1; bytes++) {
      let passed = 0;
      const world = new World({
        wire: (transport, of) =>
          of === side
            ? cutAfter(transport, bytes === 0 ? 1e9 : bytes, (count) => {
                passed += count;
              })
            : transport,
      });
      const story = await live(world, () => {});
      longest = Math.max(longest, passed);
      if (bytes === 0) assert.equal(story.told, Array(8).fill(undefined));
      assertTruth(story, `cut after ${bytes} bytes`);
      for (const outcome of story.told) outcomes[(outcome ?? "answered") as keyof typeof outcomes]++;
    }
    note(`cut to the ${side} at each of ${longest} bytes: ${JSON.stringify(outcomes)}`);
    assert.ok(outcomes.NOT_RUN + outcomes.MAY_HAVE_RUN > 0 && outcomes.answered > 0);
  });
}

for (const [name, end] of [
  ["closes", (server: Server) => server.close()],
  ["drains", (server: Server) => server.drain()],
] as const) {
  test(`whenever a server ${name}, every call is told the truth and nothing is left behind`, async () => {
    const outcomes = { answered: 0, NOT_RUN: 0, MAY_HAVE_RUN: 0 };
    for (let at = 0; at < 40; at++) {
      const story = await live(new World(), (turn, server) => {
        if (turn === at) end(server);
      });
      assertTruth(story, `${name} in turn ${at}`);
      if (name === "drains") assert.not(story.told.includes("MAY_HAVE_RUN"), `turn ${at}: what was begun is answered before the end`);
      for (const outcome of story.told) outcomes[(outcome ?? "answered") as keyof typeof outcomes]++;
    }
    note(`a server that ${name} in each of 40 turns: ${JSON.stringify(outcomes)}`);
    assert.ok(outcomes.answered > 0);
  });
}

test.run();
