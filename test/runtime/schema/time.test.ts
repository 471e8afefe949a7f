import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  durationFromMs,
  durationMs,
  timestampDate,
  timestampFromDate,
  timestampFromMs,
  timestampMs,
} from "../../../runtime/schema/time.ts";
import { throwsCommandError } from "../bytes/throws.ts";

const test = suite("schema/time");

test("a timestamp's nanoseconds count forwards, also before 1970", () => {
  assert.equal(timestampFromMs(1500), { seconds: 1n, nanos: 500_000_000 });
  assert.equal(timestampFromMs(-1), { seconds: -1n, nanos: 999_000_000 });
  assert.equal(timestampFromMs(-1000), { seconds: -1n, nanos: 0 });
  assert.equal(timestampFromMs(0.000_001), { seconds: 0n, nanos: 1 });
});

test("every date comes back", () => {
  const dates = fc.date({ min: new Date("0001-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59.999Z"), noInvalidDate: true });
  fc.assert(fc.property(dates, (date) => assert.is(timestampDate(timestampFromDate(date)).getTime(), date.getTime())));
});

test("what lies outside of the years 1 to 9999 is refused", () => {
  for (const ms of [Number.NaN, Infinity, -62_135_596_800_001, 253_402_300_800_000]) {
    throwsCommandError(() => timestampFromMs(ms), "INVALID_ARGUMENT", /years 1 and 9999/);
  }
  throwsCommandError(() => timestampFromDate(new Date(Number.NaN)), "INVALID_ARGUMENT", /years 1 and 9999/);
});

test("both parts of a duration have its sign", () => {
  assert.equal(durationFromMs(-1500), { seconds: -1n, nanos: -500_000_000 });
  assert.equal(durationFromMs(-0.5), { seconds: 0n, nanos: -500_000 });
  assert.ok(Object.is(durationFromMs(-2000).nanos, 0));
  throwsCommandError(() => durationFromMs(315_576_000_001_000), "INVALID_ARGUMENT", /10,000 years/);
  throwsCommandError(() => durationFromMs(Number.NaN), "INVALID_ARGUMENT", /10,000 years/);
});

test("milliseconds come back", () => {
  fc.assert(
    fc.property(fc.integer(), (ms) => {
      assert.is(durationMs(durationFromMs(ms)), ms + 0);
      assert.is(timestampMs(timestampFromMs(ms)), ms + 0);
    }),
  );
});

test("a part that an init leaves out is 0", () => {
  assert.is(durationMs({}), 0);
  assert.is(timestampMs({ seconds: 2n }), 2000);
});

test.run();
