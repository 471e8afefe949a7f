import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { connect, createIdentity, implement, serve, type Transport } from "zserver";
import { transportCases } from "zserver/testing";
import { DuplexTransport, duplexEndpoint, duplexListener } from "../../examples/transport/duplex.ts";
import { Lobby } from "../../generated/example/lobby/v1/lobby.ts";
import { parseEndpoint } from "../../runtime/transport/endpoint.ts";
import { duplexPair } from "../support/transport/duplex-pair.ts";
import { sustainedBytes } from "../support/transport/sustained.ts";

const test = suite("docs/transports");

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");
const text = read("docs/TRANSPORTS.md");

async function pair(): Promise<readonly [Transport, Transport]> {
  const [near, far] = duplexPair();
  return [new DuplexTransport(near, "near"), new DuplexTransport(far, "far")];
}
for (const { name, run } of transportCases({ name: "duplex", sustainedBytes, pair })) test(name, run);

test("the example is the file that was just tested, and about a hundred lines", () => {
  const file = "examples/transport/duplex.ts";
  const [, after = ""] = text.split(`<!-- example: ${file} -->\n`);
  const shown = /^```ts\n([\s\S]*?)```/.exec(after)?.[1];
  assert.fixture(shown ?? "", read(file));
  assert.ok(read(file).split("\n").length < 150);
});

test("a lobby is played over the example", async () => {
  const [near, far] = duplexPair();
  const handlers = [implement(Lobby, { ...unused, join: ({ player }) => ({ players: [player] }) })];
  const server = await serve({ listen: [duplexListener("line", far)], identity: createIdentity(), handlers });
  const client = await connect({ endpoints: [duplexEndpoint("line", () => near)], serverKey: server.serverKey });
  assert.equal((await client.use(Lobby).join({ player: "ada" })).players, ["ada"]);
  await client.close();
  await server.close();
});

const unused = { say() {}, match: () => ({}), history: () => [], import: () => ({}) };

test("every URL of the table is one", () => {
  const urls = [...text.matchAll(/^\| `(\w+:[^`]+)` \|/gm)].map(([, url]) => url!);
  assert.equal(
    urls.map((url) => parseEndpoint(url).scheme),
    ["ws", "wss", "tcp", "tls", "unix", "memory"],
  );
});

test.run();
