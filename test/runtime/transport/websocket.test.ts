import { suite } from "uvu";
import { transportCases } from "../../../runtime/transport/suite/suite.ts";
import type { Transport } from "../../../runtime/transport/transport.ts";
import { dialWebSocket } from "../../../runtime/transport/websocket-node.ts";
import { sustainedBytes } from "../../support/transport/sustained.ts";
import { dialAsPage, listening } from "../../support/transport/websocket.ts";

export const testTimeoutMs = 120_000;

const test = suite("transport/websocket");

const { listener, accepted, endpoint } = await listening();
test.after(() => listener.close());

async function sealedClient(zeroMask: boolean): Promise<Transport> {
  const client = await dialWebSocket(endpoint, { zeroMask });
  client.sealed?.();
  return client;
}

/** Both ends; the client first, or the server. */
async function pair(dial: () => Promise<Transport>, clientFirst: boolean): Promise<readonly [Transport, Transport]> {
  const server = accepted();
  const client = await dial();
  return clientFirst ? [client, await server] : [await server, client];
}

const client = { name: "client", sustainedBytes, pair: () => pair(() => sealedClient(true), true) };
const server = { name: "server", sustainedBytes: 1024 * 1024, pair: () => pair(() => sealedClient(false), false) };
const page = { name: "page", sustainedBytes, readsOn: "first" as const, pair: () => pair(() => dialAsPage(endpoint), true) };
const serverOfPage = {
  name: "server of a page",
  sustainedBytes: 1024 * 1024,
  readsOn: "second" as const,
  pair: () => pair(() => dialAsPage(endpoint), false),
};
for (const { name, run } of [client, server, page, serverOfPage].flatMap(transportCases)) test(name, run);

test.run();
