import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { WebSocket, WebSocketServer } from "ws";
import { quiet } from "../../../runtime/transport/suite/case.ts";
import type { Transport } from "../../../runtime/transport/transport.ts";
import { serverEnd } from "../../../runtime/transport/websocket-end.ts";
import { opcodes } from "../../../runtime/transport/websocket-header.ts";
import { MAX_MESSAGE_BYTES } from "../../../runtime/transport/websocket-limits.ts";
import { WebSocketTransport } from "../../../runtime/transport/websocket-transport.ts";
import { dialWebSocket } from "../../../runtime/transport/websocket-node.ts";
import { type ClientFrame, clientFrame, closing } from "../../support/transport/client-frames.ts";
import { duplexPair } from "../../support/transport/duplex-pair.ts";
import { ending, ignore, listening, webSocketEndpoint } from "../../support/transport/websocket.ts";

const test = suite("transport/websocket-transport");

const { binary, close, ping, pong } = opcodes;
const shared = await listening();
test.after(() => shared.listener.close());

/** A real client of ws, and the server's end. */
async function wsClient(): Promise<{ client: WebSocket; server: Transport }> {
  const accepted = shared.accepted();
  const client = new WebSocket(shared.endpoint.url);
  client.on("error", () => {});
  await once(client, "open");
  return { client, server: await accepted };
}

/** The other end of a server's WebSocket, which reads and writes bytes. */
function rawClient(closeTimeoutMs?: number): { far: Duplex; server: Transport } {
  const [far, near] = duplexPair();
  // A line that goes dead is what some tests wait for.
  far.on("error", () => {});
  return {
    far,
    server: new WebSocketTransport(near, { end: serverEnd, scheme: "ws", remote: undefined, head: Buffer.alloc(0), closeTimeoutMs }),
  };
}

const join = (...frames: ClientFrame[]): Buffer => Buffer.concat(frames.map(clientFrame));

test("what comes with the request for the upgrade belongs to the stream", async () => {
  const accepted = shared.accepted();
  const { port } = shared.endpoint;
  const socket: Socket = connect(port, "127.0.0.1");
  const request = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n`;
  const frames = join(
    { opcode: binary, payload: Uint8Array.of(1, 2, 3), mask: [5, 6, 7, 8] },
    { opcode: binary, payload: Uint8Array.of(4) },
  );
  socket.write(Buffer.concat([Buffer.from(request), frames.subarray(0, 7)]));
  const server = await accepted;
  const received: number[] = [];
  const closed = ending(server, (bytes) => received.push(...bytes));
  socket.write(frames.subarray(7));
  socket.write(join({ opcode: close, payload: closing(1000) }));
  socket.resume();
  socket.on("end", () => socket.end());
  assert.is(await closed, "ended: closed by the peer");
  assert.equal(received, [1, 2, 3, 4]);
});

test("each side's code reaches the other", async () => {
  for (const [code, end] of [
    [1000, "ended: closed by the peer"],
    [1001, "ended: closed by the peer"],
    [undefined, "ended: closed by the peer"],
    [4000, "failed: closed with WebSocket status 4000"],
  ] as const) {
    const { client, server } = await wsClient();
    const closed = ending(server);
    client.close(code, code && "because");
    const [answered] = await once(client, "close");
    assert.is(await closed, end);
    assert.is(answered, code ?? 1005);
  }
  const { client, server } = await wsClient();
  const closed = ending(server);
  server.close();
  assert.is((await once(client, "close"))[0], 1000);
  assert.is(await closed, "ended: closed by this side");
});

test("who breaks a rule is told which kind in the closing frame", async () => {
  const { client, server } = await wsClient();
  const closed = ending(server);
  client.send("text");
  assert.is((await once(client, "close"))[0], 1003);
  assert.is(await closed, "failed: the peer sent a text message");
  const other = await wsClient();
  const otherClosed = ending(other.server);
  other.client.send(new Uint8Array(MAX_MESSAGE_BYTES + 1));
  assert.is((await once(other.client, "close"))[0], 1009);
  assert.is(await otherClosed, "failed: a message has more than 1048576 bytes");
});

test("pings are answered with their payload, in order, and pongs are passed over", async () => {
  const { client, server } = await wsClient();
  const received: number[] = [];
  const closed = ending(server, (bytes) => received.push(...bytes));
  const pongs: string[] = [];
  client.on("pong", (payload) => pongs.push(String(payload)));
  const sent = ["", ...Array.from({ length: 12 }, (_, i) => `${i}`), "x".repeat(125)];
  for (const payload of sent) client.ping(payload);
  client.pong("unasked");
  client.send(Uint8Array.of(1), { fin: false });
  client.ping("between");
  client.send(Uint8Array.of(2));
  while (pongs.length < sent.length + 1) await once(client, "pong");
  assert.equal(pongs, [...sent, "between"]);
  assert.equal(received, [1, 2]);
  client.close();
  await closed;
});

/** A frame of 60,000 bytes arrives; how many of them are still there when that has been told. */
async function bytesLeft(far: { write(bytes: Uint8Array): void }, near: Duplex): Promise<number> {
  const payload = new Uint8Array(60_000).fill(7);
  const server = new WebSocketTransport(near, { end: serverEnd, scheme: "ws", remote: undefined, head: Buffer.alloc(0) });
  const told: Uint8Array[] = [];
  let received = 0;
  await new Promise<void>((resolve) => {
    const onBytes = (bytes: Uint8Array): void => {
      assert.ok(bytes.every((byte) => byte === 7));
      told.push(bytes);
      received += bytes.length;
      if (received === payload.length) setImmediate(resolve);
    };
    server.start({ ...ignore, onBytes });
    far.write(join({ opcode: binary, payload }));
  });
  server.destroy();
  return told.reduce((bytes, { length }) => bytes + length, 0);
}

test("what Node read is given back once it was told, and what others have as well is not", async () => {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const sockets = async (): Promise<readonly [Socket, Socket]> => {
    const accepted = once(listener, "connection");
    const far = connect((listener.address() as AddressInfo).port, "127.0.0.1");
    far.on("error", () => {});
    return [far, ((await accepted) as [Socket])[0]];
  };
  const [far, near] = await sockets();
  assert.ok((await bytesLeft(far, near)) < 30_000);
  const [observed, observer] = await sockets();
  observer.on("data", () => {});
  assert.is(await bytesLeft(observed, observer), 60_000);
  const [memory, mine] = duplexPair();
  memory.on("error", () => {});
  assert.is(await bytesLeft(memory, mine), 60_000);
  listener.close();
});

/** A server of ws that has this done with its end of the next connection, and a client of it. */
async function clientOfWs(onConnection: (server: WebSocket) => void): Promise<Transport> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, maxPayload: MAX_MESSAGE_BYTES });
  await once(server, "listening");
  server.once("connection", (socket) => {
    server.close();
    socket.on("error", () => {});
    onConnection(socket);
  });
  return dialWebSocket(webSocketEndpoint(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`));
}

test("a client answers pings and closing frames as a server does, sealed and before, and hears which code it was", async () => {
  for (const [code, end] of [
    [1000, "ended: closed by the peer"],
    [undefined, "ended: closed by the peer"],
    [1011, "failed: closed with WebSocket status 1011"],
  ] as const) {
    for (const sealed of [false, true]) {
      const pongs: string[] = [];
      let answered: Promise<unknown[]> | undefined;
      const client = await clientOfWs((server) => {
        answered = once(server, "close");
        server.on("pong", (payload) => pongs.push(String(payload)) === 2 && server.close(code));
        server.on("message", () => server.ping("two"));
        server.ping("one");
      });
      if (sealed) client.sealed!();
      const closed = ending(client);
      client.write(Uint8Array.of(1));
      assert.is(await closed, end);
      assert.equal(pongs, ["one", "two"]);
      assert.is((await answered!)[0], code ?? 1005);
    }
  }
});

test("what comes right behind the answer to the upgrade belongs to the stream", async () => {
  const received: number[] = [];
  const client = await clientOfWs((server) => {
    server.send(Uint8Array.of(1, 2));
    server.send(Uint8Array.of(3));
    server.close(1000);
  });
  await quiet();
  assert.is(await ending(client, (bytes) => received.push(...bytes)), "ended: closed by the peer");
  assert.equal(received, [1, 2, 3]);
});

test("a client tells a server that breaks a rule which kind", async () => {
  for (const [breaks, code, end] of [
    [(server: WebSocket) => server.send("text"), 1003, "failed: the peer sent a text message"],
    [(server: WebSocket) => server.send(new Uint8Array(MAX_MESSAGE_BYTES + 1)), 1009, "failed: a message has more than 1048576 bytes"],
  ] as const) {
    let answered: Promise<unknown[]> | undefined;
    const client = await clientOfWs((server) => {
      answered = once(server, "close");
      breaks(server);
    });
    assert.is(await ending(client), end);
    assert.is((await answered!)[0], code);
  }
});

test("a million pings of a client that reads none of the answers keep sixteen answers, and the last ping", async () => {
  const { far, server } = rawClient();
  const closed = ending(server);
  const many = join(...new Array<ClientFrame>(1_000).fill({ opcode: ping, payload: new Uint8Array(10) }));
  let highest = 0;
  for (let i = 0; i < 1_000; i++) {
    if (!far.write(Buffer.from(many))) await once(far, "drain");
    highest = Math.max(highest, server.bufferedBytes);
  }
  far.write(join({ opcode: ping, payload: Uint8Array.of(42) }));
  await quiet();
  assert.ok(highest <= 16 * 12, `${highest} bytes are buffered`);
  let last: Buffer = Buffer.alloc(0);
  far.on("data", (bytes: Buffer) => {
    last = Buffer.concat([last, bytes]).subarray(-3);
  });
  await quiet();
  assert.equal([...last], [0x80 | pong, 1, 42]);
  server.destroy();
  await closed;
});

test("behind the closing frame there is no answer to a ping, also not to one that came before", async () => {
  const { far, server } = rawClient();
  const closed = ending(server, () => server.close());
  const received: number[] = [];
  far.on("data", (bytes: Buffer) => received.push(...bytes));
  const pings = new Array<ClientFrame>(20).fill({ opcode: ping });
  far.write(join(...pings, { opcode: binary, payload: Uint8Array.of(1) }, { opcode: ping }, { opcode: close, payload: closing(1000) }));
  far.on("end", () => far.end());
  assert.is(await closed, "ended: closed by this side");
  const answers = new Array(16).fill([0x80 | pong, 0]).flat();
  assert.equal(received, [...answers, 0x80 | close, 2, 1000 >> 8, 1000 & 0xff]);
});

test("bytes that come one by one are those that were sent, also while the end pauses at each", async () => {
  const { far, server } = rawClient();
  const received: number[] = [];
  const closed = ending(server, (bytes) => {
    received.push(...bytes);
    server.pause();
    setImmediate(() => server.resume());
  });
  const payload = Uint8Array.from({ length: 300 }, (_, i) => i & 0xff);
  const frames = join(
    { opcode: binary, payload, mask: [1, 2, 3, 4] },
    { opcode: ping, payload },
    { opcode: close, payload: closing(1000) },
  );
  for (const byte of frames) far.write(Buffer.of(byte));
  far.resume();
  far.on("end", () => far.end());
  assert.is(await closed, "failed: a control frame is fragmented, or longer than 125 bytes");
  assert.equal(received, [...payload]);
});

test("a peer that never answers the closing frame is cut", async () => {
  const { far, server } = rawClient(5);
  const closed = ending(server);
  server.close();
  assert.is(await closed, "ended: closed by this side");
  await quiet();
  assert.ok(far.destroyed);
});

test("a peer that closes, and neither reads the answer nor ends its connection, is cut", async () => {
  const { far, server } = rawClient(5);
  const closed = ending(server);
  server.write(new Uint8Array(3_000_000));
  far.write(join({ opcode: close }));
  assert.is(await closed, "ended: closed by the peer");
  assert.is(server.bufferedBytes, 0);
});

test("a peer that ends its connection without a closing frame has failed", async () => {
  const { far, server } = rawClient();
  const closed = ending(server);
  far.end();
  assert.is(await closed, "failed: the peer ended the connection without a closing frame");
});

test("nothing is delivered, or written, behind a peer's closing frame", async () => {
  const { far, server } = rawClient();
  const received: number[] = [];
  const closed = ending(server, (bytes) => received.push(...bytes));
  const sent: number[] = [];
  far.on("data", (bytes: Buffer) => sent.push(...bytes));
  far.write(join({ opcode: binary, payload: Uint8Array.of(1) }, { opcode: close }, { opcode: binary, payload: Uint8Array.of(2) }));
  await once(far, "data");
  assert.ok(server.write(new Uint8Array(10)));
  far.end();
  await closed;
  assert.equal(received, [1]);
  assert.equal(sent, [0x80 | close, 0]);
});

test("long writes say when their memory is free, also those of several messages", async () => {
  const { client, server } = await wsClient();
  server.start(ignore);
  const lengths: number[] = [];
  client.on("message", (data: Buffer) => lengths.push(data.length));
  await new Promise<void>((written) => server.write(new Uint8Array(2 * MAX_MESSAGE_BYTES + 70_000), written));
  await new Promise<void>((written) => server.write(new Uint8Array(100_000), written));
  while (lengths.length < 4) await once(client, "message");
  assert.equal(lengths, [MAX_MESSAGE_BYTES, MAX_MESSAGE_BYTES, 70_000, 100_000]);
  client.terminate();
  server.destroy();
});

test.run();
