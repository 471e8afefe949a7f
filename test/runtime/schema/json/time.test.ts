import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { durationFromJson, durationToJson, timestampFromJson, timestampToJson } from "../../../../runtime/json.ts";
import { timestampDate } from "../../../../runtime/schema/time.ts";
import { throwsCommandError } from "../../bytes/throws.ts";

const test = suite("schema/json/time");

test("a time has as many digits behind the point as it needs, in threes", () => {
  assert.is(timestampToJson({}), "1970-01-01T00:00:00Z");
  assert.is(timestampToJson({ seconds: 1n, nanos: 20_000_000 }), "1970-01-01T00:00:01.020Z");
  assert.is(timestampToJson({ seconds: -1n, nanos: 1_000 }), "1969-12-31T23:59:59.000001Z");
  assert.is(timestampToJson({ nanos: 1 }), "1970-01-01T00:00:00.000000001Z");
  assert.is(timestampToJson({ seconds: -62_135_596_800n }), "0001-01-01T00:00:00Z");
  assert.is(timestampToJson({ seconds: 253_402_300_799n, nanos: 999_999_999 }), "9999-12-31T23:59:59.999999999Z");
});

test("a time may be at any offset", () => {
  assert.equal(timestampFromJson("1970-01-01T01:30:00.5+01:30"), { seconds: 0n, nanos: 500_000_000 });
  assert.equal(timestampFromJson("1969-12-31T23:00:00-01:00"), { seconds: 0n, nanos: 0 });
  assert.equal(timestampFromJson("2024-02-29T00:00:00Z"), { seconds: 1_709_164_800n, nanos: 0 });
});

test("what is no time between the years 1 and 9999 is refused", () => {
  const wrong = [
    ..."2023-02-29T00:00:00Z 2023-04-31T00:00:00Z 2023-01-01T24:00:00Z 2023-01-01T00:60:00Z 2023-01-01T00:00:60Z 2023-13-01T00:00:00Z".split(
      " ",
    ),
    ..."2023-01-01T00:00:00 2023-01-01 2023-01-01t00:00:00Z 2023-01-01T00:00:00z 2023-01-01T00:00:00+24:00 2023-01-01T00:00:00+0100".split(
      " ",
    ),
    ..."2023-01-01T00:00:00.Z 2023-01-01T00:00:00.1234567890Z 0000-12-31T23:59:59Z 0001-01-01T00:00:00+00:01 9999-12-31T23:59:59-00:01".split(
      " ",
    ),
    "",
    "now",
    "+12023-01-01T00:00:00Z",
    0,
    null,
    {},
  ];
  for (const json of wrong) throwsCommandError(() => timestampFromJson(json), "INVALID_ARGUMENT", /Timestamp: .* is not a time as in/);
});

test("a time that JSON has no text for is not written", () => {
  throwsCommandError(() => timestampToJson({ seconds: 253_402_300_800n }), "INVALID_ARGUMENT", /years 1 to 9999/);
  throwsCommandError(() => timestampToJson({ nanos: -1 }), "INVALID_ARGUMENT", /nanoseconds/);
  throwsCommandError(() => timestampToJson({ nanos: 1_000_000_000 }), "INVALID_ARGUMENT", /nanoseconds/);
  throwsCommandError(() => timestampToJson({ seconds: 1 as never }), "INVALID_ARGUMENT", /bigint/);
});

test("times and JavaScript's dates agree", () => {
  const dates = fc.date({ min: new Date("0001-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59.999Z"), noInvalidDate: true });
  fc.assert(
    fc.property(dates, (date) => {
      const read = timestampFromJson(date.toISOString());
      assert.is(timestampDate(read).getTime(), date.getTime());
      assert.equal(timestampFromJson(timestampToJson(read)), read);
    }),
  );
});

test("a duration has a sign for both of its parts", () => {
  const cases: readonly (readonly [bigint, number, string])[] = [
    [0n, 0, "0s"],
    [1n, 340_012, "1.000340012s"],
    [0n, -500_000_000, "-0.500s"],
    [-3n, -1_000, "-3.000001s"],
    [315_576_000_000n, 0, "315576000000s"],
  ];
  for (const [seconds, nanos, text] of cases) {
    assert.is(durationToJson({ seconds, nanos }), text);
    assert.equal(durationFromJson(text), { seconds, nanos });
  }
  assert.ok(Object.is(durationFromJson("-1s").nanos, 0));
  assert.equal(durationFromJson("-1.5s"), { seconds: -1n, nanos: -500_000_000 });
});

test("what is no duration of at most 10,000 years is refused", () => {
  for (const json of ["1", "1.s", ".5s", "+1s", "1e3s", "s", "", "1 s", "315576000001s", "9999999999999s", "1.1234567890s", 1, null]) {
    throwsCommandError(() => durationFromJson(json), "INVALID_ARGUMENT", /Duration: .* is not a duration/);
  }
  throwsCommandError(() => durationToJson({ seconds: 1n, nanos: -1 }), "INVALID_ARGUMENT", /same sign/);
  throwsCommandError(() => durationToJson({ seconds: 315_576_000_001n }), "INVALID_ARGUMENT", /10,000 years/);
  throwsCommandError(() => durationToJson({ nanos: 1_000_000_000 }), "INVALID_ARGUMENT", /nanoseconds/);
});

test.run();
