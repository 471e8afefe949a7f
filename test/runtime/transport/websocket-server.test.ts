import { networkInterfaces } from "node:os";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { WebSocket } from "ws";
import { MAX_MESSAGE_BYTES } from "../../../runtime/transport/websocket-limits.ts";
import { dialWebSocket } from "../../../runtime/transport/websocket-node.ts";
import { skipWithReason } from "../../support/report.ts";
import { ending, ignore, listening, upgrade, webSocketEndpoint } from "../../support/transport/websocket.ts";

const test = suite("transport/websocket-server");

const shared = await listening();
test.after(() => shared.listener.close());

test("a foreign origin gets 403 and a line that names the option", async () => {
  const { status, text } = await upgrade(shared.endpoint.port, { Origin: "https://evil.example" });
  assert.is(status, 403);
  assert.match(text, /\r\n\r\nzserver: pages of https:\/\/evil\.example may not connect: list it in `allowedOrigins`[^\n]*\n$/);
});

test("a name that was made to point here gets 403, whatever header it comes in", async () => {
  const host = `rebound.example:${shared.endpoint.port}`;
  const { status, text } = await upgrade(shared.endpoint.port, { Host: host, Origin: `http://${host}` });
  assert.is(status, 403);
  assert.match(text, /`allowedHosts`/);
  const old = await upgrade(shared.endpoint.port, { "Sec-WebSocket-Version": "8", "Sec-WebSocket-Origin": "https://evil.example" });
  assert.is(old.status, 403);
});

test("whoever asks without an upgrade is told what lives here", async () => {
  const response = await fetch(`http://127.0.0.1:${shared.endpoint.port}/`);
  assert.is(response.status, 426);
  assert.match(await response.text(), /WebSocket only/);
});

test("a text message ends the connection", async () => {
  const accepted = shared.accepted();
  const raw = new WebSocket(shared.endpoint.url);
  const closed = ending(await accepted);
  raw.on("open", () => raw.send("hello"));
  assert.is(await closed, "failed: the peer sent a text message");
});

test("a longer message than the limit ends the connection, one of the limit arrives", async () => {
  const accepted = shared.accepted();
  const raw = new WebSocket(shared.endpoint.url);
  const server = await accepted;
  let received = 0;
  const closed = ending(server, (bytes) => {
    received += bytes.length;
  });
  raw.on("open", () => {
    raw.send(new Uint8Array(MAX_MESSAGE_BYTES));
    raw.send(new Uint8Array(MAX_MESSAGE_BYTES + 1));
  });
  assert.match(await closed, /^failed: a message has more than 1048576 bytes$/);
  assert.is(received, MAX_MESSAGE_BYTES);
});

test("compression is off, even for a client that offers it", async () => {
  const { status, text } = await upgrade(shared.endpoint.port, { "Sec-WebSocket-Extensions": "permessage-deflate" });
  assert.is(status, 101);
  assert.not.match(text, /permessage-deflate/i);
});

test("closing a listener frees its port and leaves established connections alone", async () => {
  const { listener, accepted, endpoint } = await listening();
  const next = accepted();
  const client = await dialWebSocket(endpoint);
  const server = await next;
  await listener.close();
  const again = await listening(endpoint.url);
  let received = 0;
  const arrived = new Promise<void>((resolve) =>
    server.start({
      ...ignore,
      onBytes: (bytes) => {
        received += bytes.length;
        if (received === 3) resolve();
      },
    }),
  );
  client.start(ignore);
  client.write(new Uint8Array(3));
  await arrived;
  client.destroy();
  await again.listener.close();
});

test("a port that is taken is named", async () => {
  await listening(shared.endpoint.url).then(
    () => assert.unreachable(),
    (error) => assert.match(error.message, /`listen`: cannot listen on ws:\/\/127\.0\.0\.1:\d+\/: .*EADDRINUSE/),
  );
});

const hasIPv6 = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === "::1"));
const bothFamilies = "[::] is reached over IPv4 and IPv6";
if (!hasIPv6) skipWithReason(bothFamilies, "this machine has no IPv6");
else {
  test(bothFamilies, async () => {
    const { listener, accepted, endpoint } = await listening("ws://[::]:0/game");
    assert.is(endpoint.url, `ws://localhost:${endpoint.port}/game`);
    for (const [host, peer] of [
      ["127.0.0.1", /^ws 127\.0\.0\.1:\d+$/],
      ["[::1]", /^ws \[::1\]:\d+$/],
      ["localhost", /^ws /],
    ] as const) {
      const next = accepted();
      const client = await dialWebSocket(webSocketEndpoint(`ws://${host}:${endpoint.port}/game`));
      const server = await next;
      assert.match(server.peer, peer);
      client.destroy();
      server.destroy();
    }
    await listener.close();
  });
}

test.run();
