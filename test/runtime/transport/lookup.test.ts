import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { systemClock } from "../../../runtime/time/system-clock.ts";
import { dial } from "../../../runtime/transport/dial-node.ts";
import { parseEndpoint } from "../../../runtime/transport/endpoint.ts";
import { addressFamily } from "../../../runtime/transport/lookup.ts";
import { knownAddress, lookup } from "../../../runtime/transport/lookup-node.ts";

const test = suite("transport/lookup");

test("tells IP addresses from names", () => {
  const families = ["::1", "fe80::1%eth0", "::ffff:1.2.3.4", "127.0.0.1", "game.example", "1.2.3", "1.2.3.4.example", ""].map(
    addressFamily,
  );
  assert.equal(families, [6, 6, 6, 4, undefined, undefined, undefined, undefined]);
});

test("the system's resolver gives every address of a name, and an address for itself", async () => {
  assert.ok((await lookup("localhost")).some((address) => address === "127.0.0.1" || address === "::1"));
  assert.equal(await lookup("127.0.0.1"), ["127.0.0.1"]);
});

test("a known address answers in both forms that node:net asks for", () => {
  const told: unknown[] = [];
  const tell = (...answer: unknown[]): void => void told.push(answer);
  knownAddress("::1")("game.test", { all: true }, tell);
  knownAddress("127.0.0.2")("game.test", {}, tell);
  assert.equal(told, [
    [null, [{ address: "::1", family: 6 }]],
    [null, "127.0.0.2", 4],
  ]);
});

test("a WebSocket connects to the known address and still asks for the name", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const request = new Promise<IncomingMessage>((resolve) => {
    server.on("upgrade", (message: IncomingMessage) => {
      resolve(message);
      message.socket.destroy();
    });
  });
  const attempt = dial(parseEndpoint(`ws://game.test:${port}/x`), { clock: systemClock, address: "127.0.0.1" }).catch(() => undefined);
  assert.is((await request).headers.host, `game.test:${port}`);
  await attempt;
  server.close();
});

test.run();
