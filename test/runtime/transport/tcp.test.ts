import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { StreamTransport } from "../../../runtime/transport/stream-transport.ts";
import { transportCases } from "../../../runtime/transport/suite/suite.ts";
import type { Transport } from "../../../runtime/transport/transport.ts";
import { skipWithReason } from "../../support/report.ts";
import { dialAt, failure, listeningAt } from "../../support/transport/listening.ts";
import { sustainedBytes } from "../../support/transport/sustained.ts";
import { ending, ignore } from "../../support/transport/websocket.ts";

export const testTimeoutMs = 120_000;

const test = suite("transport/tcp");

const shared = await listeningAt("tcp://127.0.0.1:0");
test.after(() => shared.listener.close());

const pair = async (clientFirst: boolean): Promise<readonly [Transport, Transport]> => {
  const { client, server } = await shared.connect();
  return clientFirst ? [client, server] : [server, client];
};
const client = { name: "client", sustainedBytes, pair: () => pair(true) };
const server = { name: "server", sustainedBytes: 1024 * 1024, pair: () => pair(false) };
for (const { name, run } of [client, server].flatMap(transportCases)) test(name, run);

const port = Number(shared.url.split(":")[2]);

/** A transport whose other end is a socket of the test's. */
async function raw(): Promise<{ readonly socket: Socket; readonly transport: Transport }> {
  const accepted = shared.accepted();
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", () => {});
  return { socket, transport: await accepted };
}

test("both ends know each other's address", async () => {
  const { client, server } = await shared.connect();
  assert.equal(client.remote, { address: "127.0.0.1", port });
  assert.is(client.peer, `tcp 127.0.0.1:${port}`);
  assert.is(server.remote?.address, "127.0.0.1");
  assert.is(server.peer, `tcp 127.0.0.1:${server.remote?.port}`);
  client.destroy();
  server.destroy();
});

test("what was read is given back once it was told", async () => {
  const { socket, transport } = await raw();
  const told: Uint8Array[] = [];
  let received = 0;
  const closed = ending(transport, (bytes) => {
    assert.ok(bytes.every((byte) => byte === 7));
    received += bytes.length;
    told.push(bytes);
    transport.pause();
    setImmediate(() => transport.resume());
  });
  socket.end(Buffer.alloc(1_048_576, 7));
  assert.is(await closed, "ended: closed by the peer");
  assert.is(received, 1_048_576);
  const left = told.reduce((bytes, { length }) => bytes + length, 0);
  assert.ok(left < received / 4, `${left} bytes are still there`);
});

function fill(transport: Transport): void {
  const piece = new Uint8Array(64 * 1024);
  let more = true;
  while (more) more = transport.write(piece);
}

test("a peer that ends its half has ended, whatever is queued for it", async () => {
  const { socket, transport } = await raw();
  let received = 0;
  const closed = ending(transport, (bytes) => {
    received += bytes.length;
  });
  fill(transport);
  socket.end(new Uint8Array(1000));
  assert.is(await closed, "ended: closed by the peer");
  assert.is(received, 1000);
  socket.destroy();
});

test("a peer that resets is a failure", async () => {
  const { socket, transport } = await raw();
  const closed = ending(transport);
  socket.resetAndDestroy();
  assert.is(await closed, "failed: read ECONNRESET");
});

test("a server of another kind is told apart by its first bytes, with the URL that it wants; what may be a packet is none", async () => {
  const cases: readonly (readonly [answer: Uint8Array, expected: RegExp])[] = [
    [
      Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"),
      /^failed: tcp 127\.0\.0\.1:\d+: HTTP is spoken there; a WebSocket server's URL begins with ws: or wss:$/,
    ],
    [
      Uint8Array.of(0x15, 0x03, 0x01, 0, 2, 2, 70),
      /^failed: tcp 127\.0\.0\.1:\d+: TLS is spoken there; with it the scheme is tls: or wss:$/,
    ],
    [Buffer.from("HTT"), /^ended: closed by the peer$/],
    [Uint8Array.of(0, 1, 0x15), /^ended: closed by the peer$/],
  ];
  for (const [answer, expected] of cases) {
    const other = createServer((socket) => socket.on("error", () => {}).end(answer)).listen(0, "127.0.0.1");
    await once(other, "listening");
    const transport = await dialAt(`tcp://127.0.0.1:${(other.address() as AddressInfo).port}`);
    let received = 0;
    const how = await ending(transport, ({ length }) => {
      received += length;
    });
    assert.match(how, expected);
    assert.is(received, how.startsWith("ended") ? answer.length : 0);
    other.close();
  }
});

test("what is destroyed reaches the peer as a reset, which no orderly end is", async () => {
  const { socket, transport } = await raw();
  const error = new Promise<NodeJS.ErrnoException>((resolve) => socket.on("error", resolve));
  transport.destroy();
  assert.is((await error).code, "ECONNRESET");
});

test("a closing end that is destroyed at last tells it, once", async () => {
  const { socket, transport } = await raw();
  const closed = ending(transport);
  fill(transport);
  transport.close();
  transport.destroy();
  assert.is(await closed, "failed: destroyed by this side");
  socket.destroy();
});

test("what is written goes to the kernel at once, and what is written before the end leaves with it", async () => {
  const { socket, transport } = await raw();
  const closed = ending(transport);
  const chunks: number[] = [];
  const ended = new Promise<void>((resolve) => socket.on("data", (bytes) => chunks.push(bytes.length)).on("end", resolve));
  transport.write(new Uint8Array(100));
  assert.is(transport.bufferedBytes, 0);
  transport.ending!();
  for (let i = 0; i < 50; i++) transport.write(new Uint8Array(1));
  assert.is(transport.bufferedBytes, 50);
  transport.close();
  await ended;
  assert.ok(chunks.length <= 2, `${chunks.length} chunks`);
  assert.is(
    chunks.reduce((sum, length) => sum + length, 0),
    150,
  );
  socket.end();
  await closed;
});

test("what was read of one connection while it was paused is not lost when another one reads", async () => {
  const [one, other] = [await shared.connect(), await shared.connect()];
  const told = (end: Transport): Promise<number> =>
    new Promise((resolve) => end.start({ ...ignore, onBytes: (bytes) => resolve(bytes.reduce((sum, byte) => sum + byte, 0)) }));
  const [first, second] = [told(one.client), told(other.client)];
  one.client.pause();
  one.server.write(new Uint8Array(100).fill(1));
  // What a connection of this machine is written has come at once: it is read with the next poll.
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
  other.server.write(new Uint8Array(100).fill(2));
  assert.is(await second, 200);
  one.client.resume();
  assert.is(await first, 100);
  for (const end of [one.client, one.server, other.client, other.server]) end.destroy();
});

test("closing a listener frees its port and leaves established connections alone", async () => {
  const { listener, url, connect } = await listeningAt("tcp://127.0.0.1:0");
  const { client, server } = await connect();
  await listener.close();
  const again = await listeningAt(url);
  const arrived = new Promise<number[]>((resolve) => server.start({ ...ignore, onBytes: (bytes) => resolve([...bytes]) }));
  client.start(ignore);
  client.write(Uint8Array.of(1, 2, 3));
  assert.equal(await arrived, [1, 2, 3]);
  client.destroy();
  server.destroy();
  await again.listener.close();
});

test("a port that is taken is named", async () => {
  assert.match(
    await failure(listeningAt(shared.url)),
    /^`listen`: cannot listen on tcp:\/\/127\.0\.0\.1:\d+: .*EADDRINUSE.*; another program listens there, .*end it, or take another port/,
  );
});

test("dialling can be given up, and says why it failed, for a name of several addresses too", async () => {
  const { listener, url } = await listeningAt("tcp://127.0.0.1:0");
  const reason = new Error("no patience");
  const abort = new AbortController();
  const attempt = dialAt(url, { signal: abort.signal });
  abort.abort(reason);
  assert.is(await failure(attempt), "no patience");
  assert.is(await failure(dialAt(url, { signal: abort.signal })), "no patience");
  await listener.close();
  for (const name of ["127.0.0.1", "localhost"])
    assert.match(await failure(dialAt(url.replace("127.0.0.1", name))), /^connect ECONNREFUSED .*:\d+/);
});

test("a known address is what is connected to", async () => {
  const accepted = shared.accepted();
  const client = await dialAt(shared.url.replace("127.0.0.1", "game.invalid"), { address: "127.0.0.1" });
  assert.is(client.remote?.address, "127.0.0.1");
  client.destroy();
  (await accepted).destroy();
});

const hasIPv6 = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === "::1"));
const bothFamilies = "[::] is reached over IPv4 and IPv6";
if (!hasIPv6) skipWithReason(bothFamilies, "this machine has no IPv6");
else {
  test(bothFamilies, async () => {
    const { listener, url, accepted } = await listeningAt("tcp://[::]:0");
    assert.match(url, /^tcp:\/\/localhost:\d+$/);
    for (const [host, address] of [
      ["127.0.0.1", "127.0.0.1"],
      ["[::1]", "::1"],
    ] as const) {
      const next = accepted();
      const client = await dialAt(url.replace("localhost", host));
      const server = await next;
      assert.is(server.remote?.address, address);
      client.destroy();
      server.destroy();
    }
    await listener.close();
  });
}

test("a connection that was reset before it was accepted is no crash", async () => {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const socket = new Promise<Socket>((resolve) => server.once("connection", resolve));
  const peer = connect({ port: typeof address === "object" ? address!.port : 0, host: "127.0.0.1" });
  const accepted = await socket;
  const gone = new Promise<void>((resolve) => peer.on("close", () => resolve()));
  peer.resetAndDestroy();
  await gone;
  await new Promise<void>((resolve) => setImmediate(resolve));
  const closed = ending(new StreamTransport(accepted, "tcp"));
  assert.match(await closed, /^failed: /);
  server.close();
});

test.run();
