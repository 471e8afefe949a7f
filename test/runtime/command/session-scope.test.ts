import { setFlagsFromString } from "node:v8";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Peer } from "../../../runtime/command/peer.ts";
import type { PeerCommon } from "../../../runtime/command/peer-options.ts";
import { sessionScope } from "../../../runtime/command/session-scope.ts";
import type { PeerLimits } from "../../../runtime/session/limits.ts";

/** Whether two objects have one hidden class. */
function sameMap(one: object, other: object): boolean {
  setFlagsFromString("--allow-natives-syntax");
  return new Function("one", "other", "return %HaveSameMap(one, other)")(one, other) as boolean;
}

const peer = { core: {}, schemas: {} } as unknown as Peer;
const limits = {} as PeerLimits;
const common = (role: "client" | "server"): PeerCommon<unknown> => ({ role, agent: "test", retentionMs: 1 }) as PeerCommon<unknown>;

const test = suite("command/session-scope");

test("the sessions of a server find what they have in common, and do not have it", () => {
  const shared = common("server");
  const [one, other] = [sessionScope(peer, shared, limits), sessionScope(peer, shared, limits)];
  assert.is(one.session, peer);
  assert.is(one.role, "server");
  assert.not(Object.hasOwn(one, "role"));
  assert.ok(sameMap(one, other));
});

test("each connect has its own of all, under the same hidden class", () => {
  // The platform takes other ways once it knows what is made.
  const made = Array.from({ length: 100 }, () => sessionScope(peer, common("client"), limits));
  const [one, other] = made.slice(-2) as [object, object];
  assert.ok(Object.hasOwn(one, "role"));
  assert.ok(sameMap(one, other), "one made for each would be slow to make, and what reads it slow to read");
});

test.run();
