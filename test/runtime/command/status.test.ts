import { suite } from "uvu";
import * as assert from "uvu/assert";
import { StatusFeed } from "../../../runtime/command/status.ts";
import { ContextKey, ContextValues } from "../../../runtime/command/values.ts";
import { collect } from "../../support/command/probe.ts";

const test = suite("command/status");

test("tells how things stand, then every change, until the end", async () => {
  let now = "open";
  const feed = new StatusFeed(() => now);
  const early = collect(feed.subscribe());
  feed.emit("draining");
  now = "draining";
  const later = collect(feed.subscribe());
  now = "ended";
  feed.emit("ended");
  feed.end();
  assert.equal(await early, ["open", "draining", "ended"]);
  assert.equal(await later, ["draining", "ended"]);
  assert.equal(await collect(feed.subscribe()), ["ended"]);
});

test("a reader that waits is woken, and several reads at once each get their event", async () => {
  const feed = new StatusFeed(() => 0);
  const events = feed.subscribe();
  const reads = [events.next(), events.next(), events.next(), events.next()];
  feed.emit(1);
  feed.emit(2);
  feed.end();
  assert.equal(
    (await Promise.all(reads)).map(({ value }) => value),
    [0, 1, 2, undefined],
  );
});

test("a reader that does not read loses the oldest events, never memory", async () => {
  const feed = new StatusFeed(() => -1);
  const events = feed.subscribe();
  for (let event = 0; event < 10_000; event++) feed.emit(event);
  feed.end();
  const told = await collect(events);
  assert.is(told.length, 256);
  assert.equal([told[0], told.at(-1)], [9_744, 9_999]);
});

test("return ends a subscription, also for a read that waits, and concerns no other reader", async () => {
  const feed = new StatusFeed(() => 0);
  const [one, other] = [feed.subscribe(), feed.subscribe()];
  await one.next();
  const waiting = one.next();
  await one.return!();
  assert.ok((await waiting).done);
  feed.emit(1);
  assert.ok((await one.next()).done);
  for await (const event of other) if (event === 1) break;
  assert.ok((await other.next()).done);
  feed.end();
});

test("values are found under their own key only, with its default where none was set", () => {
  const [user, other] = [new ContextKey("user", "nobody"), new ContextKey("user", "somebody")];
  const values = new ContextValues();
  assert.is(values.get(user), "nobody");
  assert.is(values.set(user, "ada"), values);
  assert.is(values.get(user), "ada");
  assert.is(values.get(other), "somebody");
  const maybe = new ContextKey<string | undefined>("maybe", "default");
  assert.is(values.set(maybe, undefined).get(maybe), undefined);
});

test("events that come together count as one unread, and each reader makes them as it reads", async () => {
  const feed = new StatusFeed(() => -1);
  const readers = [feed.subscribe(), feed.subscribe()];
  let made = 0;
  feed.emitEach({
    *[Symbol.iterator]() {
      for (let number = 0; number < 1_000; number++) {
        made++;
        yield number;
      }
    },
  });
  feed.emitEach([]);
  feed.emit(1_000);
  feed.end();
  assert.is(made, 0);
  for (const reader of readers) assert.equal(await collect(reader), [-1, ...Array.from({ length: 1_001 }, (_, number) => number)]);
  assert.is(made, 2_000);
});

test.run();
