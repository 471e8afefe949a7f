import { suite } from "uvu";
import * as assert from "uvu/assert";
import { EndError } from "../../../../runtime/session/session-end.ts";
import { nativeCrypto } from "../../../../runtime/crypto/native.ts";
import type { DoorOptions } from "../../../../runtime/server/door/door-options.ts";
import { Door } from "../../../../runtime/server/door/door.ts";
import { native, seededRandom, TestTime } from "../../../support/channel/ends.ts";
import { countingAgreements } from "../../../support/crypto/counting.ts";
import { from } from "../../../support/session/addresses.ts";
import { rawClient } from "../../../support/session/raw-peer.ts";
import { World } from "../../../support/session/world.ts";

const ada = "192.0.2.1";
const bob = "192.0.2.2";

/** A door, the time that passes before it, and what it logs. */
function doorOf(options: DoorOptions, halfOpenConnections = 100): { door: Door; time: TestTime; logged: string[] } {
  const time = new TestTime();
  const logged: string[] = [];
  const log = ({ message }: { readonly message: string }): void => void logged.push(message);
  return {
    door: new Door(options, halfOpenConnections, { crypto: native, random: seededRandom(1), clock: time.clock, timers: time.timers, log }),
    time,
    logged,
  };
}

const remote = (address: string): { address: string; port: number } => ({ address, port: 1 });
const noTicket = new Uint8Array(0);
const knowing = { knowsServer: true, ticket: noTicket };

const test = suite("server/door/door");

test("an address that opens too many connections is told to wait, then cut, and comes back when its time has passed", () => {
  const { door, time } = doorOf({ connectionBurst: 2, connectionsPerSecond: 1 });
  const verdict = (address: string): string => {
    const place = door.enter(remote(address), () => {});
    if (place === undefined) return "cut";
    const retryAfterMs = door.judge(place, knowing);
    place.leave();
    return retryAfterMs === undefined ? "in" : `in ${retryAfterMs} ms`;
  };
  assert.equal(
    Array.from({ length: 6 }, () => verdict(ada)),
    ["in", "in", "in 1000 ms", "cut", "cut", "cut"],
  );
  assert.is(verdict(bob), "in");
  time.clock.advance(3_000);
  assert.is(verdict(ada), "in");
  assert.equal(door.counts, { cut: 3, refused: 1, dropped: 0 });
});

test("whoever runs the server is told that clients are turned away, once a minute while they are", () => {
  const { door, time, logged } = doorOf({ connectionBurst: 1, connectionsPerSecond: 1 });
  for (let second = 0; second < 90; second++) {
    for (let count = 0; count < 5; count++) door.enter(remote(ada), () => {})?.leave();
    time.clock.advance(1_000);
  }
  assert.is(logged.length, 2);
  assert.match(logged[0]!, /`door`.*1 cut, 0 dropped/);
});

test("addresses of this machine are not counted unless that is said, and neither are connections without an address", () => {
  const { door } = doorOf({ connectionBurst: 1, connectionsPerSecond: 1 });
  for (const address of ["127.0.0.1", "127.9.9.9", "::1"])
    for (let count = 0; count < 5; count++) assert.ok(door.enter(remote(address), () => {}));
  for (let count = 0; count < 5; count++) assert.ok(door.enter(undefined, () => {}));
  const strict = doorOf({ connectionBurst: 1, connectionsPerSecond: 1, uncounted: [bob] }).door;
  assert.equal(
    ["127.0.0.1", "127.0.0.1", "127.0.0.1", bob, bob, bob].map((address) => strict.enter(remote(address), () => {}) !== undefined),
    [true, false, false, true, true, true],
  );
});

test("clients that know no key of the server are limited by themselves, all addresses together", () => {
  const { door, time } = doorOf({ unpinnedBurst: 2, unpinnedPerSecond: 1 });
  const judge = (knowsServer: boolean): number | undefined =>
    door.judge(door.enter(undefined, () => {})!, { knowsServer, ticket: noTicket });
  assert.equal([judge(false), judge(false), judge(false), judge(true)], [undefined, undefined, 1_000, undefined]);
  time.clock.advance(2_000);
  assert.is(judge(false), undefined);
});

test("when too many handshakes wait, the next is refused, and it is not when they are through", () => {
  const { door, time } = doorOf({ queuedHandshakes: 3 });
  const places = Array.from({ length: 5 }, () => door.enter(undefined, () => {})!);
  for (const place of places.slice(0, 3)) {
    assert.is(door.judge(place, knowing), undefined);
    door.schedule(place, () => {});
  }
  assert.ok(door.judge(places[3]!, knowing)! >= 1_000);
  time.clock.advance(10);
  assert.is(door.judge(places[4]!, knowing), undefined);
});

test("a ticket is let in where strangers are not, and counts once", () => {
  const { door } = doorOf({ queuedHandshakes: 1, connectionBurst: 1, connectionsPerSecond: 1 });
  door.schedule(door.enter(undefined, () => {})!, () => {});
  const ticket = door.ticket();
  const verdict = (shown: Uint8Array, address?: string): boolean => {
    const place = door.enter(address === undefined ? undefined : remote(address), () => {})!;
    return door.judge(place, { knowsServer: false, ticket: shown }) === undefined;
  };
  assert.equal([verdict(noTicket), verdict(ticket), verdict(ticket)], [false, true, false]);
  assert.not(verdict(door.ticket().with(3, 9)), "a forged one");
  assert.not(verdict(doorOf({}).door.ticket().with(23, 0)), "another server's");
});

test("a client whose address asks too much learns when to come again, and costs no Diffie-Hellman", async () => {
  const { crypto, made } = countingAgreements(nativeCrypto());
  let address = ada;
  const limited = new World({ wire: from(() => address) });
  await limited.serve({ crypto, door: { connectionBurst: 2, connectionsPerSecond: 1 } });
  await limited.connect();
  await limited.connect();
  const before = made();
  const error = await limited.failure(limited.connecting({ connectTimeoutMs: 500 }), 1_000);
  assert.ok(error instanceof EndError);
  assert.equal([error.reason, made() - before], ["OVERLOADED", 0]);
  address = bob;
  assert.ok(await limited.answers(await limited.connect()), "others come in");
  address = ada;
  await limited.settle(4_000);
  assert.ok(await limited.answers(await limited.connect()), "and so does this one, later");
});

test("a flood of clients that never finish does not keep others out: they go at random, and one that has a session keeps it", async () => {
  const world = new World();
  await world.serve({ halfOpenConnections: 50 });
  const client = await world.connect();
  const flood = [];
  for (let count = 0; count < 300; count++) flood.push(await rawClient(world, { hello: false }));
  const open = flood.filter(({ ending }) => ending === undefined).length;
  assert.is(open, 50);
  assert.ok(await world.answers(client));
  assert.ok(await world.answers(await world.connect()));
});

test("unknown options and impossible values are refused", async () => {
  const world = new World();
  const cases: [object, RegExp][] = [
    [{ burst: 5 }, /`door`: unknown option "burst"/],
    [{ connectionBurst: 0 }, /connectionBurst must be a whole number/],
    [{ handshakeBudgetMs: 0 }, /handshakeBudgetMs/],
    [{ handshakeShare: 0.6 }, /handshakeShare/],
    [{ uncounted: "10.0.0.0/8" }, /`uncounted` is a list/],
    [{ uncounted: ["ten"] }, /`uncounted`: "ten" is neither/],
  ];
  for (const [door, message] of cases) {
    const error = (await world.failure(world.serve({ door }))) as Error;
    assert.match(error.message, message);
  }
});

test.run();
