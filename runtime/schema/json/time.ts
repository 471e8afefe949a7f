/** Times and durations in JSON. Source: google/protobuf/timestamp.proto, google/protobuf/duration.proto, RFC 3339. */
import type { Duration, DurationInit } from "../../../generated/google/protobuf/duration.ts";
import type { Timestamp, TimestampInit } from "../../../generated/google/protobuf/timestamp.ts";
import { firstSecond, lastSecond, longestSeconds } from "../time-range.ts";
import type { JsonPath } from "./json-path.ts";
import type { JsonKey, JsonValue } from "./value.ts";

const timeForm = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/;
const durationForm = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/;

/** `1972-01-01T10:00:20.021Z`, with 0, 3, 6 or 9 digits behind the point. */
export function writeTimestampJson({ seconds = 0n, nanos = 0 }: TimestampInit, key: JsonKey, path: JsonPath): string {
  if (typeof seconds !== "bigint" || seconds < firstSecond || seconds > lastSecond) {
    return path.fail(key, seconds, "within the years 1 to 9999 (seconds since 1970, a bigint)");
  }
  if (!Number.isInteger(nanos) || nanos < 0 || nanos > 999_999_999) return path.fail(key, nanos, "a number of nanoseconds below a second");
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}${fraction(nanos)}Z`;
}

/** Any offset from UTC is taken. */
export function readTimestampJson(json: JsonValue, key: JsonKey, path: JsonPath): Timestamp {
  const match = typeof json === "string" ? timeForm.exec(json) : null;
  const seconds = match === null ? Number.NaN : secondsOf(match);
  if (!(seconds >= firstSecond && seconds <= lastSecond))
    return path.fail(key, json, "a time as in 1972-01-01T10:00:20.021Z, years 1 to 9999");
  return { seconds: BigInt(seconds), nanos: nanosOf(match![2]) };
}

/** NaN for a time that does not exist: `Date` would turn 31 April into 1 May. */
function secondsOf([, local = "", , sign, hours = "0", minutes = "0"]: RegExpExecArray): number {
  const ms = Date.parse(`${local}Z`);
  if (Number.isNaN(ms) || Number(hours) > 23 || Number(minutes) > 59) return Number.NaN;
  if (new Date(ms).toISOString().slice(0, 19) !== local) return Number.NaN;
  const offset = Number(hours) * 3600 + Number(minutes) * 60;
  return ms / 1000 + (sign === "-" ? offset : -offset);
}

/** `-1.000340012s`, with 0, 3, 6 or 9 digits behind the point. */
export function writeDurationJson({ seconds = 0n, nanos = 0 }: DurationInit, key: JsonKey, path: JsonPath): string {
  if (typeof seconds !== "bigint" || seconds < -longestSeconds || seconds > longestSeconds) {
    return path.fail(key, seconds, "within 10,000 years (seconds, a bigint)");
  }
  if (!Number.isInteger(nanos) || Math.abs(nanos) > 999_999_999) return path.fail(key, nanos, "a number of nanoseconds below a second");
  if ((seconds < 0n && nanos > 0) || (seconds > 0n && nanos < 0)) return path.fail(key, nanos, "of the same sign as its seconds");
  const sign = seconds < 0n || nanos < 0 ? "-" : "";
  return `${sign}${seconds < 0n ? -seconds : seconds}${fraction(Math.abs(nanos))}s`;
}

export function readDurationJson(json: JsonValue, key: JsonKey, path: JsonPath): Duration {
  const match = typeof json === "string" ? durationForm.exec(json) : null;
  const seconds = match === null ? Number.NaN : Number(match[2]);
  if (!(seconds <= longestSeconds)) return path.fail(key, json, 'a duration as in "1.5s", at most 10,000 years');
  const nanos = nanosOf(match![3]);
  return match![1] === "-" ? { seconds: BigInt(-seconds), nanos: 0 - nanos } : { seconds: BigInt(seconds), nanos };
}

function fraction(nanos: number): string {
  if (nanos === 0) return "";
  const digits = String(nanos).padStart(9, "0");
  if (digits.endsWith("000000")) return `.${digits.slice(0, 3)}`;
  return `.${digits.endsWith("000") ? digits.slice(0, 6) : digits}`;
}

function nanosOf(digits: string | undefined): number {
  return digits === undefined ? 0 : Number(digits.padEnd(9, "0"));
}
