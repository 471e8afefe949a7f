import { suite } from "uvu";
import * as assert from "uvu/assert";
import { attach } from "../../../runtime/transport/attach.ts";
import type { Transport } from "../../../runtime/transport/transport.ts";
import { serverEnd } from "../../../runtime/transport/websocket-end.ts";
import { opcodes } from "../../../runtime/transport/websocket-header.ts";
import { WebSocketTransport } from "../../../runtime/transport/websocket-transport.ts";
import { selfSigned } from "../../support/transport/certificate.ts";
import { clientFrame } from "../../support/transport/client-frames.ts";
import { duplexPair } from "../../support/transport/duplex-pair.ts";
import { listeningAt } from "../../support/transport/listening.ts";
import { ignore } from "../../support/transport/websocket.ts";

const test = suite("transport/attach");

/** Starts a transport. Resolves with all it told as soon as that is so many bytes. */
function told(transport: Transport, count: number): Promise<number[]> {
  const bytes: number[] = [];
  return new Promise((resolve) =>
    transport.start({
      ...ignore,
      onBytes(more) {
        bytes.push(...more);
        if (bytes.length === count) resolve(bytes);
      },
    }),
  );
}

/** Starts a transport, and pauses it within what it tells first: what came with that is kept. */
function pausedAtFirst(transport: Transport): Promise<Uint8Array> {
  return new Promise((resolve) =>
    transport.start({
      ...ignore,
      onBytes(bytes) {
        transport.pause();
        resolve(bytes.slice());
      },
    }),
  );
}

for (const scheme of ["tcp", "ws"]) {
  test(`a connection over ${scheme} goes on where it was handed to, and nothing that came meanwhile is lost`, async () => {
    const { listener, connect } = await listeningAt(`${scheme}://127.0.0.1:0`);
    const { client, server } = await connect();
    client.write(Uint8Array.of(1));
    client.write(Uint8Array.of(2, 3));
    const first = await pausedAtFirst(server);
    const { passage, handle } = server.detach!()!;
    // What comes from here on is the kernel's until somebody goes on.
    client.write(Uint8Array.of(4, 5));
    const there = attach(passage, handle);
    assert.equal(there.remote, server.remote);
    assert.is(there.peer, server.peer);
    const rest = await told(there, 5 - first.length - passage.bytes.length);
    assert.equal([...first, ...passage.bytes, ...rest], [1, 2, 3, 4, 5]);
    there.write(Uint8Array.of(6, 7));
    assert.equal(await told(client, 2), [6, 7]);
    client.destroy();
    there.destroy();
    await listener.close();
  });

  test(`a connection over ${scheme} with something that waits to be written stays`, async () => {
    const { listener, connect } = await listeningAt(`${scheme}://127.0.0.1:0`);
    const { client, server } = await connect();
    server.start(ignore);
    server.pause();
    while (server.bufferedBytes === 0) server.write(new Uint8Array(1_048_576));
    assert.is(server.detach!(), undefined);
    client.destroy();
    server.destroy();
    await listener.close();
  });
}

test("a connection of TLS stays, as its keys do, and goes on here", async () => {
  const certificate = selfSigned();
  const { listener, connect } = await listeningAt("tls://127.0.0.1:0", { tls: certificate });
  const { client, server } = await connect({ tls: { ca: certificate.cert } });
  client.write(Uint8Array.of(1));
  const first = await pausedAtFirst(server);
  assert.equal([...first], [1]);
  assert.is(server.detach!(), undefined);
  client.destroy();
  server.destroy();
  await listener.close();
});

test("a WebSocket in the middle of a message stays, and goes on here", async () => {
  const { listener, connect } = await listeningAt("ws://127.0.0.1:0");
  const { client, server } = await connect();
  const got: number[] = [];
  const whole = new Promise<void>((resolve) =>
    server.start({
      ...ignore,
      onBytes(bytes) {
        // A message so long comes in several reads.
        if (got.length === 0) {
          server.pause();
          assert.is(server.detach!(), undefined);
          server.resume();
        }
        for (const byte of bytes) got.push(byte);
        if (got.length === 1_000_000) resolve();
      },
    }),
  );
  client.write(new Uint8Array(1_000_000).fill(7));
  await whole;
  assert.ok(got.every((byte) => byte === 7));
  client.destroy();
  server.destroy();
  await listener.close();
});

test("what stands on no socket of the kernel's stays", async () => {
  const [far, near] = duplexPair();
  far.on("error", () => {});
  const server = new WebSocketTransport(near, { end: serverEnd, scheme: "ws", remote: undefined, head: Buffer.alloc(0) });
  server.start(ignore);
  far.write(clientFrame({ opcode: opcodes.binary, payload: Uint8Array.of(1) }));
  assert.is(server.detach(), undefined);
  server.destroy();
});

test.run();
