import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { WebSocketEndpoint } from "../../../runtime/transport/endpoint.ts";
import { MAX_MESSAGE_BYTES } from "../../../runtime/transport/websocket-limits.ts";
import { dialWebSocket } from "../../../runtime/transport/websocket-node.ts";
import { dialAsPage, ending, ignore, listening, webSocketEndpoint } from "../../support/transport/websocket.ts";

const test = suite("transport/websocket-node");

test("a client hears why it was refused", async () => {
  const { listener, endpoint } = await listening();
  const wrongPath = webSocketEndpoint(`${endpoint.url}elsewhere`);
  await dialWebSocket(wrongPath).then(
    () => assert.unreachable(),
    (error) => assert.match(error.message, /refused the WebSocket: 404 zserver: nothing is served under this path; the path is \/$/),
  );
  await listener.close();
});

/** The masks of a client's frames as they travel: of four before its bytes are ciphertext, and of four after. */
async function masksOf(zeroMask: boolean): Promise<string[]> {
  const server = createServer();
  const frames = new Promise<Buffer>((resolve) => {
    server.on("upgrade", (request, socket) => {
      const accept = createHash("sha1")
        .update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
        .digest("base64");
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      let bytes = Buffer.alloc(0);
      socket.on("data", (chunk) => {
        bytes = Buffer.concat([bytes, chunk]);
        if (bytes.length < 8 * FRAME_BYTES) return;
        socket.destroy();
        resolve(bytes);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = await dialWebSocket(webSocketEndpoint(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`), { zeroMask });
  const closed = ending(client);
  for (let i = 0; i < 4; i++) client.write(Uint8Array.of(1, 2));
  client.sealed?.();
  for (let i = 0; i < 4; i++) client.write(Uint8Array.of(3, 4));
  const bytes = await frames;
  await closed;
  server.close();
  return Array.from({ length: 8 }, (_, i) => {
    const frame = bytes.subarray(i * FRAME_BYTES, (i + 1) * FRAME_BYTES);
    assert.is(frame[0], 0x82, "a binary message in one frame");
    assert.is(frame[1], 0x82, "the MASK bit, and two bytes");
    return frame.subarray(2, 6).toString("hex");
  });
}
/** Two bytes of header, four of mask, two of payload. */
const FRAME_BYTES = 8;

test("a client masks at random until its bytes are ciphertext, then with zeros, unless told not to", async () => {
  const zeros = (masks: string[]) => masks.map((mask) => mask === "00000000");
  assert.equal(zeros(await masksOf(true)), [false, false, false, false, true, true, true, true]);
  assert.equal(zeros(await masksOf(false)), new Array(8).fill(false));
});

test("a client says when a write has left, be it one message or several, and its memory can be used again", async () => {
  const { listener, accepted, endpoint } = await listening();
  const server = accepted();
  const client = await dialWebSocket(endpoint);
  client.start(ignore);
  client.sealed?.();
  (await server).start(ignore);
  for (const length of [100, 100_000, MAX_MESSAGE_BYTES, 2 * MAX_MESSAGE_BYTES, 2 * MAX_MESSAGE_BYTES + 1])
    await new Promise<void>((written) => client.write(new Uint8Array(length), written));
  client.destroy();
  await listener.close();
});

test("dialling can be given up, and fails where nobody listens", async () => {
  const silent = createTcpServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const { port } = silent.address() as AddressInfo;
  const reason = new Error("no patience");
  for (const dial of [dialWebSocket, (endpoint: WebSocketEndpoint, options: { signal: AbortSignal }) => dialAsPage(endpoint, options)]) {
    const abort = new AbortController();
    const attempt = dial(webSocketEndpoint(`ws://127.0.0.1:${port}`), { signal: abort.signal });
    setImmediate(() => abort.abort(reason));
    assert.is(
      await attempt.then(
        () => assert.unreachable(),
        (error) => error,
      ),
      reason,
    );
  }
  silent.close();
  const nobody = webSocketEndpoint(`ws://127.0.0.1:${port}`);
  await dialWebSocket(nobody).then(
    () => assert.unreachable(),
    (error) => assert.is(error.code, "ECONNREFUSED"),
  );
  await dialAsPage(nobody).then(
    () => assert.unreachable(),
    (error) => assert.match(error.message, /allowedOrigins/),
  );
});

test.run();
