import { once } from "node:events";
import { type AddressInfo, connect, createServer, Socket } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { handleOf, letGo } from "../../../runtime/transport/socket-handle.ts";

const test = suite("transport/socket-handle");

/** Both ends of a connection, of which the server's tells nothing yet. */
async function pair(): Promise<{ readonly client: Socket; readonly server: Socket }> {
  const listener = createServer({ pauseOnConnect: true }).listen(0, "127.0.0.1");
  await once(listener, "listening");
  const client = connect((listener.address() as AddressInfo).port, "127.0.0.1");
  const [server] = (await once(listener, "connection")) as [Socket];
  listener.close();
  return { client, server };
}

/** Looks at it turn by turn. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

test("what a paused socket has read is told before its handle is given away, and nothing is read after that", async () => {
  const { client, server } = await pair();
  const told: number[] = [];
  server.on("data", (bytes: Buffer) => told.push(...bytes));
  server.resume();
  client.write(Uint8Array.of(1));
  await until(() => told.length === 1);
  server.pause();
  client.write(Uint8Array.of(2, 3));
  await until(() => server.readableLength === 2);
  const handle = handleOf(server)!;
  assert.equal(told, [1, 2, 3]);
  assert.is(letGo(server, handle, { scheme: "tcp", remote: undefined, bytes: new Uint8Array() }).handle, handle);
  client.write(Uint8Array.of(4));
  // Another socket hears later than this one would.
  const other = await pair();
  other.server.resume();
  other.client.write(Uint8Array.of(5));
  await once(other.server, "data");
  assert.is(server.readableLength, 0);
  for (const socket of [client, server, other.client, other.server]) socket.destroy();
});

test("a socket whose last bytes are answered, or end it, stays", async () => {
  const answers: readonly ((server: Socket) => unknown)[] = [
    (server) => server.write(new Uint8Array(64 * 1_048_576)),
    (server) => server.destroy(),
  ];
  for (const answer of answers) {
    const { client, server } = await pair();
    server.on("data", () => answer(server));
    client.write(Uint8Array.of(1));
    server.read(0);
    await until(() => server.readableLength === 1);
    assert.is(handleOf(server), undefined);
    client.destroy();
    server.destroy();
  }
});

test("a socket that nobody lets go of goes on", async () => {
  const { client, server } = await pair();
  const told: number[] = [];
  server.on("data", (bytes: Buffer) => told.push(...bytes));
  server.resume();
  client.write(Uint8Array.of(1));
  await until(() => told.length === 1);
  server.pause();
  assert.ok(handleOf(server) !== undefined);
  server.resume();
  client.write(Uint8Array.of(2));
  await until(() => told.length === 2);
  assert.equal(told, [1, 2]);
  client.destroy();
  server.destroy();
});

test("a socket that has ended, or was never connected, has none", async () => {
  const { client, server } = await pair();
  server.destroy();
  assert.is(handleOf(server), undefined);
  assert.is(handleOf(new Socket()), undefined);
  client.destroy();
});

test.run();
