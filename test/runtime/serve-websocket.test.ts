import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../generated/example/probe/v1/probe.ts";
import { connect } from "../../runtime/index.ts";
import { EndError } from "../../runtime/session/session-end.ts";
import { type ServeOptions, type Server, serve } from "../../runtime/server.ts";
import { identity, portable } from "../support/channel/ends.ts";
import { collect, probe } from "../support/command/probe.ts";

const servers: Server[] = [];

async function start(options: Partial<ServeOptions> = {}): Promise<Server> {
  const server = await serve({ listen: ["ws://127.0.0.1:0"], identity, handlers: [probe()], log() {}, ...options });
  servers.push(server);
  return server;
}

const test = suite("serve over WebSocket");

test.after.each(async () => {
  for (const server of servers.splice(0)) await server.close();
});

test("port 0 takes a free port, endpoints tell it, and everything works over it, in a browser's primitives too", async () => {
  const server = await start();
  for (const crypto of [undefined, portable]) {
    const client = await connect({ endpoints: server.endpoints, serverKey: server.serverKey, handlers: [probe()], crypto });
    const [session] = server.sessions();
    assert.is((await client.use(Probe).echo({ text: "up" })).text, "up");
    assert.is((await session!.use(Probe).echo({ text: "down" })).text, "down");
    assert.is((await collect(client.use(Probe).down({ number: 100 }))).length, 100);
    client.rotateKeys();
    assert.is((await client.use(Probe).echo({ text: "x".repeat(1_000_000) })).text.length, 1_000_000);
    assert.is(client.stats().rotations, 1);
    await client.flush();
    await client.close();
    await session!.closed;
  }
});

test("two listeners of one server have two ports and share its sessions", async () => {
  const server = await start({ listen: ["ws://127.0.0.1:0", "ws://127.0.0.1:0/path"] });
  const [first, second] = server.endpoints;
  assert.match(second!, /\/path$/);
  assert.is.not(new URL(first!).port, new URL(second!).port);
  const clients = await Promise.all(server.endpoints.map((endpoint) => connect({ endpoints: [endpoint], serverKey: server.serverKey })));
  assert.is([...server.sessions()].length, 2);
  await Promise.all(clients.map((client) => client.close()));
});

test("a server lives beside an http server of the user's own, which goes on when it is closed", async () => {
  const http = createServer((_request, response) => response.end("a page"));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;
  const server = await start({ listen: [{ server: http, path: "/zserver" }] });
  assert.equal(server.endpoints, [`ws://127.0.0.1:${port}/zserver`]);
  const client = await connect({ endpoints: server.endpoints, serverKey: server.serverKey });
  assert.is((await client.use(Probe).echo({ text: "beside" })).text, "beside");
  await server.close();
  await client.closed;
  const page = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: "close" } });
  assert.is(await page.text(), "a page");
  await new Promise((resolve) => http.close(resolve));
});

test("close resolves when the sockets are gone: the process could end", async () => {
  const server = await start();
  const client = await connect({ endpoints: server.endpoints, serverKey: server.serverKey });
  await Promise.all([server.close(), client.closed]);
  const error: unknown = await connect({ endpoints: server.endpoints, serverKey: server.serverKey }).catch((reason: unknown) => reason);
  assert.instance(error, EndError);
  assert.is((error as EndError).reason, "TRANSPORT_FAILED");
  assert.match((error as EndError).message, /ECONNREFUSED/);
});

test("nobody listens, a wrong path, and a host that does not exist are each told in words", async () => {
  const server = await start();
  const refused = async (endpoint: string): Promise<string> =>
    connect({ endpoints: [endpoint], serverKey: server.serverKey, connectTimeoutMs: 5_000 }).then(
      () => "connected",
      (error: Error) => error.message,
    );
  assert.match(await refused(`${server.endpoints[0]}wrong`), /404 .*path/);
  assert.match(await refused("ws://127.0.0.1:1/"), /ECONNREFUSED/);
});

test("an abort gives up an attempt over a socket too", async () => {
  const server = await start();
  const controller = new AbortController();
  const attempt = connect({ endpoints: server.endpoints, serverKey: server.serverKey, signal: controller.signal });
  controller.abort(new Error("enough"));
  assert.is(
    await attempt.then(
      () => "",
      (error: Error) => error.message,
    ),
    "enough",
  );
});

test.run();
