import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { WebSocketServer } from "ws";
import { parseEndpoint } from "../../../runtime/transport/endpoint.ts";
import type { WebSocketEndpoint } from "../../../runtime/transport/endpoint.ts";
import { binaryFrame, COPIED_FRAME_BYTES } from "../../../runtime/transport/websocket-frame.ts";
import { dialWebSocket } from "../../../runtime/transport/websocket-node.ts";

const test = suite("transport/websocket-frame");

test("a frame is that of RFC 6455: its length in 7 or in 16 bits, and a mask of zeros where frames are masked", () => {
  const heads: [length: number, masked: boolean, head: number[]][] = [
    [1, false, [0x82, 1]],
    [125, false, [0x82, 125]],
    [126, false, [0x82, 126, 0, 126]],
    [COPIED_FRAME_BYTES, false, [0x82, 126, COPIED_FRAME_BYTES >> 8, COPIED_FRAME_BYTES & 0xff]],
    [125, true, [0x82, 0x80 | 125, 0, 0, 0, 0]],
    [300, true, [0x82, 0x80 | 126, 1, 44, 0, 0, 0, 0]],
  ];
  for (const [length, masked, head] of heads) {
    const payload = Uint8Array.from({ length }, (_, at) => at & 0xff);
    assert.equal([...binaryFrame(payload, masked)], [...head, ...payload]);
  }
});

test("messages that are written as frames and those that ws writes arrive in order and whole, sealed and before", async () => {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
  await once(server, "listening");
  const received: Buffer[] = [];
  server.on("connection", (socket) => socket.on("message", (data) => received.push(data as Buffer)));
  const endpoint = parseEndpoint(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`) as WebSocketEndpoint;
  const transport = await dialWebSocket(endpoint);
  const closed = new Promise((resolve) => transport.start({ onBytes() {}, onDrain() {}, onClose: resolve }));
  const sizes = [1, 125, 126, 2_047, COPIED_FRAME_BYTES, COPIED_FRAME_BYTES + 1, 65_535, 65_536, 7];
  for (const sealed of [false, true]) {
    if (sealed) transport.sealed!();
    for (const [at, size] of sizes.entries()) transport.write(new Uint8Array(size).fill(at + 1));
  }
  transport.close();
  await closed;
  assert.equal(
    received.map((message) => message.length),
    [...sizes, ...sizes],
  );
  for (const [at, message] of received.entries()) assert.ok(message.every((byte) => byte === (at % sizes.length) + 1));
  server.close();
  await once(server, "close");
});

test("what is written once the end is told leaves with the closing frame, in one piece", async () => {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
  await once(server, "listening");
  const chunks: number[][] = [];
  server.on("connection", (_socket, request) => request.socket.prependListener("data", (chunk: Buffer) => chunks.push([...chunk])));
  const transport = await dialWebSocket(parseEndpoint(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`) as WebSocketEndpoint);
  const closed = new Promise((resolve) => transport.start({ onBytes() {}, onDrain() {}, onClose: resolve }));
  transport.sealed!();
  transport.ending!();
  transport.write(Uint8Array.of(1, 2, 3));
  transport.write(Uint8Array.of(4));
  transport.close();
  await closed;
  assert.equal(chunks, [[0x82, 0x83, 0, 0, 0, 0, 1, 2, 3, 0x82, 0x81, 0, 0, 0, 0, 4, 0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]]);
  server.close();
  await once(server, "close");
});

test.run();
