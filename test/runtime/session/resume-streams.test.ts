import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe, type Text, type TextInit } from "../../../generated/example/probe/v1/probe.ts";
import type { Peer } from "../../../runtime/command/peer.ts";
import type { Session } from "../../../runtime/command/session-type.ts";
import { collect, probe } from "../../support/command/probe.ts";
import { note } from "../../support/report.ts";
import { type Cut, CutWorld } from "../../support/session/resuming.ts";
import type { Side } from "../../support/session/world.ts";

export const testTimeoutMs = 240_000;

const ITEMS = 12;
const ITEM_BYTES = 20;
/** So small that everything waits for credit again and again, and with room to grow. */
const limits = { streams: 4, streamItems: 2, streamBytes: 40, streamBudgetBytes: 2_000 };

const items = (): TextInit[] => Array.from({ length: ITEMS }, (_, number) => ({ number, text: "x".repeat(ITEM_BYTES - 6) }));
const numbers = (got: readonly Text[]): number[] => got.map(({ number }) => number);

const budgetOf = (session: Session) => (session as unknown as Peer).streams!.budget;

/** Streams both ways from both sides, whatever is cut meanwhile: every item arrives once and in order, and no more waits than windows allow. */
async function story(cuts: readonly Cut[]): Promise<CutWorld> {
  const world = new CutWorld(cuts);
  let most = 0;
  const watch = (): void => {
    for (const session of sessions) most = Math.max(most, budgetOf(session).heldBytes);
  };
  const watched = async function* (taken: AsyncIterable<Text>): AsyncGenerator<TextInit> {
    for await (const item of taken) {
      watch();
      yield item;
    }
  };
  const handlers = [probe({ down: items, both: watched })];
  const { client, session } = await world.pair({ serve: { handlers, limits }, connect: { handlers, limits } });
  const sessions: readonly Session[] = [client, session];
  const all = Promise.all(
    sessions.map((caller) => {
      const calls = caller.use(Probe);
      return Promise.all([collect(calls.down({})), collect(calls.both(items())), calls.up(items())]);
    }),
  );
  const expected = items().map(({ number }) => number);
  for (const [down, both, up] of await world.until(all, 20_000)) {
    assert.equal(numbers(down), expected);
    assert.equal(numbers(both), expected);
    assert.is(up.number, (ITEMS * (ITEMS - 1)) / 2);
  }
  await world.settle();
  for (const session of sessions) {
    assert.is(session.state, "open");
    assert.equal([budgetOf(session).heldBytes, budgetOf(session).extraBytes], [0, 0]);
  }
  assert.ok(most <= limits.streamBudgetBytes, String(most));
  return world;
}

const test = suite("session/resume-streams");

for (const to of ["client", "server"] as readonly Side[]) {
  test(`streams that are cut at any byte, to the ${to}, go on item for item`, async () => {
    const quiet = new CutWorld();
    await quiet.pair({ serve: { limits }, connect: { limits } });
    const from = quiet.passed[to][0]!;
    const until = (await story([])).passed[to][0]!;
    assert.ok(until - from > 6 * ITEMS * ITEM_BYTES);
    for (let bytes = from + 1; bytes <= until; bytes++) {
      try {
        await story([{ connection: 0, to, bytes }]);
      } catch (error) {
        throw new Error(`cut after ${bytes} bytes to the ${to}: ${String(error)}`);
      }
    }
    note(`${until - from} cuts`);
  });
}

test.run();
