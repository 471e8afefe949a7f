import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { connect as connectTls } from "node:tls";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { transportCases } from "../../../runtime/transport/suite/suite.ts";
import type { TlsClientOptions } from "../../../runtime/transport/tls-options.ts";
import type { Transport } from "../../../runtime/transport/transport.ts";
import { selfSigned } from "../../support/transport/certificate.ts";
import { dialAt, failure, listeningAt } from "../../support/transport/listening.ts";
import { sustainedBytes } from "../../support/transport/sustained.ts";

export const testTimeoutMs = 120_000;

const test = suite("transport/tls");

const certificate = selfSigned();
const trusting = { ca: certificate.cert };
const shared = await listeningAt("tls://127.0.0.1:0", { tls: certificate });
test.after(() => shared.listener.close());

const pair = async (clientFirst: boolean): Promise<readonly [Transport, Transport]> => {
  const { client, server } = await shared.connect({ tls: trusting });
  return clientFirst ? [client, server] : [server, client];
};
const client = { name: "client", sustainedBytes, vanishingFails: false, pair: () => pair(true) };
const server = { name: "server", sustainedBytes: 1024 * 1024, vanishingFails: false, pair: () => pair(false) };
for (const { name, run } of [client, server].flatMap(transportCases)) test(name, run);

const port = Number(shared.url.split(":")[2]);

test("both ends know each other's address", async () => {
  const { client, server } = await shared.connect({ tls: trusting });
  assert.equal(client.remote, { address: "127.0.0.1", port });
  assert.is(server.peer, `tls 127.0.0.1:${server.remote?.port}`);
  client.destroy();
  server.destroy();
});

test("a certificate has to come from an authority that is trusted, and carry the name", async () => {
  const named = selfSigned(["game.example"]);
  const { listener, url, accepted } = await listeningAt("tls://127.0.0.1:0", { tls: named });
  assert.match(await failure(dialAt(url)), /self-signed certificate/);
  assert.match(await failure(dialAt(url, { tls: { ca: named.cert } })), /does not match certificate's altnames/);
  const attempts: [string, TlsClientOptions, string?][] = [
    [url, { ca: named.cert, servername: "game.example" }],
    [url.replace("127.0.0.1", "game.example"), { ca: named.cert, servername: undefined }, "127.0.0.1"],
    [url, { rejectUnauthorized: false }],
  ];
  for (const [where, tls, address] of attempts) {
    const next = accepted();
    const transport = await dialAt(where, { tls, address });
    (await next).destroy();
    transport.destroy();
  }
  await listener.close();
});

test("a server may ask for certificates, and lets no other client in", async () => {
  const own = selfSigned(["client"]);
  const { listener, url, connect } = await listeningAt("tls://127.0.0.1:0", { tls: { ...certificate, ca: own.cert } });
  const { client, server } = await connect({ tls: { ...trusting, ...own } });
  client.destroy();
  server.destroy();
  // TLS 1.3: the client is done before the server has judged it.
  const stranger = await dialAt(url, { tls: trusting });
  const message = await new Promise<string>((resolve) =>
    stranger.start({ onBytes: () => {}, onDrain: () => {}, onClose: (close) => resolve(close.message) }),
  );
  assert.match(message, /certificate required/);
  await listener.close();
});

test("listening needs a certificate, and nobody's options are ignored", async () => {
  for (const scheme of ["tls", "wss"]) assert.is(await failure(listeningAt(`${scheme}://127.0.0.1:0`)), needs(scheme), scheme);
  const misspelt = { ...certificate, certificate: "" };
  assert.match(await failure(listeningAt("tls://127.0.0.1:0", { tls: misspelt })), /`tls`: unknown option "certificate"/);
  const strict = { ...trusting, reject: true };
  assert.match(await failure(dialAt(shared.url, { tls: strict })), /`tls`: unknown option "reject"/);
});

function needs(scheme: string): string {
  const path = scheme === "wss" ? "/" : "";
  return `\`listen\`: ${scheme}://127.0.0.1:0${path} needs a certificate: pass \`tls: { key, cert }\``;
}

test("who speaks no TLS is cut and is nobody's error", async () => {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  socket.write("GET / HTTP/1.1\r\n\r\n");
  socket.resume();
  await closed;
});

test("a client of TLS is told that what listens there speaks none; one whose connection ends at once, that another protocol may be", async () => {
  const plain = createServer((socket) => socket.on("error", () => {}).once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")));
  const cutting = createServer((socket) => socket.resetAndDestroy());
  for (const each of [plain, cutting]) await new Promise<void>((resolve) => each.listen(0, "127.0.0.1", resolve));
  const at = (server: Server): string => `127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const scheme of ["tls", "wss"])
    assert.match(await failure(dialAt(`${scheme}://${at(plain)}`)), /no TLS is spoken there; without it the scheme is ws: or tcp:$/);
  assert.match(await failure(dialAt(`ws://${at(cutting)}`)), /; perhaps another protocol is spoken there than the URL says$/);
  for (const each of [plain, cutting]) await new Promise<void>((resolve) => void each.close(() => resolve()));
});

test("who does not finish the handshake of TLS in time is cut, and so is who ends its side", async () => {
  const { listener, url } = await listeningAt("tls://127.0.0.1:0", { tls: certificate, tlsHandshakeTimeoutMs: 50 });
  for (const ends of [false, true]) {
    // Reads the server's end and gives none in return, so that nothing but the server closes the connection.
    const socket = connect({ port: Number(new URL(url).port), host: "127.0.0.1", allowHalfOpen: true });
    const ended = new Promise<void>((resolve) => socket.on("end", resolve).on("error", () => resolve()));
    socket.resume();
    if (ends) socket.end();
    await ended;
    socket.destroy();
  }
  await listener.close();
});

test("an attempt that was given up during the handshake leaves nothing open", async () => {
  const { listener, url } = await listeningAt("tcp://127.0.0.1:0");
  const abort = new AbortController();
  const attempt = dialAt(url.replace("tcp", "tls"), { tls: trusting, signal: abort.signal });
  setImmediate(() => abort.abort(new Error("no patience")));
  assert.is(await failure(attempt), "no patience");
  await listener.close();
});

test("wss: is listened on with the same certificate, and its clients judge it alike", async () => {
  const { listener, url, connect } = await listeningAt("wss://127.0.0.1:0/game", { tls: certificate });
  assert.match(url, /^wss:\/\/127\.0\.0\.1:\d+\/game$/);
  const { client, server } = await connect({ tls: trusting });
  assert.match(server.peer, /^wss 127\.0\.0\.1:\d+$/);
  client.destroy();
  server.destroy();
  assert.match(await failure(dialAt(url)), /self-signed certificate/);
  await listener.close();
});

test("the certificate of these tests is one that TLS takes, for names and addresses of both families", async () => {
  for (const servername of ["localhost", "127.0.0.1", "::1"]) {
    const accepted = shared.accepted();
    const socket = connectTls({ port, host: "127.0.0.1", ca: certificate.cert, checkServerIdentity: () => undefined });
    await new Promise<void>((resolve) => socket.on("secureConnect", () => resolve()));
    const peer = socket.getPeerX509Certificate()!;
    assert.ok(servername === "localhost" ? peer.checkHost(servername) : peer.checkIP(servername), servername);
    (await accepted).destroy();
    socket.destroy();
  }
});

test.run();
