import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import { Peer } from "../../../runtime/command/peer.ts";
import { Groups } from "../../../runtime/server/groups.ts";
import { World } from "../../support/session/world.ts";

/** Something that is a session as far as groups can tell. */
function stranger(): Peer {
  return Object.create(Peer.prototype, { state: { value: "open", writable: true } });
}

/** Groups of sessions that live until a test says otherwise. */
function made() {
  const live = new Set<Peer>();
  const groups = new Groups<unknown>(live);
  const session = (): Peer => {
    const peer = stranger();
    live.add(peer);
    return peer;
  };
  const end = (peer: Peer): void => {
    live.delete(peer);
    (peer as { state: string }).state = "ended";
    groups.ended(peer);
  };
  return { groups, session, end };
}

const test = suite("server/groups");

test("who asks for a name gets the same members; a group without one is nobody else's", () => {
  const { groups, session } = made();
  const [a, b] = [session(), session()];
  assert.ok(groups.group("room").join(a));
  assert.equal([...groups.group("room")], [a]);
  assert.is(groups.group("other").size, 0);
  const [mine, yours] = [groups.group(), groups.group()];
  mine.join(b);
  assert.equal([mine.size, yours.size, mine.name, groups.group("room").name], [1, 0, undefined, "room"]);
  // Names that objects have.
  assert.is(groups.group("__proto__").size, 0);
  assert.throws(() => groups.group(5 as never), /a name is a string/);
});

test("joining twice and leaving twice is told, and only a session of this server joins", () => {
  const { groups, session, end } = made();
  const room = groups.group("room");
  const a = session();
  assert.equal([room.join(a), room.join(a), room.has(a)], [true, false, true]);
  assert.equal([room.leave(a), room.leave(a), room.has(a)], [true, false, false]);
  end(a);
  assert.not(room.join(a), "it has ended");
  assert.throws(() => room.join(stranger()), /no live session of this server/);
});

test("membership is that of a model, whoever joins, leaves and ends", () => {
  const step = fc.record({ what: fc.constantFrom("join", "join", "leave", "end"), who: fc.nat(7), where: fc.nat(4) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const { groups, session, end } = made();
      const people = Array.from({ length: 8 }, session);
      const own = groups.group();
      const rooms = ["a", "b", "c", "", undefined].map((name) => (name === undefined ? own : groups.group(name)));
      const model = rooms.map(() => new Set<Peer>());
      const ended = new Set<Peer>();
      for (const { what, who, where } of steps) {
        const person = people[who]!;
        const members = model[where]!;
        if (what === "join") {
          assert.is(rooms[where]!.join(person), !members.has(person) && !ended.has(person));
          if (!ended.has(person)) members.add(person);
        } else if (what === "leave") assert.is(rooms[where]!.leave(person), members.delete(person));
        else if (!ended.has(person)) {
          end(person);
          ended.add(person);
          for (const each of model) each.delete(person);
        }
        for (const [at, room] of rooms.entries()) {
          assert.equal([...room], [...model[at]!]);
          assert.is(room.size, model[at]!.size);
        }
      }
    }),
  );
});

test("who leaves before its turn is left out, who joins meanwhile comes last, also when the group was empty in between", () => {
  const { groups, session } = made();
  const [a, b, c] = [session(), session(), session()];
  const room = groups.group("room");
  room.join(a);
  room.join(b);
  const met: Peer[] = [];
  for (const member of room) {
    met.push(member as Peer);
    if (member === a) {
      room.leave(b);
      room.leave(a);
      room.join(c);
    }
  }
  assert.equal(met, [a, c]);
});

test("a group of 100,000, and a session in 1,000 groups, come and go in constant time", () => {
  const { groups, session, end } = made();
  const people = Array.from({ length: 100_000 }, session);
  const start = performance.now();
  const all = groups.group("all");
  for (const person of people) all.join(person);
  for (let room = 0; room < 1_000; room++) groups.group(`room ${room}`).join(people[0]!);
  end(people[0]!);
  for (const person of people) all.leave(person);
  assert.is(all.size, 0);
  assert.is(groups.group("room 5").size, 0);
  assert.ok(performance.now() - start < 2_000, "quadratic time would be minutes");
});

test("a session leaves its groups when it ends, and stays in them without a connection", async () => {
  const world = new World();
  const joined: string[] = [];
  const server = await world.serve({
    retentionMs: 300_000,
    onSession: (session) => {
      for (const name of ["a", "b"]) if (server.group(name).join(session)) joined.push(name);
    },
  });
  const client = await world.connect({ retentionMs: 300_000 });
  const other = await world.connect();
  assert.equal(joined, ["a", "b", "a", "b"]);
  assert.throws(() => server.group("a").join(other), /no live session of this server/);
  assert.is(server.broadcast(Probe, server.group("b")).note({}).sent, 2);
  await world.until(other.close());
  await world.settle();
  assert.is(server.group("a").size, 1);
  await world.until(client.close());
  await world.settle();
  assert.equal([...server.group("a"), ...server.group("b")], []);
  await world.until(server.close());
});

test.run();
