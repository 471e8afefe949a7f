import { suite } from "uvu";
import * as assert from "uvu/assert";
import { addressKey } from "../../../../runtime/server/door/address-key.ts";

const test = suite("server/door/address-key");

test("an IPv4 address counts by itself", () => {
  assert.is(addressKey("192.0.2.7"), "192.0.2.7");
});

test("an IPv6 address counts with its /64, however it is written", () => {
  const alike = ["2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:0db8:0001:0002:3::", "2001:db8:1:2::192.0.2.1"];
  for (const address of alike) assert.is(addressKey(address), "2001:db8:1:2::/64", address);
  assert.is(addressKey("2001:db8:1:3::1"), "2001:db8:1:3::/64");
  assert.is(addressKey("2001:db8::1:2:3:4:5"), "2001:db8:0:1::/64");
  assert.is(addressKey("::1"), "0:0:0:0::/64");
  assert.is(addressKey("::"), "0:0:0:0::/64");
  assert.is(addressKey("fe80::"), "fe80:0:0:0::/64");
  assert.is(addressKey("fe80::1%eth0"), "fe80:0:0:0::/64");
});

test.run();
