import { createServer, type Server } from "node:http";
import { createServer as createHttpsServer, type Server as HttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { WebSocket, WebSocketServer } from "ws";
import { originRules } from "../../../runtime/transport/origin.ts";
import { dialWebSocket } from "../../../runtime/transport/websocket-node.ts";
import { attachWebSocket } from "../../../runtime/transport/websocket-server.ts";
import { arrivals, ending, failOnError, ignore, upgrade, webSocketEndpoint } from "../../support/transport/websocket.ts";

const test = suite("transport/websocket-server, attached");

/** A user's server with a page of its own, and zserver under /zserver. */
async function userServer() {
  const server = createServer((request, response) => response.end(`page ${request.url}`));
  const { accept, next } = arrivals();
  const listener = attachWebSocket({ server, path: "/zserver" }, { origins: originRules(), accept, onError: failOnError });
  assert.equal(listener.endpoints, [], "the user's server does not listen yet");
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { server, listener, next, port, close: () => closeServer(server) };
}

function closeServer(server: Server | HttpsServer): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => void server.close(() => resolve()));
}

test("the user's pages and ours live on one server", async () => {
  const { listener, next, port, close } = await userServer();
  assert.equal(listener.endpoints, [`ws://127.0.0.1:${port}/zserver`]);
  const response = await fetch(`http://127.0.0.1:${port}/index.html`);
  assert.is(await response.text(), "page /index.html");
  const accepted = next();
  const client = await dialWebSocket(webSocketEndpoint(`${listener.endpoints[0]}?who=me`));
  const transport = await accepted;
  const arrived = new Promise<number[]>((resolve) => transport.start({ ...ignore, onBytes: (bytes) => resolve([...bytes]) }));
  const closed = ending(client);
  client.write(Uint8Array.of(1, 2, 3));
  assert.equal(await arrived, [1, 2, 3]);
  transport.close();
  assert.is(await closed, "ended: closed by the peer");
  await close();
});

test("upgrades of other paths are left to other listeners", async () => {
  const { server, next, port, close } = await userServer();
  const other = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => {
    if (request.url !== "/chat") return;
    other.handleUpgrade(request, socket, head, (webSocket) => webSocket.send("other"));
  });
  const chat = new WebSocket(`ws://127.0.0.1:${port}/chat`);
  assert.is(await new Promise((resolve) => chat.on("message", (data) => resolve(String(data)))), "other");
  const accepted = next();
  const client = await dialWebSocket(webSocketEndpoint(`ws://127.0.0.1:${port}/zserver`));
  const transport = await accepted;
  chat.terminate();
  client.destroy();
  transport.destroy();
  await close();
});

test("an upgrade that nobody takes does not stay open", async () => {
  const { port, close } = await userServer();
  const { status, text } = await upgrade(port, {}, "/elsewhere");
  assert.is(status, 404);
  assert.match(text, /nothing is served under this path/);
  await close();
});

test("a foreign origin is refused here as well", async () => {
  const { port, close } = await userServer();
  const { status } = await upgrade(port, { Origin: "https://evil.example" }, "/zserver");
  assert.is(status, 403);
  await close();
});

test("closing lets go of the user's server, which goes on", async () => {
  const { server, listener, port, close } = await userServer();
  await listener.close();
  assert.is(server.listenerCount("upgrade"), 0);
  const response = await fetch(`http://127.0.0.1:${port}/still`);
  assert.is(await response.text(), "page /still");
  await close();
});

test("a server with a certificate is told as wss", async () => {
  const server = createHttpsServer();
  const listener = attachWebSocket({ server, path: "/zserver" }, { origins: originRules(), accept: () => {}, onError: failOnError });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  assert.match(listener.endpoints[0]!, /^wss:\/\/127\.0\.0\.1:\d+\/zserver$/);
  await closeServer(server);
});

test("a path that is none is refused", () => {
  for (const path of ["zserver", "", "/a?b", "/a#b"]) {
    assert.throws(
      () => attachWebSocket({ server: createServer(), path }, { origins: originRules(), accept: () => {}, onError: failOnError }),
      /`path`/,
    );
  }
});

test.run();
