import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { WebSocketServer } from "ws";
import { parseEndpoint } from "../../../runtime/transport/endpoint.ts";
import type { WebSocketEndpoint } from "../../../runtime/transport/endpoint.ts";
import { binaryFrame, closeFrame, COPIED_FRAME_BYTES, frameHeader, pongFrame } from "../../../runtime/transport/websocket-frame.ts";
import { NO_CODE } from "../../../runtime/transport/websocket-limits.ts";
import type { Mask } from "../../../runtime/transport/websocket-mask.ts";
import { dialWebSocket } from "../../../runtime/transport/websocket-node.ts";

const test = suite("transport/websocket-frame");

/** Two of the bytes differ when they are read as a number with a sign. */
const MASK = 0x81_02_ff_04 | 0;

test("a frame is that of RFC 6455: its length in 7, 16 or 64 bits, and a mask where frames are masked", () => {
  const mask = [0x81, 0x02, 0xff, 0x04];
  const heads: [length: number, mask: Mask, head: number[]][] = [
    [1, undefined, [0x82, 1]],
    [125, undefined, [0x82, 125]],
    [126, undefined, [0x82, 126, 0, 126]],
    [65_535, undefined, [0x82, 126, 0xff, 0xff]],
    [65_536, undefined, [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
    [125, 0, [0x82, 0x80 | 125, 0, 0, 0, 0]],
    [300, 0, [0x82, 0x80 | 126, 1, 44, 0, 0, 0, 0]],
    [65_540, 0, [0x82, 0x80 | 127, 0, 0, 0, 0, 0, 1, 0, 4, 0, 0, 0, 0]],
    [7, MASK, [0x82, 0x80 | 7, ...mask]],
    [300, MASK, [0x82, 0x80 | 126, 1, 44, ...mask]],
  ];
  for (const [length, masked, head] of heads) {
    const payload = Uint8Array.from({ length }, (_, at) => at & 0xff);
    const key = masked === MASK ? mask : [0, 0, 0, 0];
    assert.equal([...frameHeader(length, masked)], head);
    assert.equal(
      Buffer.compare(binaryFrame(payload, masked), Buffer.from([...head, ...payload.map((byte, at) => byte ^ key[at & 3]!)])),
      0,
    );
    assert.ok(
      payload.every((byte, at) => byte === (at & 0xff)),
      "what is written stays as it is",
    );
  }
});

test("frames that control the connection are masked as others are", () => {
  assert.equal([...pongFrame(Uint8Array.of(1, 2), undefined)], [0x8a, 2, 1, 2]);
  assert.equal([...pongFrame(Uint8Array.of(1, 2), MASK)], [0x8a, 0x82, 0x81, 0x02, 0xff, 0x04, 0x80, 0x00]);
  assert.equal([...closeFrame(1000, undefined)], [0x88, 2, 0x03, 0xe8]);
  assert.equal([...closeFrame(1000, MASK)], [0x88, 0x82, 0x81, 0x02, 0xff, 0x04, 0x82, 0xea]);
  assert.equal([...closeFrame(NO_CODE, 0)], [0x88, 0x80, 0, 0, 0, 0]);
});

test("messages of a client arrive in order and whole at a server of ws, sealed and before", async () => {
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
