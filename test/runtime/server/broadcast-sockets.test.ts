import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import { connect, serve } from "../../../runtime/index.ts";
import { identity, seededRandom } from "../../support/channel/ends.ts";
import { probe } from "../../support/command/probe.ts";
import { note } from "../../support/report.ts";
import { SocketRelay } from "../../support/session/socket-relay.ts";

export const testTimeoutMs = 60_000;

const CLIENTS = 4;
const BROADCASTS = 2_000;
const KILL_EVERY = 100;

const test = suite("server/broadcast-sockets");

for (const scheme of ["ws", "tcp"]) {
  test(`${scheme}: each of ${CLIENTS} clients hears each of ${BROADCASTS} broadcasts once and in order, beside commands of its own, while all connections are killed again and again`, async () => {
    const server = await serve({ identity, listen: [`${scheme}://127.0.0.1:0`], handlers: [probe()], log: () => {} });
    const relay = await SocketRelay.to(server.endpoints[0]!);
    const random = seededRandom(7);
    const heard: number[][] = [];
    const clients = await Promise.all(
      Array.from({ length: CLIENTS }, () => {
        const mine: number[] = [];
        heard.push(mine);
        const keep = ({ number }: { readonly number: number }): void => void mine.push(number);
        const handlers = [probe({ note: keep, noteInTurn: keep })];
        return connect({ endpoints: [relay.endpoint], serverKey: server.serverKey, handlers, backoffBaseMs: 5, backoffCapMs: 50 });
      }),
    );
    const room = server.group("room");
    const sessions = [...server.sessions()];
    for (const session of sessions) room.join(session);
    const everybody = server.broadcast(Probe, room);
    for (let number = 0; number < BROADCASTS; number++) {
      assert.is(everybody.note({ number }).sent, CLIENTS);
      // What one session alone is sent has its place between two broadcasts.
      if (number % 50 === 0) sessions[number % CLIENTS]!.use(Probe).noteInTurn({ number: -number - 1 });
      if (random(1)[0]! < 256 / KILL_EVERY) relay.kill();
      if (number % 20 === 0) await Promise.all(sessions.map((session) => session.flush()));
    }
    await Promise.all(sessions.map((session) => session.flush()));
    for (const [at, numbers] of heard.entries()) {
      assert.equal(
        numbers.filter((number) => number >= 0),
        Array.from({ length: BROADCASTS }, (_, number) => number),
      );
      const own = numbers.flatMap((number, place) => (number < 0 ? [[numbers[place - 1], -number - 1]] : []));
      for (const [before, number] of own) assert.is(before, number, `client ${at}`);
    }
    note(`${scheme}: ${relay.kills} kills`);
    assert.ok(relay.kills > 0);
    for (const client of clients) await client.close();
    await Promise.all(sessions.map((session) => session.closed));
    assert.is(room.size, 0);
    await Promise.all([server.close(), relay.close()]);
  });
}

test.run();
