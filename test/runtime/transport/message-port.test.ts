import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ManualClock } from "../../../runtime/time/manual-clock.ts";
import { systemClock } from "../../../runtime/time/system-clock.ts";
import { messagePortTransport } from "../../../runtime/transport/message-port.ts";
import { messagePortEndpoint, messagePortListener } from "../../../runtime/transport/message-port-endpoint.ts";
import { transportCases } from "../../../runtime/transport/suite/suite.ts";
import type { Transport } from "../../../runtime/transport/transport.ts";
import { sustainedBytes } from "../../support/transport/sustained.ts";
import { arrivals, ending, failOnError, ignore } from "../../support/transport/websocket.ts";

export const testTimeoutMs = 120_000;

const test = suite("transport/message-port");

const MIB = 1024 * 1024;

async function pair(): Promise<readonly [Transport, Transport]> {
  const { port1, port2 } = new MessageChannel();
  return [messagePortTransport(port1), messagePortTransport(port2)];
}
for (const { name, run } of transportCases({ name: "ports", sustainedBytes, pair })) test(name, run);

/** A transport whose other port is the test's. */
function raw(): { readonly port: MessagePort; readonly transport: Transport; readonly closed: Promise<string>; received: number } {
  const { port1, port2 } = new MessageChannel();
  const transport = messagePortTransport(port1);
  const made = { port: port2, transport, received: 0, closed: Promise.resolve("") };
  made.closed = ending(transport, (bytes) => {
    made.received += bytes.length;
  });
  return made;
}

test("bytes are transferred, and memory that others share is copied", async () => {
  const { port, transport, closed } = raw();
  const whole = new Uint8Array(100_000).fill(1);
  const part = new Uint8Array(100_000).fill(2).subarray(10, 20);
  const shared = new Uint8Array(new SharedArrayBuffer(4)).fill(3);
  const messages: unknown[] = [];
  const arrived = new Promise<void>((resolve) => port.on("message", (message) => messages.push(message) === 4 && resolve()));
  for (const bytes of [whole, part, Buffer.from([4]), shared]) transport.write(bytes);
  await arrived;
  assert.equal([whole.length, part.length, shared.length], [0, 10, 4], "what was wholly given is gone from here");
  const sizes = messages.map((message) => (message instanceof ArrayBuffer ? message.byteLength : message));
  assert.equal(sizes, [100_000, 10, 1, 4]);
  transport.destroy();
  await closed;
});

test("a receiver acknowledges what it has dealt with, once a turn", async () => {
  const clock = new ManualClock();
  const { port1, port2 } = new MessageChannel();
  const transport = messagePortTransport(port1, { clock });
  const acknowledged: unknown[] = [];
  port2.on("message", (message) => acknowledged.push(message));
  let received = 0;
  const arrived = new Promise<void>((resolve) => {
    transport.start({
      ...ignore,
      onBytes: (bytes) => {
        received += bytes.length;
        if (received === 30) resolve();
      },
    });
  });
  for (let i = 0; i < 3; i++) port2.postMessage(new ArrayBuffer(10));
  await arrived;
  assert.equal(acknowledged, []);
  clock.turn();
  await new Promise<void>((resolve) => setTimeout(resolve));
  assert.equal(acknowledged, [30]);
  transport.destroy();
});

test("no more is under way than the window, whatever is written", async () => {
  const { port, transport, closed } = raw();
  let arrived = 0;
  const enough = new Promise<void>((resolve) =>
    port.on("message", (message) => {
      if (message instanceof ArrayBuffer) arrived += message.byteLength;
      if (arrived >= MIB) resolve();
    }),
  );
  assert.not(transport.write(new Uint8Array(5 * MIB)));
  await enough;
  await new Promise<void>((resolve) => systemClock.endOfTurn(resolve));
  assert.is(arrived, MIB);
  assert.is(transport.bufferedBytes, 5 * MIB);
  transport.destroy();
  await closed;
});

for (const [what, message] of Object.entries({
  "an object": {},
  "an unknown word": "hello",
  "an empty buffer": new ArrayBuffer(0),
  "a typed array": new Uint8Array(3),
  "an acknowledgement of what was not sent": 1,
  "no whole number": 0.5,
  nothing: 0,
  "less than nothing": -1,
  "no number": Number.NaN,
})) {
  test(`a peer that sends ${what} is cut`, async () => {
    const { port, closed } = raw();
    port.postMessage(message);
    assert.match(await closed, /^failed: the peer (sent what is no message|acknowledged what was not sent)/);
  });
}

test("a peer that sends more than the window to an end that is paused is cut", async () => {
  const { port, transport, closed } = raw();
  transport.pause();
  port.postMessage(new ArrayBuffer(MIB));
  port.postMessage(new ArrayBuffer(1));
  assert.is(await closed, "failed: the peer sent more than the window");
});

test("a port that is closed without a word is a failure", async () => {
  const { port, closed } = raw();
  port.close();
  assert.is(await closed, "failed: the peer's port was closed");
});

test("a worker that is terminated is a failure", async () => {
  const { port1, port2 } = new MessageChannel();
  const script = `require("node:worker_threads").parentPort.once("message", (port) => port.on("message", () => {}).postMessage(new ArrayBuffer(1)))`;
  const worker = new Worker(script, { eval: true });
  worker.postMessage(port2, [port2]);
  const transport = messagePortTransport(port1, { name: "port:worker" });
  assert.is(transport.peer, "port:worker");
  const closed = ending(transport, () => void worker.terminate());
  assert.is(await closed, "failed: the peer's port was closed");
});

test("a listener takes ports while a server listens, and an endpoint dials through a fresh one each time", async () => {
  const ports = messagePortListener("port:lobby");
  const { port1 } = new MessageChannel();
  assert.throws(() => ports.accept(port1), /port:lobby: no server listens for ports/);
  const { accept, next } = arrivals();
  const listener = await ports.listen({ accept, onError: failOnError });
  assert.equal(listener.endpoints, []);
  assert.throws(() => ports.listen({ accept, onError: failOnError }), /something listens there already/);
  const endpoint = messagePortEndpoint(() => {
    const { port1, port2 } = new MessageChannel();
    ports.accept(port2);
    return port1;
  });
  for (let i = 0; i < 2; i++) {
    const accepted = next();
    const client = await endpoint.dial({ clock: systemClock });
    const ends = Promise.all([ending(client), ending(await accepted)]);
    client.close();
    assert.equal(await ends, ["ended: closed by this side", "ended: closed by the peer"]);
  }
  await listener.close();
  assert.throws(() => ports.accept(port1), /no server listens/);
  port1.close();
});

test.run();
