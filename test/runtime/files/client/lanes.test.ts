import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { SessionStatus } from "../../../../runtime/command/session-type.ts";
import { StatusFeed } from "../../../../runtime/command/status.ts";
import { CommandError } from "../../../../runtime/errors/command-error.ts";
import { Lanes } from "../../../../runtime/files/client/lanes.ts";
import { type FilesSession, Sessions } from "../../../../runtime/files/client/session.ts";
import { ManualClock } from "../../../../runtime/time/manual-clock.ts";
import { timersOf } from "../../../../runtime/time/timers-of.ts";
import { caught } from "../../../support/command/assert-error.ts";

const test = suite("files/client/lanes");

/** A session that is nothing but its state: `use` gives the session itself, so that a move knows whose turn it is. */
class Fake {
  state: FilesSession["state"] = "open";
  readonly #feed = new StatusFeed<SessionStatus>(() => ({ type: "open" }));

  use(): never {
    return this as never;
  }

  status(): AsyncIterableIterator<SessionStatus> {
    return this.#feed.subscribe();
  }

  disconnect(): void {
    this.state = "disconnected";
    this.#feed.emit({ type: "disconnected", reason: "TRANSPORT_CLOSED", message: "" } as SessionStatus);
  }
}

const indices = Array.from({ length: 20 }, (_, index) => index);
const clock = new ManualClock();
const timers = timersOf(clock);

type Move = (session: Fake, index: number, signal: AbortSignal) => Promise<void>;

function lanes(sessions: readonly Fake[], move: Move, signal?: AbortSignal): Lanes {
  return new Lanes({ sessions: new Sessions(sessions, timers), parallel: 2, timers, signal, move: move as never });
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Until the signal fires. */
function never(signal: AbortSignal): Promise<void> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

test("every range is moved once, no more at once than may be", async () => {
  const moved: number[] = [];
  let atOnce = 0;
  let most = 0;
  await lanes([new Fake(), new Fake()], async (_, index) => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    await turn();
    atOnce -= 1;
    moved.push(index);
  }).run(indices);
  assert.equal([moved.sort((a, b) => a - b), most], [indices, 4]);
});

test("what a session has under way when its connection goes, the others do; it does not wait for it to come back", async () => {
  const [lost, other] = [new Fake(), new Fake()];
  const moved = new Set<number>();
  const running = lanes([lost, other], async (session, index, signal) => {
    if (session === lost) return never(signal);
    await turn();
    moved.add(index);
  }).run(indices);
  await turn();
  lost.disconnect();
  await running;
  assert.is(moved.size, indices.length);
});

test("a session that ends, or takes nothing new, is left alone; with the last one the transfer fails as that did", async () => {
  const asked = new Map<Fake, number>();
  const [ends, drains, last] = [new Fake(), new Fake(), new Fake()];
  const error = await caught(
    lanes([ends, drains, last], async (session, index) => {
      asked.set(session, (asked.get(session) ?? 0) + 1);
      await turn();
      if (session === ends) throw new CommandError("SESSION_LOST", "ends");
      if (session === drains) throw new CommandError("UNAVAILABLE", "drains");
      if (index === 19) throw new CommandError("SESSION_LOST", "the last");
    }).run(indices),
  );
  assert.match(String(error), /the last/);
  assert.equal([asked.get(ends), asked.get(drains)], [2, 2]);
});

test("a failure that no other try mends stops all, and is what the transfer fails with", async () => {
  const stopped: number[] = [];
  const error = await caught(
    lanes([new Fake(), new Fake()], async (_, index, signal) => {
      if (index === 3) throw new CommandError("PERMISSION_DENIED", "no");
      await never(signal).catch((reason: unknown) => {
        stopped.push(index);
        throw reason;
      });
    }).run(indices),
  );
  assert.is((error as CommandError).code, "PERMISSION_DENIED");
  assert.equal(stopped.sort(), [0, 1, 2]);
});

test("who is told when to ask again asks then, and a range that comes damaged comes again, ten times", async () => {
  const times: number[] = [];
  let refusals = 3;
  const running = lanes([new Fake()], async () => {
    times.push(clock.now());
    if (refusals > 0) {
      refusals -= 1;
      throw new CommandError("RESOURCE_EXHAUSTED", "full", { retryAfterMs: 500 });
    }
  }).run([0]);
  for (let step = 0; step < 4; step += 1) await clock.settle(500);
  await running;
  assert.is(times.length, 4);
  for (const [index, at] of times.entries()) assert.ok(index === 0 || at - times[index - 1]! >= 500);
  let tries = 0;
  const error = await caught(
    lanes([new Fake()], async () => {
      tries += 1;
      throw new CommandError("DATA_LOSS", "damaged");
    }).run([0]),
  );
  assert.equal([tries, (error as CommandError).code], [10, "DATA_LOSS"]);
});

test("a signal that fires ends it, with its reason", async () => {
  const stop = new AbortController();
  const running = lanes([new Fake()], (_, __, signal) => never(signal), stop.signal).run(indices);
  stop.abort(new Error("enough"));
  assert.match(String(await caught(running)), /enough/);
});

test.run();
