import type { IncomingHttpHeaders } from "node:http";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { switching, upgradeFault } from "../../../runtime/transport/upgrade-request.ts";
import { listening, upgrade } from "../../support/transport/websocket.ts";

const test = suite("transport/upgrade-request");

const right: IncomingHttpHeaders = {
  upgrade: "websocket",
  connection: "Upgrade",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  "sec-websocket-version": "13",
};
const statusOf = (headers: IncomingHttpHeaders, method = "GET"): number | undefined =>
  upgradeFault({ method, headers: { ...right, ...headers } })?.status;

test("the sample of RFC 6455, section 1.3, is answered as it says there", () => {
  assert.match(switching("dGhlIHNhbXBsZSBub25jZQ=="), /\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n\r\n$/);
});

test("each of what RFC 6455, section 4.2.1, asks for is asked for", () => {
  assert.is(statusOf({}), undefined);
  assert.is(statusOf({ upgrade: "WebSocket", connection: "keep-alive, upgrade" }), undefined, "case and company mean nothing");
  assert.is(statusOf({}, "POST"), 405);
  for (const wrong of [undefined, "h2c", "websockets"]) assert.is(statusOf({ upgrade: wrong }), 400);
  for (const wrong of [undefined, "keep-alive", "upgrades"]) assert.is(statusOf({ connection: wrong }), 400);
  for (const wrong of [undefined, "", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ=="])
    assert.is(statusOf({ "sec-websocket-key": wrong }), 400);
  for (const wrong of [undefined, "8", "14", "13, 8", " 13"]) assert.is(statusOf({ "sec-websocket-version": wrong }), 426);
});

test("a client is told what is wrong with its request, and which version is spoken", async () => {
  const { listener, endpoint } = await listening();
  const version = await upgrade(endpoint.port, { "Sec-WebSocket-Version": "8" });
  assert.is(version.status, 426);
  assert.match(version.text, /\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\nzserver: `Sec-WebSocket-Version` must be 13\n$/);
  const key = await upgrade(endpoint.port, { "Sec-WebSocket-Key": "AAAA" });
  assert.is(key.status, 400);
  assert.match(key.text, /\r\n\r\nzserver: `Sec-WebSocket-Key` must be 16 bytes in base64\n$/);
  await listener.close();
});

test("no subprotocol is chosen, whatever is offered", async () => {
  const { listener, endpoint } = await listening();
  const { status, text } = await upgrade(endpoint.port, { "Sec-WebSocket-Protocol": "chat, superchat" });
  assert.is(status, 101);
  assert.not.match(text, /protocol:/i);
  await listener.close();
});

test.run();
