import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import { connect, type ConnectOptions, type ServeOptions, serve } from "../../../runtime/index.ts";
import { identity, seededRandom } from "../channel/ends.ts";
import { Gate, probe } from "../command/probe.ts";
import { note } from "../report.ts";
import type { Interference } from "./interference.ts";

const COMMANDS = 20_000;
const KILLS = 200;
/** Small, so that no connection takes more than its share of the commands with it. */
const OUTBOX_BYTES = 1_024;
const BACK_WITHIN_MS = 3_000;

/** A way from a client to a server, on which somebody can interfere. */
export interface Route {
  readonly name: string;
  readonly serve: Pick<ServeOptions, "listen"> & Partial<ServeOptions>;
  readonly connect?: Partial<ConnectOptions>;
  /** Something that stands in front of the server at this URL. */
  relay(url: string): Interference | Promise<Interference>;
  /** The longest life of a connection that is killed: beyond what it takes to open one. */
  readonly lifeBytes?: number;
}

/** 20,000 numbered commands while 200 connections are killed at random bytes: each is seen once, and in order. */
export async function killStory({ name, lifeBytes = 3_000, ...route }: Route): Promise<void> {
  const seen: number[] = [];
  const handlers = [probe({ note: ({ number }) => void seen.push(number) })];
  const server = await serve({ identity, handlers, log: () => {}, ...route.serve });
  const relay = await route.relay(server.endpoints[0]!);
  const random = seededRandom(20_000);
  const client = await connect({
    endpoints: [relay.endpoint],
    serverKey: server.serverKey,
    limits: { outboxBytes: OUTBOX_BYTES },
    sendTimeoutMs: 60_000,
    backoffBaseMs: 10,
    backoffCapMs: 100,
    ...route.connect,
  });
  relay.nextLife = () => (relay.kills >= KILLS ? undefined : 1 + (((random(1)[0]! << 8) | random(1)[0]!) % lifeBytes));
  const began = performance.now();
  const kick = client.use(Probe).echo({}, { timeoutMs: 60_000 });
  // The first connection was there before the lives were counted.
  relay.kill();
  let sent = 0;
  for (; sent < COMMANDS || relay.kills < KILLS; sent++) await client.use(Probe).note({ number: sent });
  await Promise.all([kick, client.flush()]);
  note(`${name}: ${relay.kills} kills, ${seen.length} commands, ${Math.round(performance.now() - began)} ms`);
  assert.ok(relay.kills >= KILLS, `${relay.kills} kills`);
  assert.is(seen.length, sent);
  assert.ok(seen.every((number, at) => number === at));
  assert.is([...server.sessions()].length, 1);
  await client.close();
  await Promise.all([server.close(), relay.close()]);
}

/** The entrance in use drops everything, at default settings: what is outstanding goes on through another one within 3 s. */
export async function blackHoleStory({ name, ...route }: Route): Promise<void> {
  const gate = new Gate();
  const server = await serve({ identity, handlers: [probe({ echo: gate.handler })], log: () => {}, ...route.serve });
  const relays = [await route.relay(server.endpoints[0]!), await route.relay(server.endpoints[0]!)];
  const client = await connect({
    endpoints: relays.map(({ endpoint }, priority) => ({ url: endpoint, priority })),
    serverKey: server.serverKey,
    ...route.connect,
  });
  const answer = client.use(Probe).echo({ text: "outstanding" });
  await client.flush();
  relays[0]!.silence();
  const began = performance.now();
  for await (const { type } of client.status()) if (type === "resumed") break;
  const ms = Math.round(performance.now() - began);
  note(`${name}: back through the other entrance after ${ms} ms`);
  assert.ok(ms < BACK_WITHIN_MS, `${ms} ms`);
  gate.entered[0]!.open();
  assert.is((await answer).text, "outstanding");
  assert.is(gate.entered.length, 1);
  await client.close();
  await Promise.all([server.close(), ...relays.map((relay) => relay.close())]);
}
