import net from "node:net";
import { setImmediate } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { systemClock } from "../../../runtime/time/system-clock.ts";
import { dial } from "../../../runtime/transport/dial-node.ts";
import { parseEndpoint } from "../../../runtime/transport/endpoint.ts";

const test = suite("transport/dial-node");

/** Sockets that were told to connect. */
let begun = 0;
const { connect } = net.Socket.prototype;

test.before(() => {
  net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
    begun++;
    return Reflect.apply(connect, this, args) as net.Socket;
  };
});

test.after(() => {
  net.Socket.prototype.connect = connect;
});

async function listening(): Promise<{ readonly url: string; close(): void }> {
  const server = net.createServer((socket) => socket.on("error", () => {}));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `tcp://127.0.0.1:${(server.address() as net.AddressInfo).port}`, close: () => void server.close() };
}

test("of many connections that are wanted at once a few are begun in each turn, and all of them in the end", async () => {
  const server = await listening();
  const endpoint = parseEndpoint(server.url);
  begun = 0;
  let most = 0;
  let over = false;
  const all = Promise.all(Array.from({ length: 100 }, () => dial(endpoint, { clock: systemClock }))).finally(() => (over = true));
  for (let before = 0; !over; before = begun) {
    await setImmediate();
    most = Math.max(most, begun - before);
  }
  for (const transport of await all) transport.destroy();
  server.close();
  assert.is(begun, 100);
  assert.ok(most >= 1 && most <= 2 * 16, `${most} in a turn`);
});

test("one that is not wanted any more when its turn comes is not begun", async () => {
  const server = await listening();
  const endpoint = parseEndpoint(server.url);
  begun = 0;
  const controller = new AbortController();
  const given = Array.from({ length: 50 }, () => dial(endpoint, { clock: systemClock, signal: controller.signal }));
  const wanted = dial(endpoint, { clock: systemClock });
  controller.abort(new Error("given up"));
  for (const { status } of await Promise.allSettled(given)) assert.is(status, "rejected");
  (await wanted).destroy();
  server.close();
  assert.is(begun, 1);
});

test.run();
