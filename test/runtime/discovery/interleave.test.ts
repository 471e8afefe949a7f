import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { interleaveFamilies } from "../../../runtime/discovery/interleave.ts";

const test = suite("discovery/interleave");

test("families take turns, IPv6 first, and the rest follows", () => {
  assert.equal(interleaveFamilies(["1.1.1.1", "2.2.2.2", "3.3.3.3", "::1", "::2"]), ["::1", "1.1.1.1", "::2", "2.2.2.2", "3.3.3.3"]);
  assert.equal(interleaveFamilies(["1.1.1.1"]), ["1.1.1.1"]);
  assert.equal(interleaveFamilies([]), []);
});

test("leaves out repetitions, whatever their case, and what is no address", () => {
  assert.equal(interleaveFamilies(["FE80::A", "fe80::a", "1.1.1.1", "evil.test", "1.1.1.1", ""]), ["fe80::a", "1.1.1.1"]);
});

test("keeps every address once, and the order within each family", () => {
  const addresses = fc.array(fc.oneof(fc.ipV4(), fc.ipV6()), { maxLength: 30 });
  fc.assert(
    fc.property(addresses, (list) => {
      const result = interleaveFamilies(list);
      const distinct = [...new Set(list.map((address) => address.toLowerCase()))];
      for (const isSix of [true, false]) {
        const family = (address: string): boolean => address.includes(":") === isSix;
        assert.equal(result.filter(family), distinct.filter(family));
      }
      const six = distinct.filter((address) => address.includes(":")).length;
      const turns = 2 * Math.min(six, distinct.length - six);
      for (let index = 0; index < turns; index++) assert.is(result[index]!.includes(":"), index % 2 === 0);
    }),
  );
});

test.run();
