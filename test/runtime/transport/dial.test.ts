import { createServer } from "node:http";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { systemClock } from "../../../runtime/time/system-clock.ts";
import { dial as dialBrowser } from "../../../runtime/transport/dial-browser.ts";
import { dial as dialNode } from "../../../runtime/transport/dial-node.ts";
import { parseEndpoint } from "../../../runtime/transport/endpoint.ts";
import { listen } from "../../../runtime/transport/listen.ts";
import { memoryPipe } from "../../../runtime/transport/memory.ts";
import { memoryNetwork } from "../../../runtime/transport/memory-network.ts";
import { originRules } from "../../../runtime/transport/origin.ts";
import type { Transport } from "../../../runtime/transport/transport.ts";
import { ending, failOnError } from "../../support/transport/websocket.ts";

const test = suite("transport/dial");

const clock = systemClock;
const message = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => "it succeeded",
    (error: Error) => error.message,
  );

function listening() {
  const accepted: Transport[] = [];
  return {
    accepted,
    options: { origins: originRules(), accept: (transport: Transport) => void accepted.push(transport), onError: failOnError },
  };
}

test("a listener's endpoints are what clients dial", async () => {
  const memory = memoryNetwork({ clock });
  for (const where of ["memory:lobby", "ws://127.0.0.1:0/game"]) {
    const { accepted, options } = listening();
    const listener = await listen(where, { ...options, memory });
    const client = await dialNode(parseEndpoint(listener.endpoints[0]!), { clock, memory });
    const ends = Promise.all([ending(client), ending(accepted[0]!)]);
    client.close();
    assert.equal(await ends, ["ended: closed by this side", "ended: closed by the peer"]);
    await listener.close();
  }
});

test("a memory endpoint needs its network on both sides", async () => {
  const { options } = listening();
  assert.match(await message(listen("memory:lobby", options)), /`listen`: memory:lobby needs the option `memory`/);
  for (const dial of [dialNode, dialBrowser])
    assert.match(await message(dial(parseEndpoint("memory:lobby"), { clock })), /`memory` network/);
});

test("an attempt that was given up rejects with the signal's reason and leaves nothing open", async () => {
  const memory = memoryNetwork({ clock });
  const { accepted, options } = listening();
  const listener = await listen("memory:lobby", { ...options, memory });
  const abort = new AbortController();
  const attempt = dialNode(parseEndpoint("memory:lobby"), { clock, memory, signal: abort.signal });
  abort.abort(new Error("no patience"));
  assert.is(await message(attempt), "no patience");
  assert.is(await ending(accepted[0]!), "failed: the peer vanished");
  assert.is(await message(dialBrowser(parseEndpoint("ws://127.0.0.1:1"), { clock, signal: abort.signal })), "no patience");
  await listener.close();
});

test("what an endpoint of the user's own opened too late is let go", async () => {
  const [mine, other] = memoryPipe({ clock });
  const abort = new AbortController();
  const endpoint = parseEndpoint({
    name: "mine",
    dial: async () => {
      abort.abort(new Error("no patience"));
      return mine;
    },
  });
  for (const dial of [dialNode, dialBrowser]) assert.is(await message(dial(endpoint, { clock, signal: abort.signal })), "no patience");
  assert.is(await ending(other), "failed: the peer vanished");
});

test("a browser says what it cannot do", async () => {
  for (const url of ["tcp://localhost:7000", "tls://localhost:7000", "unix:/run/game.sock"]) {
    const endpoint = parseEndpoint(url);
    assert.is(
      await message(dialBrowser(endpoint, { clock })),
      `${url}: a browser cannot open ${endpoint.scheme}: addresses; let the server listen on ws: or wss: as well`,
    );
  }
  assert.match(await message(dialBrowser(parseEndpoint("wss://localhost"), { clock, tls: {} })), /^`tls` is for Node/);
});

test("a server of the user's own is listened on as it is", async () => {
  const { options } = listening();
  const listener = await listen({ server: createServer(), path: "/zserver" }, options);
  assert.equal(listener.endpoints, []);
  await listener.close();
});

test.run();
