import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fromHex } from "../../../../runtime/bytes/hex.ts";
import { offerPacket } from "../../../../runtime/channel/preamble.ts";
import { Router } from "../../../../runtime/server/processes/router.ts";
import { timersOf } from "../../../../runtime/time/timers-of.ts";
import { openGate, type Place } from "../../../../runtime/transport/gate.ts";
import type { RemoteAddress, Transport } from "../../../../runtime/transport/transport.ts";
import { gather, Wires } from "../../../support/server/wires.ts";

const remote: RemoteAddress = { address: "192.0.2.7", port: 4_000 };
const MINE = "aa01";
const OTHER = "bb02";
const BUSY = "bb03";
const SLOW = "bb04";

/** Two processes of a server. */
class Town {
  readonly wires: Wires = new Wires();
  readonly accepted: { readonly at: string; readonly transport: Transport }[] = [];
  readonly mine: Router = this.#router(MINE);
  readonly other: Router = this.#router(OTHER);
  left = 0;
  /** Whether connections can be handed over; those that were. */
  handsOver = false;
  readonly handed: { readonly to: string; readonly client: Transport }[] = [];
  /** Who was looked for and not found. */
  readonly missed: string[] = [];
  /** Ends the looking for the slow one. */
  findSlow: () => void = () => {};

  #router(route: string): Router {
    return new Router({
      route,
      timers: timersOf(this.wires.clock),
      timeoutMs: 5_000,
      gate: openGate,
      hand: (to, client) => {
        if (!this.handsOver) return false;
        this.handed.push({ to, client });
        return true;
      },
      dial: async (to) => {
        if (to === BUSY) throw new Error("it takes no more connections now");
        if (to === SLOW) await new Promise<void>((resolve) => (this.findSlow = resolve));
        else if (to !== OTHER) {
          this.missed.push(to);
          return undefined;
        }
        const [here, there] = this.wires.pair();
        void this.other.receive(there);
        return here;
      },
      accept: (transport) => this.accepted.push({ at: route, transport }),
    });
  }

  /** A client that connects to the first process and says this. */
  async client(...said: readonly Uint8Array[]): Promise<Transport> {
    const [client, server] = this.wires.pair();
    const place: Place = { cut() {}, leave: () => void this.left++ };
    void this.mine.enter(Object.assign(server, { remote }), place);
    for (const bytes of said) client.write(bytes.slice());
    return client;
  }
}

const offer = (route?: string): Uint8Array => offerPacket({ suites: ["x"], route: route === undefined ? undefined : fromHex(route) });

const test = suite("server/processes/router");

for (const [what, packet] of Object.entries({
  "no route": offer(),
  "this process's route": offer(MINE),
  "the route of a process that is gone": offer("cc03"),
  "a route that is too long": offer("dd".repeat(17)),
  "what is no offer": Uint8Array.of(0, 3, 1, 2, 3),
  "what is too long for an offer": Uint8Array.of(255, 255, 1),
})) {
  test(`a connection with ${what} stays, and its beginning is read by whoever has it`, async () => {
    const town = new Town();
    const client = await town.client(packet, Uint8Array.of(7, 8));
    gather(client);
    await town.wires.settle();
    assert.equal(
      town.accepted.map(({ at }) => at),
      [MINE],
    );
    const got = gather(town.accepted[0]!.transport);
    await town.wires.settle();
    assert.equal(got, [...packet, 7, 8]);
    assert.is(town.mine.stats.relayed, 0);
    assert.is(town.left, 0, "it keeps its place");
  });
}

test("a connection with another process's route is led there, byte for byte in both directions, and told where it comes from", async () => {
  const town = new Town();
  const packet = offer(OTHER);
  const client = await town.client(packet.subarray(0, 5), packet.subarray(5), Uint8Array.of(7));
  const got = gather(client);
  await town.wires.settle();
  const { at, transport } = town.accepted[0]!;
  assert.is(at, OTHER);
  assert.equal(transport.remote, remote);
  assert.is(transport.peer, "memory");
  const there = gather(transport);
  client.write(Uint8Array.of(8, 9));
  transport.write(Uint8Array.of(1, 2, 3));
  await town.wires.settle();
  assert.equal(there, [...packet, 7, 8, 9]);
  assert.equal(got, [1, 2, 3]);
  assert.is(town.mine.stats.relayed, 1);
  assert.is(town.left, 1, "its place is the other process's affair");
  transport.close();
  await town.wires.settle();
  assert.equal(got, [1, 2, 3, "ended"]);
  assert.is(town.mine.stats.relayed, 0);
});

test("a connection that can be handed over is: nothing of it is led, and its place here is free", async () => {
  const town = new Town();
  town.handsOver = true;
  await town.client(offer(OTHER));
  await town.client(offer(MINE));
  await town.wires.settle();
  assert.equal(
    town.handed.map(({ to }) => to),
    [OTHER],
  );
  assert.equal(
    town.accepted.map(({ at }) => at),
    [MINE],
  );
  assert.equal(town.mine.stats, { handedOver: 1, takenOver: 0, relayed: 0 });
  assert.is(town.left, 1);
});

test("a connection that was handed over begins with what was read elsewhere", async () => {
  const town = new Town();
  const [client, server] = town.wires.pair();
  town.other.take(server, { scheme: "tcp", remote, bytes: offer(OTHER) }, OTHER);
  client.write(Uint8Array.of(7));
  const { at, transport } = town.accepted[0]!;
  assert.is(at, OTHER);
  const got = gather(transport);
  await town.wires.settle();
  assert.equal(got, [...offer(OTHER), 7]);
  assert.equal(town.other.stats, { handedOver: 0, takenOver: 1, relayed: 0 });
});

test("a connection that comes back stays, and for a second so do others for that process", async () => {
  const town = new Town();
  town.handsOver = true;
  await town.client(offer("cc03"));
  await town.wires.settle();
  assert.is(town.handed.length, 1);
  town.mine.take(town.wires.pair()[1], { scheme: "tcp", remote, bytes: offer("cc03") }, "cc03");
  await town.client(offer("cc03"));
  await town.wires.settle();
  assert.is(town.handed.length, 1);
  assert.equal(
    town.accepted.map(({ at }) => at),
    [MINE, MINE],
  );
  await town.wires.clock.settle(1_100);
  await town.client(offer("cc03"));
  await town.wires.settle();
  assert.is(town.handed.length, 2);
});

test("a process that is gone is looked for once a second, whatever others its clients show meanwhile", async () => {
  const town = new Town();
  const many = Array.from({ length: 20 }, () => offer("cc03"));
  for (const packet of many) await town.client(packet);
  await town.wires.settle();
  for (const packet of many) await town.client(packet);
  await town.wires.settle();
  // Those that came before it was known.
  const first = town.missed.length;
  assert.ok(first <= 20, `${first}`);
  assert.is(town.accepted.length, 40);
  await town.client(offer("cc04"));
  await town.wires.clock.settle(1_100);
  await town.client(offer("cc03"));
  await town.wires.settle();
  assert.equal(town.missed.slice(first), ["cc04", "cc03"]);
  for (let route = 0; route < 64; route++) {
    await town.client(offer(`ee${route.toString(16).padStart(2, "0")}`));
    await town.wires.settle();
  }
  await town.client(offer("cc03"));
  await town.wires.settle();
  assert.is(town.missed.at(-1), "cc03", "what is remembered is bounded");
});

test("a connection whose process takes no more of them now is cut, since its session is not lost, and its process is looked for again at once", async () => {
  const town = new Town();
  const clients = [await town.client(offer(BUSY)), await town.client(offer(BUSY))];
  const got = clients.map(gather);
  await town.wires.settle();
  assert.equal(got, [["failed"], ["failed"]]);
  assert.equal(town.accepted, []);
  assert.is(town.left, 2);
});

test("an end that takes nothing more stops the other end", async () => {
  const town = new Town();
  const client = await town.client(offer(OTHER));
  await town.wires.settle();
  const { transport } = town.accepted[0]!;
  gather(transport);
  transport.pause();
  await town.wires.settle();
  const piece = 300_000;
  let taken = 0;
  while (taken < 100 && client.write(new Uint8Array(piece))) {
    taken++;
    await town.wires.settle();
  }
  assert.ok(taken > 1 && taken < 12, `${taken} pieces went into nowhere`);
  transport.resume();
  await town.wires.settle();
  assert.ok(client.write(Uint8Array.of(1)), "and goes on when it takes again");
});

test("a connection that does not say where it belongs is cut in time", async () => {
  const town = new Town();
  const client = await town.client(offer(OTHER).subarray(0, 9));
  const got = gather(client);
  await town.wires.clock.settle(4_900);
  assert.equal(got, []);
  await town.wires.clock.settle(200);
  assert.equal(got, ["failed"]);
  assert.is(town.left, 1);
});

test("a process that stops ends what it leads elsewhere, and what has not said where it belongs", async () => {
  const town = new Town();
  const clients = [await town.client(offer(OTHER)), await town.client(Uint8Array.of(0))];
  const got = clients.map(gather);
  await town.wires.settle();
  town.mine.stop();
  await town.wires.settle();
  assert.equal(got, [["failed"], ["failed"]]);
});

test("a process that stops while it looks for another one leads nothing there afterwards", async () => {
  const town = new Town();
  const client = await town.client(offer(SLOW));
  const got = gather(client);
  await town.wires.settle();
  town.mine.stop();
  town.findSlow();
  await town.wires.settle();
  assert.equal(got, ["failed"]);
  assert.equal(town.accepted, []);
  assert.is(town.mine.stats.relayed, 0);
  assert.is(town.left, 1);
});

test.run();
