import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import { connect, serve } from "../../../runtime/index.ts";
import { seededRandom, identity } from "../../support/channel/ends.ts";
import { Gate, probe } from "../../support/command/probe.ts";
import { note } from "../../support/report.ts";
import { Relay } from "../../support/session/relay.ts";

export const testTimeoutMs = 60_000;

const COMMANDS = 20_000;
const KILLS = 200;
/** Small, so that no connection takes more than its share of the commands with it. */
const OUTBOX_BYTES = 1_024;

const test = suite("session/resume-sockets");

for (const scheme of ["ws", "tcp"]) {
  test(`${scheme}: ${COMMANDS} commands while the connection is killed ${KILLS} times at random bytes arrive once each, in order`, async () => {
    const seen: number[] = [];
    const handlers = [probe({ note: ({ number }) => void seen.push(number) })];
    const server = await serve({ listen: [`${scheme}://127.0.0.1:0`], identity, handlers, log: () => {} });
    const relay = await Relay.to(server.endpoints[0]!);
    const random = seededRandom(20_000);
    const client = await connect({
      endpoints: [`${scheme}://127.0.0.1:${relay.port}`],
      serverKey: server.serverKey,
      limits: { outboxBytes: OUTBOX_BYTES },
      sendTimeoutMs: 60_000,
      backoffBaseMs: 10,
    });
    relay.nextLife = () => (relay.kills >= KILLS ? undefined : 1 + (((random(1)[0]! << 8) | random(1)[0]!) % 3_000));
    const began = performance.now();
    const kick = client.use(Probe).echo({}, { timeoutMs: 60_000 });
    // The first connection was there before the lives were counted.
    relay.kill();
    let sent = 0;
    for (; sent < COMMANDS || relay.kills < KILLS; sent++) await client.use(Probe).note({ number: sent });
    await Promise.all([kick, client.flush()]);
    const ms = Math.round(performance.now() - began);
    note(`${scheme}: ${relay.kills} kills, ${seen.length} commands, ${ms} ms`);
    assert.ok(relay.kills >= KILLS, `${relay.kills} kills`);
    assert.is(seen.length, sent);
    assert.ok(seen.every((number, at) => number === at));
    assert.is([...server.sessions()].length, 1);
    await client.close();
    await Promise.all([server.close(), relay.close()]);
  });

  test(`${scheme}: when the entrance in use drops everything, an outstanding call goes on through another one within 3 s`, async () => {
    const gate = new Gate();
    const handlers = [probe({ echo: gate.handler })];
    const server = await serve({ listen: [`${scheme}://127.0.0.1:0`], identity, handlers, log: () => {} });
    const relays = [await Relay.to(server.endpoints[0]!), await Relay.to(server.endpoints[0]!)];
    const client = await connect({
      endpoints: relays.map(({ port }, priority) => ({ url: `${scheme}://127.0.0.1:${port}`, priority })),
      serverKey: server.serverKey,
    });
    const proxy = client.use(Probe);
    const answer = proxy.echo({ text: "outstanding" });
    await client.flush();
    relays[0]!.silence();
    const began = performance.now();
    for await (const { type } of client.status()) if (type === "resumed") break;
    const ms = Math.round(performance.now() - began);
    note(`${scheme}: back through the other entrance after ${ms} ms`);
    assert.ok(ms < 3_000, `${ms} ms`);
    gate.entered[0]!.open();
    assert.is((await answer).text, "outstanding");
    assert.is(gate.entered.length, 1);
    await client.close();
    await Promise.all([server.close(), ...relays.map((relay) => relay.close())]);
  });
}

test.run();
