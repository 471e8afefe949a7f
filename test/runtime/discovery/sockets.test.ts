import { createServer } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { systemRandom } from "../../../runtime/crypto/random.ts";
import { parseEndpointList } from "../../../runtime/discovery/endpoint-list.ts";
import { Finder } from "../../../runtime/discovery/finder.ts";
import { Resolver } from "../../../runtime/discovery/resolver.ts";
import type { DiscoveryStep } from "../../../runtime/discovery/step.ts";
import { type Server, serve } from "../../../runtime/server.ts";
import { systemClock } from "../../../runtime/time/system-clock.ts";
import { timersOf } from "../../../runtime/time/timers-of.ts";
import { listen } from "../../../runtime/transport/listen.ts";
import { originRules } from "../../../runtime/transport/origin.ts";
import type { Listener, Transport } from "../../../runtime/transport/transport.ts";
import { nativeCrypto } from "../../../runtime/crypto/native.ts";
import { identity, otherIdentity } from "../../support/channel/ends.ts";
import { proveServer } from "../../support/discovery/prove.ts";
import { skipWithReason } from "../../support/report.ts";
import { ending, failOnError } from "../../support/transport/websocket.ts";

const test = suite("discovery/sockets");

/** Takes WebSockets and never says a word, as an entrance does whose packets are dropped behind it. */
async function blackHole(where: string): Promise<Listener & { readonly accepted: Promise<Transport> }> {
  let accept: (transport: Transport) => void = () => {};
  const accepted = new Promise<Transport>((resolve) => {
    accept = resolve;
  });
  const listener = await listen(where, { origins: originRules(), accept, onError: failOnError });
  return { ...listener, accepted };
}

function server(where: string, own = identity): Promise<Server> {
  return serve({ listen: [where], identity: own, crypto: nativeCrypto() });
}

function finderOf(port: string, addresses: readonly string[], steps: DiscoveryStep[]): Finder {
  return new Finder({
    timers: timersOf(systemClock),
    random: systemRandom,
    endpoints: parseEndpointList([`ws://game.test:${port}`]),
    resolution: (options) => new Resolver({ ...options, lookup: async () => addresses }),
    onStep: (step) => void steps.push(step),
  });
}

const portOf = (endpoint: string): string => new URL(endpoint).port;
const told = (steps: readonly DiscoveryStep[]): string[] =>
  steps.map((step) => (step.type === "waiting" || step.type === "resolving" ? step.type : `${step.type} ${step.address}`));

async function hasIPv6(): Promise<boolean> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.on("error", () => resolve(false));
    probe.listen(0, "::1", () => probe.close(() => resolve(true)));
  });
}

const sixAndFour = "an entrance that accepts and says nothing costs one delay, and is left out of the way the next time";
if (await hasIPv6()) {
  test(sixAndFour, async () => {
    const good = await server("ws://127.0.0.2:0");
    const port = portOf(good.endpoints[0]!);
    const hole = await blackHole(`ws://[::1]:${port}`);
    const steps: DiscoveryStep[] = [];
    const finder = finderOf(port, ["127.0.0.2", "::1"], steps);
    const attempt = proveServer(good.serverKey);
    const search = { attempt, discard: (late: Transport): void => late.destroy(), retry: "always", timeoutMs: 20_000 } as const;

    const first = await finder.find(search);
    assert.equal(told(steps), ["resolving", "trying ::1", "trying 127.0.0.2", "found 127.0.0.2"]);
    assert.match(await ending(await hole.accepted), /^failed|^ended/, "the loser is gone, as its server sees");

    steps.length = 0;
    const second = await finder.find(search);
    assert.equal(told(steps), ["resolving", "trying 127.0.0.2", "found 127.0.0.2"]);

    for (const { value } of [first, second]) value.destroy();
    await Promise.all([hole.close(), good.close()]);
  });
} else skipWithReason(sixAndFour, "no IPv6 on this machine's loopback");

test("a server with another key at one address does not keep a client from the right one", async () => {
  const good = await server("ws://127.0.0.2:0");
  const port = portOf(good.endpoints[0]!);
  const impostor = await server(`ws://127.0.0.3:${port}`, otherIdentity);
  const steps: DiscoveryStep[] = [];
  const finder = finderOf(port, ["127.0.0.2", "127.0.0.3"], steps);
  const search = {
    attempt: proveServer(good.serverKey),
    discard: (late: Transport): void => late.destroy(),
    retry: "unless-final",
  } as const;
  // Which of the two is first is left to chance; with the good one behind, the impostor has to be first.
  finder.pool.failed({ endpoint: finder.pool.endpoints[0]!.endpoint, address: "127.0.0.2", priority: 0 });
  const found = await finder.find(search);
  assert.is(found.target.address, "127.0.0.2");
  assert.equal(told(steps), ["resolving", "trying 127.0.0.3", "failed 127.0.0.3", "trying 127.0.0.2", "found 127.0.0.2"]);
  const failed = steps.find(({ type }) => type === "failed");
  assert.is(failed?.type === "failed" && failed.reason, "SERVER_KEY_MISMATCH");
  found.value.destroy();

  const lost = finderOf(port, ["127.0.0.3"], []);
  const error = await lost.find(search).catch((reason: unknown) => reason);
  assert.match(String(error), /SERVER_KEY_MISMATCH/);
  await Promise.all([good.close(), impostor.close()]);
});

test("nobody there: the next address at once, and what the system said is told", async () => {
  const good = await server("ws://127.0.0.2:0");
  const port = portOf(good.endpoints[0]!);
  const steps: DiscoveryStep[] = [];
  const finder = finderOf(port, ["127.0.0.2", "127.0.0.4"], steps);
  finder.pool.failed({ endpoint: finder.pool.endpoints[0]!.endpoint, address: "127.0.0.2", priority: 0 });
  const found = await finder.find({ attempt: proveServer(good.serverKey), discard: (late) => late.destroy(), retry: "never" });
  const failed = steps.find(({ type }) => type === "failed");
  assert.match(failed?.type === "failed" ? failed.message : "", /^TRANSPORT_FAILED: .*ECONNREFUSED/);
  found.value.destroy();
  await good.close();
});

test.run();
