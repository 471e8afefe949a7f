import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { suite } from "uvu";
import { SocketRelay } from "../../support/session/socket-relay.ts";
import { blackHoleStory, killStory, type Route } from "../../support/session/relayed.ts";

export const testTimeoutMs = 120_000;

const folder = mkdtempSync(path.join(tmpdir(), "zserver-resume-"));
const relay: Route["relay"] = (url) => SocketRelay.to(url);

const routes: readonly Route[] = [
  { name: "ws", serve: { listen: ["ws://127.0.0.1:0"] }, relay },
  { name: "tcp", serve: { listen: ["tcp://127.0.0.1:0"] }, relay },
  { name: "unix", serve: { listen: [`unix:${path.join(folder, "s")}`] }, relay },
];

const test = suite("session/resume-sockets");

test.after(() => rmSync(folder, { recursive: true, force: true }));

for (const route of routes) {
  test(`${route.name}: 20,000 commands while the connection is killed 200 times at random bytes arrive once each, in order`, () =>
    killStory(route));
  test(`${route.name}: when the entrance in use drops everything, an outstanding call goes on through another one within 3 s`, () =>
    blackHoleStory(route));
}

test.run();
