import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Peer } from "../../../runtime/command/peer.ts";
import { Move } from "../../../runtime/server/move.ts";
import { ManualClock } from "../../../runtime/time/manual-clock.ts";
import { timersOf } from "../../../runtime/time/timers-of.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** A session that cannot be asked. */
const someSession = (): Peer => ({ core: { outboxes: { keeps: false } } }) as Peer;

const test = suite("server/move");

test("a move that is over keeps none of its sessions", async () => {
  const clock = new ManualClock();
  const refs: WeakRef<Peer>[] = [];
  const move = (() => {
    const sessions = [someSession(), someSession()];
    refs.push(...sessions.map((session) => new WeakRef(session)));
    return new Move(timersOf(clock), 1n, sessions, { overMs: 10, waitMs: 10 });
  })();
  await clock.settle(100);
  assert.equal(await move.result, { moved: 0, stayed: 2 });
  await new Promise<void>((resolve) => setImmediate(resolve));
  collect();
  assert.equal(
    refs.map((ref) => ref.deref()),
    [undefined, undefined],
  );
  // Kept until here, as a server keeps its last one.
  move.finish();
});

test.run();
