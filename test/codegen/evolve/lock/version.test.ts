import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compareVersions, formatVersion, type Level, nextVersion, parseVersion } from "../../../../codegen/evolve/lock/version.ts";

const test = suite("evolve/lock/version");

test("versions are three numbers without leading zeros, and nothing else", () => {
  for (const text of ["0.0.0", "1.20.300", "999999999.0.0"]) assert.is(formatVersion(parseVersion(text)!), text);
  for (const text of [
    "",
    "1",
    "1.2",
    "1.2.3.4",
    "01.2.3",
    "1.2.03",
    "1.2.3-rc.1",
    "1.2.3+b",
    "v1.2.3",
    " 1.2.3",
    "1.2.-3",
    "1e1.2.3",
    "9999999999.0.0",
  ])
    assert.is(parseVersion(text), undefined, text);
});

test("they are compared by their numbers", () => {
  const sorted = ["0.9.0", "1.0.0", "1.0.10", "1.2.0", "1.10.0", "2.0.0"];
  const mixed = [...sorted].reverse().sort((a, b) => compareVersions(parseVersion(a)!, parseVersion(b)!));
  assert.equal(mixed, sorted);
});

test("a change raises its place, and below 1.0.0 the next lower one", () => {
  const next = (version: string, level: Level): string => formatVersion(nextVersion(parseVersion(version)!, level));
  assert.equal([next("1.2.3", "major"), next("1.2.3", "minor"), next("1.2.3", "patch")], ["2.0.0", "1.3.0", "1.2.4"]);
  assert.equal([next("0.2.3", "major"), next("0.2.3", "minor"), next("0.2.3", "patch")], ["0.3.0", "0.2.4", "0.2.4"]);
});

test.run();
