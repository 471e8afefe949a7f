import { suite } from "uvu";
import * as assert from "uvu/assert";
import { peerName, remoteOf } from "../../../runtime/transport/remote.ts";

const test = suite("transport/remote");

test("a peer's address is plain, and its name is a URL's authority", () => {
  const table: [string | undefined, number | undefined, string][] = [
    ["127.0.0.1", 80, "tcp 127.0.0.1:80"],
    ["::ffff:10.0.0.1", 80, "tcp 10.0.0.1:80"],
    ["::1", 80, "tcp [::1]:80"],
    ["::ffff:a00:1", 80, "tcp [::ffff:a00:1]:80"],
    ["fe80::1%eth0", 80, "tcp [fe80::1%eth0]:80"],
    [undefined, undefined, "tcp unknown"],
  ];
  for (const [remoteAddress, remotePort, name] of table) assert.is(peerName("tcp", remoteOf({ remoteAddress, remotePort })), name);
  assert.equal(remoteOf({ remoteAddress: "::ffff:10.0.0.1", remotePort: 7 }), { address: "10.0.0.1", port: 7 });
  assert.is(remoteOf({}), undefined);
});

test.run();
