import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ManualClock } from "../../../runtime/time/manual-clock.ts";
import type { Timer } from "../../../runtime/time/timers.ts";
import { COARSE_FROM_MS, COARSE_TICK_MS, FINE_TICK_MS, TimerWheel } from "../../../runtime/time/timer-wheel.ts";
import { type SlotEntry, WheelSlots } from "../../../runtime/time/wheel-slots.ts";

const test = suite("time/timer-wheel");

function setUp(startMs = 0.25) {
  const clock = new ManualClock({ startMs });
  const errors: unknown[] = [];
  const wheel = new TimerWheel({ clock, onError: (error) => errors.push(error) });
  return { clock, errors, wheel };
}

const tolerance = (delayMs: number): number => (delayMs < COARSE_FROM_MS ? FINE_TICK_MS : COARSE_TICK_MS);

test("a timer runs once, not early, and at most a tick late, whatever its delay and the clock's reading", () => {
  const delay = fc.oneof(
    fc.double({ min: 0, max: 250, noNaN: true }),
    fc.integer({ min: 0, max: 40_000 }),
    fc.integer({ min: 0, max: 3e9 }),
  );
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e11, noNaN: true }),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 90 }), delay), { maxLength: 30 }),
      (start, timers) => {
        const { clock, wheel } = setUp(start);
        let ran = 0;
        for (const [pause, delayMs] of timers) {
          clock.advance(pause);
          const set = clock.now();
          wheel.after(delayMs, () => {
            ran++;
            const late = clock.now() - set - delayMs;
            // A double near 1e11 resolves 15 µs.
            assert.ok(late >= -0.0001 && late <= tolerance(delayMs) + 0.0001, `late by ${late} ms of ${delayMs} ms`);
          });
        }
        clock.advance(4e9);
        assert.is(ran, timers.length);
        assert.is(wheel.size, 0);
        assert.is(clock.timers, 0);
      },
    ),
    { numRuns: 300 },
  );
});

test("timers that wait for the same tick run in the order of their deadlines, then in the order in which they were set", () => {
  const { clock, wheel } = setUp();
  const log: string[] = [];
  wheel.after(1000.4, () => log.push("c"));
  wheel.after(1000.2, () => log.push("a"));
  wheel.after(1000.4, () => log.push("d"));
  wheel.after(1000.3, () => log.push("b"));
  clock.advance(2000);
  assert.equal(log, ["a", "b", "c", "d"]);
});

test("a cancelled timer does not run, also when a timer of the same tick cancels it", () => {
  const { clock, wheel } = setUp();
  const cancelled: Timer[] = [];
  wheel.after(5, () => {
    for (const timer of cancelled) timer.cancel();
  });
  cancelled.push(
    wheel.after(5, () => assert.unreachable()),
    wheel.after(500, () => assert.unreachable()),
  );
  clock.advance(1000);
  assert.is(wheel.size, 0);
  assert.is(clock.timers, 0);
});

test("cancelling is idempotent and harmless after the call", () => {
  const { clock, wheel } = setUp();
  let ran = 0;
  const early = wheel.after(5, () => ran++);
  const late = wheel.after(50, () => ran++);
  clock.advance(10);
  early.cancel();
  early.cancel();
  assert.is(wheel.size, 1);
  late.cancel();
  late.cancel();
  assert.is(wheel.size, 0);
  clock.advance(100);
  assert.is(ran, 1);
});

test("one timer of the clock is armed while something waits, and none otherwise", () => {
  const { clock, wheel } = setUp();
  assert.is(clock.timers, 0);
  const timers = Array.from({ length: 1000 }, (_, i) => wheel.after(((i * 7919) % 1000) + 1, () => {}));
  assert.is(clock.timers, 1);
  clock.advance(500);
  assert.is(clock.timers, 1);
  for (const timer of timers) timer.cancel();
  assert.is(clock.timers, 0);
});

test("an earlier timer arms the clock anew", () => {
  const { clock, wheel } = setUp();
  const at: number[] = [];
  wheel.after(10_000, () => {});
  wheel.after(3, () => at.push(clock.now()));
  clock.advance(5);
  assert.is(at.length, 1);
  assert.ok(at[0]! <= 5);
});

test("after a jump forward all that became due runs in order in one wake, and new timers count from then", () => {
  const { clock, wheel } = setUp();
  const log: string[] = [];
  wheel.after(70_000, () => log.push("c"));
  wheel.after(20, () => {
    log.push("a");
    wheel.after(100, () => log.push(`new@${clock.now()}`));
  });
  wheel.after(30_000, () => log.push("b"));
  wheel.after(4_000_000, () => log.push("late"));
  clock.jump(3_600_000);
  clock.advance(0);
  assert.equal(log, ["a", "b", "c"]);
  clock.advance(101);
  assert.equal(log.slice(3), ["new@3600101"]);
  clock.advance(400_000);
  assert.equal(log.at(-1), "late");
});

test("a clock that jumps back stops time for a moment and fires nothing early", () => {
  const { clock, wheel } = setUp(10_000);
  const log: string[] = [];
  wheel.after(100, () => log.push(`a@${wheel.now()}`));
  clock.advance(60);
  assert.is(wheel.now(), 10_060);
  clock.jump(-5_000);
  assert.is(wheel.now(), 10_060);
  wheel.after(10, () => log.push(`b@${wheel.now()}`));
  clock.advance(9);
  assert.equal(log, []);
  clock.advance(100);
  assert.equal(log, ["b@10070", "a@10100"]);
});

test("a callback that throws is reported and disturbs no other, nor does a reporter that throws", () => {
  const { clock, errors, wheel } = setUp();
  let ran = 0;
  const fail = () => {
    throw new Error("boom");
  };
  wheel.after(5, fail);
  wheel.after(5, () => ran++);
  wheel.after(9, () => ran++);
  clock.advance(20);
  assert.is(ran, 2);
  assert.match(String(errors), /boom/);
  const strict = new TimerWheel({ clock, onError: fail });
  strict.after(5, fail);
  strict.after(5, () => ran++);
  clock.advance(20);
  assert.is(ran, 3);
});

test("a timer set by a callback never runs within the same wake, even with no delay", () => {
  const { clock, wheel } = setUp();
  const at: number[] = [];
  const again = (): void => {
    at.push(clock.now());
    if (at.length < 4) wheel.after(0, again);
  };
  wheel.after(0, again);
  assert.equal(at, []);
  clock.advance(10);
  assert.equal(at, [1, 2, 3, 4]);
});

test("delays below zero are zero, infinite ones never end, and NaN is refused", () => {
  const { clock, wheel } = setUp();
  let ran = 0;
  wheel.after(-5, () => ran++);
  const never = wheel.after(Number.POSITIVE_INFINITY, () => assert.unreachable());
  assert.throws(() => wheel.after(Number.NaN, () => {}), RangeError);
  clock.advance(1e10);
  assert.is(ran, 1);
  never.cancel();
  assert.is(clock.timers, 0);
});

test("a mix of setting, cancelling and passing time agrees with a list of deadlines", () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant("set" as const),
      delayMs: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 200_000 })),
    }),
    fc.record({ kind: fc.constant("cancel" as const), index: fc.nat(1000) }),
    fc.record({ kind: fc.constant("pass" as const), ms: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 70_000 })) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const { clock, wheel } = setUp(31.5);
      const waiting = new Map<number, { due: number; timer: Timer }>();
      let id = 0;
      for (const action of steps) {
        if (action.kind === "set") {
          const key = id++;
          const due = clock.now() + action.delayMs;
          waiting.set(key, { due, timer: wheel.after(action.delayMs, () => void waiting.delete(key)) });
        } else if (action.kind === "cancel") {
          const key = action.index % Math.max(id, 1);
          waiting.get(key)?.timer.cancel();
          waiting.delete(key);
        } else clock.advance(action.ms);
        assert.is(wheel.size, waiting.size);
        for (const { due } of waiting.values()) assert.ok(due + COARSE_TICK_MS > clock.now(), "overdue");
      }
    }),
    { numRuns: 300 },
  );
});

test("a hundred thousand timers take one wake of the process for each tick at most", () => {
  const clock = new ManualClock();
  let wakes = 0;
  const wheel = new TimerWheel({
    clock: {
      now: () => clock.now(),
      wallNow: () => clock.wallNow(),
      endOfTurn: (run) => clock.endOfTurn(run),
      setTimer: (ms, wake) =>
        clock.setTimer(ms, () => {
          wakes++;
          wake();
        }),
    },
    onError: () => {},
  });
  let ran = 0;
  for (let i = 0; i < 100_000; i++) wheel.after(25_000 + (i % 5000), () => ran++);
  assert.is(clock.timers, 1);
  clock.advance(30_100);
  assert.is(ran, 100_000);
  assert.ok(wakes < 900, `${wakes} wakes`);
  assert.is(wheel.size, 0);
});

test("an entry that was removed or taken refers to no other one: the garbage collector would keep those that came later for it", () => {
  interface Linked extends SlotEntry<Linked> {}
  const slots = new WheelSlots<Linked>(0);
  const entries = Array.from({ length: 4 }, (): Linked => ({ tick: 5, slot: -1, previous: undefined, next: undefined }));
  for (const entry of entries) slots.add(entry);
  slots.remove(entries[1]!);
  const due: Linked[] = [];
  slots.take(due);
  assert.is(due.length, 3);
  for (const { previous, next } of entries) assert.equal([previous, next], [undefined, undefined]);
});

test.run();
