import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import type { Session } from "../../../runtime/command/session-type.ts";
import { seededRandom } from "../../support/channel/ends.ts";
import { collect, probe } from "../../support/command/probe.ts";
import { note } from "../../support/report.ts";
import { sliced, splitAtRandom } from "../../support/session/splitting.ts";
import { World } from "../../support/session/world.ts";

const COMMANDS = 10_000;
const ROTATIONS = 100;

const test = suite("session/rotation under load");

test("10,000 commands both ways across 100 rotations, begun by either side: each runs once, in order, and is answered", async () => {
  const random = seededRandom(7);
  const world: World = new World({ wire: (transport, _side, clock) => sliced(transport, clock, splitAtRandom(random, 30_000)) });
  const heard: [number[], number[]] = [[], []];
  const counting = (side: 0 | 1) => [
    probe({
      echo: ({ number }) => {
        heard[side].push(number);
        return { number: number + 1 };
      },
    }),
  ];
  const server = await world.serve({ handlers: counting(1) });
  const client = await world.connect({ handlers: counting(0) });
  const [session] = server.sessions();
  const answers: Promise<number>[] = [];
  const send = (from: Session, number: number): void => {
    answers.push(
      from
        .use(Probe)
        .echo({ number })
        .then((reply) => reply.number - number),
    );
  };
  const stream = collect(client.use(Probe).down({ number: 2_000 }));
  const perRound = COMMANDS / ROTATIONS;
  for (let round = 0; round < ROTATIONS; round++) {
    // A client renews its keys no faster than its server allows.
    world.clock.jump(1_200);
    for (let index = 0; index < perRound / 2; index++) {
      send(client, (round * perRound) / 2 + index);
      send(session!, (round * perRound) / 2 + index);
    }
    (round % 2 === 0 ? client : session!).rotateKeys();
    // Some rotations begin before the last one ended, some have time.
    for (let turn = 0; turn < round % 7; turn++) world.clock.turn();
    if (round % 3 === 0) await world.settle();
    // One that is asked for while another is under way comes to nothing.
    while (client.stats().rotations < round - 3) {
      client.rotateKeys();
      await world.settle(1_200);
    }
  }
  const replies = await world.until(Promise.all(answers));
  assert.is(replies.length, COMMANDS);
  assert.ok(replies.every((one) => one === 1));
  const inOrder = Array.from({ length: COMMANDS / 2 }, (_, index) => index);
  assert.equal(heard, [inOrder, inOrder]);
  assert.is((await world.until(stream)).length, 2_000);
  while (client.stats().rotations < ROTATIONS) {
    client.rotateKeys();
    await world.settle(1_200);
  }
  await world.until(client.flush(), 100);
  note(`${client.stats().rotations} rotations, ${client.stats().recordsIn + client.stats().recordsOut} records`);
  await world.until(server.close(), 10_000);
  assert.equal(world.log, []);
});

test.run();
