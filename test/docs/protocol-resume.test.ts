import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Lobby, type LobbyHandlers } from "../../generated/example/lobby/v1/lobby.ts";
import { implement } from "../../runtime/command/handlers.ts";
import type { RandomSource } from "../../runtime/crypto/random.ts";
import type { Transport } from "../../runtime/transport/transport.ts";
import { rooted } from "../support/schema/edited.ts";
import { toHex } from "../support/hex.ts";
import { type Side, World } from "../support/session/world.ts";

const RETENTION_MS = 300_000;
/** How long there is no connection. */
const AWAY_MS = 1_000;

/** Bytes that count up from a first one. */
const counting =
  (first: number): RandomSource =>
  (length) =>
    Uint8Array.from({ length }, (_, at) => first + at);

const test = suite("docs/protocol, resume");

test("the example of a resume is what two sides say", async () => {
  const lines = await exampleResume();
  const text = readFileSync(new URL("../../docs/PROTOCOL.md", import.meta.url), "utf8");
  const [, after = ""] = text.split("<!-- example: resume -->\n");
  const shown = /^```text\n([\s\S]*?)```/.exec(after)?.[1] ?? "";
  assert.is(shown.trim(), lines.join("\n"));
});

test("the id and the secret in it are what the text says", async () => {
  const resume = (await exampleResume()).find((line) => line.startsWith("client 2"))!;
  const both = counting(0)(64);
  for (const [label, bytes] of [
    ["zserver session id", 16],
    ["zserver resume secret", 32],
  ] as const) {
    const mac = createHmac("sha256", both).update(label).digest("hex");
    assert.ok(resume.includes(mac.slice(0, 2 * bytes)), label);
  }
});

/** The plaintext of every record, in the order in which they were sent, with the connection's number. */
async function exampleResume(): Promise<string[]> {
  const lines: string[] = [];
  const connections: Record<Side, number> = { client: 0, server: 0 };
  let cut: () => void = () => {};
  let lost = false;
  const world: World = new World({
    wire: (transport, side) => {
      const connection = ++connections[side];
      if (side === "client") cut = () => transport.destroy();
      return noting(transport, (bytes) => lines.push(`${side} ${connection}${lost ? ", lost" : ""}`.padEnd(15) + toHex(bytes.subarray(3))));
    },
  });
  const { dial } = world.network;
  const network = {
    ...world.network,
    dial: async (name: string): Promise<Transport> => {
      if (connections.client > 0) await new Promise<void>((resolve) => world.clock.setTimer(AWAY_MS, resolve));
      lost = false;
      return dial(name);
    },
  };
  const replies: (() => void)[] = [];
  const join: LobbyHandlers["join"] = () => new Promise((resolve) => replies.push(() => resolve({ players: ["b"] })));
  const handlers = [implement(rooted(Lobby), { join, say() {}, match: () => ({}), history: () => [], import: () => ({}) })];
  const common = { retentionMs: RETENTION_MS, unsealed: true };
  const server = await world.serve({ ...common, identity: undefined, handlers, random: counting(32) });
  const client = await world.connect({
    ...common,
    serverKey: undefined,
    memory: network,
    random: counting(0),
    handlers: [],
    services: [rooted(Lobby)],
  });
  const lobby = client.use(Lobby);
  const first = lobby.join({ room: "a" });
  await world.settle(300);
  lost = true;
  const second = lobby.join({ room: "c" });
  replies[0]!();
  // What both send in this turn leaves, and does not arrive.
  await new Promise<void>((resolve) => setImmediate(resolve));
  world.clock.endOfTurn(() => cut());
  await world.until(first, 2 * AWAY_MS);
  await world.settle(300);
  replies[1]!();
  await world.until(second, AWAY_MS);
  await world.until(client.close("done"), 10_000);
  await world.until(server.close(), 10_000);
  return lines;
}

/** Tells each record: behind the first packet, two bytes of length, one of kind, then plaintext. */
function noting(transport: Transport, note: (packet: Uint8Array) => void): Transport {
  let packets = 0;
  const { write } = transport;
  transport.write = (bytes) => {
    if (packets++ > 0) note(bytes);
    return write.call(transport, bytes);
  };
  return transport;
}

test.run();
