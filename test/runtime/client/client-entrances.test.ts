import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ClientEntrances, type ClientEntrancesOptions } from "../../../runtime/client/client-entrances.ts";
import { type EndpointInit, parseEndpointList } from "../../../runtime/discovery/endpoint-list.ts";
import { type EntranceInit, formatEntranceList, signEntranceList } from "../../../runtime/discovery/entrance-list.ts";
import { Finder } from "../../../runtime/discovery/finder.ts";
import { ProtocolError } from "../../../runtime/session/protocol-error.ts";
import { schemes } from "../../../runtime/transport/dial-browser.ts";
import { parseEndpoint } from "../../../runtime/transport/endpoint.ts";
import { identity, native, seededRandom, TestTime } from "../../support/channel/ends.ts";

const test = suite("client/client-entrances");
const { publicKey } = identity.pair;
const bytes = (list: readonly EntranceInit[], version: bigint): Uint8Array => signEntranceList(native, identity.pair, list, version).bytes;

function clientOf(configured: readonly EndpointInit[], options: Partial<ClientEntrancesOptions> = {}) {
  const { timers } = new TestTime();
  const finder = new Finder({ timers, random: seededRandom(1), endpoints: parseEndpointList(configured) });
  const log = (): void => {};
  const entrances = new ClientEntrances({ crypto: native, finder, log, schemes: undefined, onEntrances: undefined, ...options });
  const pool = () => finder.pool.endpoints.map(({ endpoint: { url }, priority }) => `${url} ${priority}`);
  return { entrances, pool };
}

test("what was configured comes behind the list, and once", () => {
  const { entrances, pool } = clientOf(["ws://a.test/", { url: "ws://b.test/", priority: 5 }]);
  assert.ok(entrances.receive(publicKey, bytes([{ url: "ws://b.test/", priority: 65_535 }, "ws://c.test/"], 1n)));
  assert.equal(pool(), ["ws://b.test/ 65535", "ws://c.test/ 0", "ws://a.test/ 65536"]);
  assert.ok(entrances.receive(publicKey, bytes(["ws://d.test/"], 2n)));
  assert.equal(pool(), ["ws://d.test/ 0", "ws://a.test/ 65536", "ws://b.test/ 65541"]);
  assert.not(entrances.receive(publicKey, bytes(["ws://e.test/"], 2n)));
});

test("a page leaves out what a browser cannot dial", () => {
  const { entrances, pool } = clientOf(["wss://a.test/"], { schemes });
  entrances.receive(publicKey, bytes(["tcp://b.test:1", "tls://b.test:2", "wss://b.test/"], 1n));
  assert.equal(pool(), ["wss://b.test/ 0", "wss://a.test/ 65536"]);
  entrances.receive(publicKey, bytes(["tcp://b.test:1"], 2n));
  assert.equal(pool(), ["wss://a.test/ 65536"], "a list without use leaves what was configured");
  assert.is(entrances.version, 2n);
});

test("an entrance ranks before the endpoint in use by its priority, and before one that is not in the list", () => {
  const { entrances } = clientOf(["ws://a.test/"]);
  const ranks = (url: string, present: string) => entrances.ranksBefore(parseEndpointList([url])[0]!, parseEndpoint(present));
  assert.not(ranks("ws://a.test/", "ws://z.test/"), "without a list there is nowhere to go");
  entrances.receive(publicKey, bytes(["ws://b.test/", "ws://c.test/", { url: "ws://d.test/", priority: 1 }], 7n));
  const cases = { "b a": true, "d a": true, "b d": true, "b c": false, "d b": false, "a d": false };
  for (const [pair, before] of Object.entries(cases)) {
    const [one, other] = pair.split(" ");
    assert.is(ranks(`ws://${one}.test/`, `ws://${other}.test/`), before, pair);
  }
  assert.equal([entrances.versionOf(parseEndpoint("ws://b.test/")), entrances.versionOf(parseEndpoint("ws://a.test/"))], [7n, 0n]);
});

test("a list is restored for its own server, and only a newer one takes its place", () => {
  const { entrances, pool } = clientOf(["ws://a.test/"]);
  entrances.restore(publicKey, formatEntranceList(signEntranceList(native, identity.pair, ["ws://b.test/"], 3n)));
  assert.equal(pool(), ["ws://b.test/ 0", "ws://a.test/ 65536"]);
  assert.not(entrances.receive(publicKey, bytes(["ws://c.test/"], 3n)));
  assert.throws(
    () => entrances.receive(undefined, bytes(["ws://c.test/"], 4n)),
    (error: unknown) => error instanceof ProtocolError,
  );
});

test.run();
