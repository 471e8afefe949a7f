import { suite } from "uvu";
import { SocketRelay } from "../../support/session/socket-relay.ts";
import { blackHoleStory, killStory, type Route } from "../../support/session/relayed.ts";
import { selfSigned } from "../../support/transport/certificate.ts";

export const testTimeoutMs = 120_000;

const certificate = selfSigned();
const connect = { tls: { ca: certificate.cert } };
const relay: Route["relay"] = (url) => SocketRelay.to(url);

/** The handshake of TLS alone takes some two thousand bytes. */
const routes: readonly Route[] = [
  { name: "tls", serve: { listen: ["tls://127.0.0.1:0"], tls: certificate }, connect, relay, lifeBytes: 6_000 },
  { name: "wss", serve: { listen: ["wss://127.0.0.1:0"], tls: certificate }, connect, relay, lifeBytes: 7_000 },
];

const test = suite("session/resume-tls");

for (const route of routes) {
  test(`${route.name}: 20,000 commands while the connection is killed 200 times at random bytes arrive once each, in order`, () =>
    killStory(route));
  test(`${route.name}: when the entrance in use drops everything, an outstanding call goes on through another one within 3 s`, () =>
    blackHoleStory(route));
}

test.run();
