import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../../generated/example/probe/v1/probe.ts";
import { Schemas } from "../../../../generated/zserver/protocol/v1/negotiation.ts";
import { Welcome } from "../../../../generated/zserver/protocol/v1/session.ts";
import type { Client } from "../../../../runtime/client.ts";
import { FrameType } from "../../../../runtime/session/frame.ts";
import { frame, message } from "../../../support/session/frames.ts";
import { type RawPeer, rawServer } from "../../../support/session/raw-peer.ts";
import { World } from "../../../support/session/world.ts";

const test = suite("command/schema/questions");

/** Of a hello, and how long a dead peer goes unnoticed at most. */
const TIMES = { handshakeTimeoutMs: 1_000, livenessTimeoutMs: 500 };
const TIME = TIMES.handshakeTimeoutMs;
const ACCEPTED = frame(FrameType.ACK, 0, 1);
const COMPARED = frame(FrameType.COMPARED, message(Schemas, {}));

interface Asked {
  readonly world: World;
  readonly client: Client;
  readonly raw: RawPeer;
  /** Lets time pass in which the server says something, though no answer. */
  readonly talk: (ms: number) => Promise<void>;
  /** The server answers the last ping. */
  readonly pong: () => Promise<void>;
}

/** A client of a server of another schema that has asked it how Probe compares. */
async function asked(): Promise<Asked> {
  const world = new World();
  const raws = rawServer(world, {}, false);
  const connecting = world.connecting({ handlers: [], sendTimeoutMs: 60_000, ...TIMES });
  await world.settle();
  const raw = raws[0]!;
  await raw.send(frame(FrameType.WELCOME, message(Welcome, { protocol: 1, schemas: { roots: new Uint8Array(16), versions: ["1.0.0"] } })));
  const client = await world.until(connecting);
  client.use(Probe);
  await world.settle();
  assert.is(raw.ofType(FrameType.COMPARE).length, 1);
  return {
    world,
    client,
    raw,
    talk: async (ms) => {
      for (let passed = 0; passed < ms; passed += 100) {
        await world.settle(100);
        await raw.send(frame(FrameType.PADDING));
      }
    },
    pong: () => raw.send(frame(FrameType.PONG, raw.ofType(FrameType.PING).length)),
  };
}

test("the peer's time for an answer begins when it has accepted the question", async () => {
  const { world, client, raw, talk, pong } = await asked();
  await talk(3 * TIME);
  assert.is(client.state, "open");
  await raw.send(ACCEPTED);
  await talk(TIME - 100);
  assert.is(raw.ofType(FrameType.PING).length, 0);
  await talk(200);
  assert.is(raw.ofType(FrameType.PING).length, 1);
  assert.is(client.state, "open");
  await pong();
  assert.is((await world.until(client.closed)).reason, "PROTOCOL_ERROR");
});

test("an answer that comes before the last pong is in time", async () => {
  const { client, raw, talk, pong } = await asked();
  await raw.send(ACCEPTED);
  await talk(TIME + 100);
  assert.is(raw.ofType(FrameType.PING).length, 1);
  await raw.send(COMPARED);
  await pong();
  assert.is(client.state, "open");
  assert.ok(client.supports(Probe.commands.echo));
});

test("a client that slept does not take that for time of its peer", async () => {
  const { world, client, raw } = await asked();
  await raw.send(ACCEPTED);
  world.clock.jump(10 * TIME);
  await world.settle(40);
  assert.is(client.state, "open");
  await raw.send(COMPARED);
  assert.ok(client.supports(Probe.commands.echo));
});

test("a peer that is gone is dead, not late", async () => {
  const { world, client, raw, talk } = await asked();
  await raw.send(ACCEPTED);
  await talk(TIME + 100);
  assert.is((await world.until(client.closed, 2 * TIMES.livenessTimeoutMs)).reason, "PEER_DEAD");
});

test.run();
