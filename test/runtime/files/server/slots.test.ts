import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Context } from "../../../../runtime/command/context.ts";
import { CommandError } from "../../../../runtime/errors/command-error.ts";
import { Slots } from "../../../../runtime/files/server/slots.ts";
import { ManualClock } from "../../../../runtime/time/manual-clock.ts";

const test = suite("files/server/slots");

interface Caller {
  readonly context: Context;
  readonly session: { state: "open" | "disconnected" };
}

function caller(id: string, signal: AbortSignal = new AbortController().signal): Caller {
  const session = { state: "open" as "open" | "disconnected" };
  return { session, context: { principal: { id }, session, signal } as unknown as Context };
}

const clock = new ManualClock();
const slots = (): Slots => new Slots({ name: "all", most: 3 }, { name: "each", most: 2 }, clock);

test("no more are taken than there are, in all and for one principal", () => {
  const places = slots();
  const [alice, bob, carol] = [caller("alice"), caller("bob"), caller("carol")];
  const first = places.take(alice.context);
  places.take(alice.context);
  assert.throws(
    () => places.take(alice.context),
    (error: unknown) => CommandError.is(error) && /each allows 2/.test(error.message),
  );
  places.take(bob.context);
  assert.throws(
    () => places.take(carol.context),
    (error: unknown) => CommandError.is(error) && /all allows 3/.test(error.message) && error.retryAfterMs === 500,
  );
  first.release();
  first.release();
  places.take(carol.context);
  assert.throws(() => places.take(bob.context));
});

test("whoever has no connection gives its place up, and is stopped", () => {
  const places = slots();
  const [lost, back] = [caller("alice"), caller("alice")];
  const first = places.take(lost.context);
  places.take(lost.context);
  lost.session.state = "disconnected";
  const third = places.take(back.context);
  assert.ok(first.signal.aborted);
  assert.ok(CommandError.is(first.signal.reason));
  assert.not(third.signal.aborted);
  first.release();
  places.take(back.context);
  assert.throws(() => places.take(back.context), /each allows 2/);
});

test("a client that takes nothing gives its place up to whoever asks, one that waits for the server does not", () => {
  const places = slots();
  const [alice, more] = [caller("alice"), caller("alice")];
  const [waits, works] = [places.take(alice.context), places.take(alice.context)];
  waits.served();
  works.served();
  works.asked();
  clock.advance(29_999);
  assert.throws(() => places.take(more.context), /each allows 2/);
  clock.advance(1);
  places.take(more.context);
  assert.ok(CommandError.is(waits.signal.reason));
  assert.not(works.signal.aborted);
  assert.throws(() => places.take(more.context), /each allows 2/);
});

test("a place's signal fires when the command ends", () => {
  const controller = new AbortController();
  const { signal } = slots().take(caller("alice", controller.signal).context);
  controller.abort();
  assert.ok(signal.aborted);
});

test.run();
