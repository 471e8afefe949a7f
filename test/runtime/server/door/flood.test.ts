import { connect as connectSocket, type Socket } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../../generated/example/probe/v1/probe.ts";
import { DialerHandshake } from "../../../../runtime/channel/dialer-handshake.ts";
import { serverKeyOf } from "../../../../runtime/crypto/identity.ts";
import { systemRandom } from "../../../../runtime/crypto/random.ts";
import { connect, type DoorOptions, serve } from "../../../../runtime/index.ts";
import { identity, native, TestTime } from "../../../support/channel/ends.ts";
import { probe } from "../../../support/command/probe.ts";
import { serverKey } from "../../../support/session/world.ts";

/** The small sister of `npm run flood`, which measures latencies; here they depend on who else uses the machine. */
const HANDSHAKES = 600;
const AT_ONCE = 100;
const ADDRESSES = 4;

/** Opens handshakes that nobody finishes, until each has had an answer or its end. */
async function flood(port: number): Promise<{ answered: number; cut: number; sockets: Set<Socket> }> {
  const { timers } = new TestTime();
  const handshake = new DialerHandshake({ crypto: native, random: systemRandom, timers, server: serverKeyOf(identity) });
  const first = handshake.start().output!;
  const met = { answered: 0, cut: 0, sockets: new Set<Socket>() };
  let left = HANDSHAKES;
  const one = (): Promise<void> =>
    new Promise((resolve) => {
      const socket = connectSocket({ port, host: "127.0.0.1", localAddress: `127.0.0.${2 + (left % ADDRESSES)}` }, () =>
        socket.write(first),
      );
      met.sockets.add(socket);
      socket.on("error", () => {});
      socket.once("data", () => {
        met.answered++;
        resolve();
      });
      socket.once("close", () => {
        met.cut++;
        resolve();
      });
    });
  const many = async (): Promise<void> => {
    while (left-- > 0) await one();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, many));
  return met;
}

export const testTimeoutMs = 60_000;

const test = suite("server/door/flood");

const floods: Record<string, DoorOptions> = {
  "whose addresses are not counted": {},
  "whose addresses are counted": { uncounted: ["127.0.0.1"], connectionBurst: 40, connectionsPerSecond: 5 },
};

for (const [whose, door] of Object.entries(floods)) {
  test(`a flood of handshakes ${whose}: the session that is there goes on, newcomers come in, and what is kept is bounded`, async () => {
    await using server = await serve({ listen: ["tcp://127.0.0.1:0"], identity, handlers: [probe()], door, halfOpenConnections: 100 });
    const endpoint = server.endpoints[0]!;
    const client = await connect({ endpoints: [endpoint], serverKey });
    let over = false;
    const calls = (async () => {
      let count = 0;
      for (; !over; count++) assert.is((await client.use(Probe).echo({ number: count })).number, count);
      return count;
    })();
    const { sockets, answered, cut } = await flood(Number(new URL(endpoint.replace("tcp", "http")).port));
    over = true;
    assert.ok((await calls) > 100);
    const newcomer = await connect({ endpoints: [endpoint], serverKey });
    assert.is((await newcomer.use(Probe).echo({ number: 7 })).number, 7);
    const open = [...sockets].filter(({ closed, destroyed }) => !closed && !destroyed).length;
    assert.ok(open <= 100, `${open} are open`);
    if (door.uncounted !== undefined)
      assert.ok(answered - cut < HANDSHAKES / 2 && cut > HANDSHAKES / 4, `${answered} answered, ${cut} cut`);
    for (const socket of sockets) socket.destroy();
    await newcomer.close();
    await client.close();
  });
}

test.run();
