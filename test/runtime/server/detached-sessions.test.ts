import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Peer } from "../../../runtime/command/peer.ts";
import { detachedBounds } from "../../../runtime/server/detached-options.ts";
import { type DetachedBound, DetachedSessions } from "../../../runtime/server/detached-sessions.ts";

const unbounded: DetachedBound = { sessions: Infinity, bytes: Infinity };

interface Waiting {
  readonly name: string;
  readonly peer: Peer;
  bytes: number;
  address: string | undefined;
}

/** Sessions that need nothing but what their bounds are about. */
class Room {
  readonly ended: string[] = [];
  readonly #sessions: DetachedSessions<unknown>;

  constructor(bounds: Partial<ConstructorParameters<typeof DetachedSessions>[0]>) {
    this.#sessions = new DetachedSessions({ all: unbounded, perPrincipal: unbounded, perAddress: unbounded, ...bounds });
  }

  make(name: string, principal = "anonymous", address?: string, bytes = 0): Waiting {
    const waiting: Waiting = { name, bytes, address, peer: undefined as never };
    const peer = {
      principal: { id: principal },
      connection: {
        transport: {
          get remote() {
            return waiting.address === undefined ? undefined : { address: waiting.address };
          },
        },
      },
      core: {
        outboxes: {
          get heldBytes() {
            return waiting.bytes;
          },
        },
      },
      end: () => {
        this.ended.push(name);
        this.#sessions.release(peer as never);
      },
    };
    return Object.assign(waiting, { peer });
  }

  lose(...lost: readonly Waiting[]): void {
    for (const { peer } of lost) this.#sessions.hold(peer);
  }

  back({ peer }: Waiting): void {
    this.#sessions.release(peer);
  }
}

const test = suite("server/detached-sessions");

test("beyond the number of a principal its longest detached session ends, nobody else's", () => {
  const room = new Room({ perPrincipal: { sessions: 2, bytes: Infinity } });
  room.lose(room.make("bob", "bob"), ...["a", "b", "c"].map((name) => room.make(name, "ann")));
  assert.equal(room.ended, ["a"]);
});

test("anonymous clients are no principal together", () => {
  const room = new Room({ perPrincipal: { sessions: 1, bytes: Infinity } });
  room.lose(room.make("a"), room.make("b"));
  assert.equal(room.ended, []);
});

test("addresses of one /64 share a bound; sessions without an address have none", () => {
  const room = new Room({ perAddress: { sessions: 1, bytes: Infinity } });
  room.lose(room.make("a", "anonymous", "2001:db8::1"), room.make("b", "anonymous", "2001:db8::2"));
  room.lose(room.make("c", "anonymous", "192.0.2.1"), room.make("d"), room.make("e"));
  assert.equal(room.ended, ["a"]);
});

test("bytes count as they are now, and a session that holds too many alone ends itself", () => {
  const room = new Room({ all: { sessions: Infinity, bytes: 100 } });
  const [a, b] = [room.make("a", "anonymous", undefined, 40), room.make("b", "anonymous", undefined, 40)];
  room.lose(a, b);
  b.bytes = 61;
  room.lose(b);
  assert.equal(room.ended, ["a"]);
  b.bytes = 101;
  room.lose(b);
  assert.equal(room.ended, ["a", "b"]);
});

test("a session that comes back from another address is taken off where it was counted", () => {
  const room = new Room({ perAddress: { sessions: 1, bytes: Infinity } });
  const moved = room.make("moved", "anonymous", "192.0.2.1");
  room.lose(moved);
  moved.address = "192.0.2.2";
  room.back(moved);
  room.lose(room.make("a", "anonymous", "192.0.2.1"), room.make("b", "anonymous", "192.0.2.2"));
  assert.equal(room.ended, []);
});

test("no bound is ever exceeded, whatever comes and goes", () => {
  const step = fc.record({ session: fc.nat(7), bytes: fc.nat(50), back: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const room = new Room({
        all: { sessions: 5, bytes: 120 },
        perPrincipal: { sessions: 3, bytes: 80 },
        perAddress: { sessions: 2, bytes: 70 },
      });
      const all = Array.from({ length: 8 }, (_, at) => room.make(`${at}`, ["ann", "bob", "anonymous"][at % 3], `192.0.2.${at % 4}`));
      const waiting = new Set<Waiting>();
      for (const { session, bytes, back } of steps) {
        const each = all[session]!;
        if (back) room.back(each);
        else {
          each.bytes = bytes;
          room.lose(each);
        }
        if (back) waiting.delete(each);
        else waiting.add(each);
        for (const name of room.ended.splice(0)) waiting.delete(all[Number(name)]!);
        const sum = (of: readonly Waiting[]): number => of.reduce((bytes, one) => bytes + one.bytes, 0);
        const groups = [[...waiting], ...["ann", "bob"].map((id) => [...waiting].filter(({ peer }) => peer.principal.id === id))];
        const byAddress = [0, 1, 2, 3].map((at) => [...waiting].filter(({ address }) => address === `192.0.2.${at}`));
        assert.ok(groups[0]!.length <= 5 && sum(groups[0]!) <= 120);
        for (const group of groups.slice(1)) assert.ok(group.length <= 3 && sum(group) <= 80);
        for (const group of byAddress) assert.ok(group.length <= 2 && sum(group) <= 70);
      }
    }),
  );
});

test("by default a principal has room for a thousand, an address for as many as the server", () => {
  assert.equal(detachedBounds({}), {
    all: { sessions: 100_000, bytes: 268_435_456 },
    perPrincipal: { sessions: 1_000, bytes: 33_554_432 },
    perAddress: { sessions: Infinity, bytes: Infinity },
  });
});

test.run();
