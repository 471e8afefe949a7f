import { suite } from "uvu";
import * as assert from "uvu/assert";
import { addressTest } from "../../../runtime/transport/address-list.ts";

const test = suite("transport/address-list");

test("addresses and networks of both families are found, and no others", () => {
  const is = addressTest("uncounted", ["10.0.0.0/8", "192.0.2.1", "2001:db8::/32", "::1"]);
  for (const address of ["10.255.0.1", "192.0.2.1", "2001:db8:ffff::1", "::1"]) assert.ok(is(address), address);
  for (const address of ["11.0.0.1", "192.0.2.2", "2001:db9::1", "::2"]) assert.not(is(address), address);
  assert.not(addressTest("uncounted", [])("127.0.0.1"));
});

test("what is neither address nor network is refused with the option's name", () => {
  for (const wrong of ["localhost", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/", "10.0.0.0/8x", "", "::1/129"])
    assert.throws(
      () => addressTest("uncounted", [wrong]),
      (error: TypeError) => error instanceof TypeError && /`uncounted`: .* neither/.test(error.message),
      wrong,
    );
});

test.run();
