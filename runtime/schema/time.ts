import { unsendable } from "../bytes/fault.ts";
import type { Duration, DurationInit } from "../../generated/google/protobuf/duration.ts";
import type { Timestamp, TimestampInit } from "../../generated/google/protobuf/timestamp.ts";
import { firstSecond, lastSecond, longestSeconds } from "./time-range.ts";

/** A Timestamp of milliseconds since 1970, rounded to nanoseconds. Throws CommandError INVALID_ARGUMENT outside of the years 1 to 9999. */
export function timestampFromMs(ms: number): Timestamp {
  let seconds = Math.floor(ms / 1000);
  let nanos = Math.round((ms - seconds * 1000) * 1_000_000);
  if (nanos === 1_000_000_000) {
    seconds++;
    nanos = 0;
  }
  if (!(seconds >= firstSecond && seconds <= lastSecond)) unsendable("", ms, "a time between the years 1 and 9999");
  return { seconds: BigInt(seconds), nanos };
}

/** Milliseconds since 1970, with nanoseconds as a fraction as far as a number holds them. */
export function timestampMs(timestamp: TimestampInit): number {
  return Number(timestamp.seconds ?? 0n) * 1000 + (timestamp.nanos ?? 0) / 1_000_000;
}

/** Throws CommandError INVALID_ARGUMENT for an invalid date. */
export function timestampFromDate(date: Date): Timestamp {
  return timestampFromMs(date.getTime());
}

/** The date, cut to milliseconds. */
export function timestampDate(timestamp: TimestampInit): Date {
  return new Date(Math.floor(timestampMs(timestamp)));
}

/** A Duration of milliseconds, rounded to nanoseconds; both parts have the sign. Throws CommandError INVALID_ARGUMENT beyond 10,000 years. */
export function durationFromMs(ms: number): Duration {
  let seconds = Math.trunc(ms / 1000);
  let nanos = Math.round((ms - seconds * 1000) * 1_000_000);
  if (Math.abs(nanos) === 1_000_000_000) {
    seconds += Math.sign(nanos);
    nanos = 0;
  }
  if (!(Math.abs(seconds) <= longestSeconds)) unsendable("", ms, "a duration of at most 10,000 years");
  return { seconds: BigInt(seconds), nanos: nanos + 0 };
}

/** Milliseconds, with nanoseconds as a fraction as far as a number holds them. */
export function durationMs(duration: DurationInit): number {
  return Number(duration.seconds ?? 0n) * 1000 + (duration.nanos ?? 0) / 1_000_000;
}
