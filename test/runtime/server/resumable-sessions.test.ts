import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Resume } from "../../../generated/zserver/protocol/v1/session.ts";
import { fromHex } from "../../../runtime/bytes/hex.ts";
import type { ChannelPeer } from "../../../runtime/channel/channel.ts";
import type { Peer } from "../../../runtime/command/peer.ts";
import { ResumableSessions } from "../../../runtime/server/resumable-sessions.ts";
import type { Connection } from "../../../runtime/session/connection.ts";
import { native } from "../../support/channel/ends.ts";

const bytes = (fill: number, length = 32): Uint8Array => new Uint8Array(length).fill(fill);
const anonymous = {} as ChannelPeer;
const shows = (remoteStatic: Uint8Array): ChannelPeer => ({ remoteStatic }) as ChannelPeer;

/** A connection whose secret, and whose next one, are all of this byte. */
const connection = (fill: number, next?: number): Connection =>
  ({
    channel: { exporter: () => bytes(fill), nextExporter: () => (next === undefined ? undefined : bytes(next)) },
    transport: {},
  }) as unknown as Connection;

/** What the sessions of a server need to know of one. */
class FakePeer {
  readonly id: string;
  readonly principal: { readonly id: string; readonly key: Uint8Array | undefined };
  readonly core = { outboxes: { heldBytes: 0 } };
  connection: Connection;
  ended: string | undefined;
  end: (reason: string) => void = () => {};

  constructor(id: number, secret: number, key?: Uint8Array) {
    this.id = id.toString(16).padStart(32, "0");
    this.connection = connection(secret);
    this.principal = { id: key === undefined ? "anonymous" : `key ${key[0]}`, key };
  }

  get peer(): Peer {
    return this as unknown as Peer;
  }

  wish(secret: number, attempt: number): Resume {
    return { protocol: 1, session: fromHex(this.id), secret: bytes(secret), attempt: BigInt(attempt), accepted: [] } as unknown as Resume;
  }
}

/** Sessions of a server; those that are too many are taken out as a server does. */
function make({ retains = true, detached = 10 }: { readonly retains?: boolean; readonly detached?: number } = {}) {
  const bound = { sessions: detached, bytes: 1_000 };
  const sessions = new ResumableSessions(native, {
    retains,
    detached: { all: bound, perPrincipal: bound, perAddress: bound },
    endOfTurn: setImmediate,
  });
  const add = (...parameters: ConstructorParameters<typeof FakePeer>): FakePeer => {
    const fake = new FakePeer(...parameters);
    fake.end = (reason) => {
      fake.ended = reason;
      sessions.delete(fake.peer);
    };
    sessions.add(fake.peer);
    return fake;
  };
  const answer = (wish: Resume, who: ChannelPeer = anonymous): string => {
    const found = sessions.find(wish, who);
    return "reason" in found ? found.reason : found.id;
  };
  const claim = (wish: Resume, by: Connection): string => {
    const claimed = sessions.claim(wish, by);
    return "reason" in claimed ? claimed.reason : claimed.id;
  };
  return { sessions, add, answer, claim };
}

const test = suite("server/resumable-sessions");

test("finding a session changes nothing, however often and by whom", () => {
  const { sessions, add, answer } = make();
  const fake = add(1, 10);
  for (let round = 0; round < 3; round++) {
    assert.is(answer(fake.wish(10, 1)), fake.id);
    assert.is(answer(fake.wish(11, 1)), "SESSION_UNKNOWN");
    assert.is(answer({ ...fake.wish(10, 1), session: bytes(9, 16) }), "SESSION_UNKNOWN");
    assert.is(answer(fake.wish(10, 0)), "SUPERSEDED");
  }
  assert.is(sessions.size, 1);
});

test("a session of a client with a key is found by that key only; one of an anonymous client by whoever has its secret", () => {
  const { add, answer } = make();
  const known = add(1, 10, bytes(77));
  assert.is(answer(known.wish(10, 1)), "SESSION_UNKNOWN");
  assert.is(answer(known.wish(10, 1), shows(bytes(78))), "SESSION_UNKNOWN");
  assert.is(answer(known.wish(10, 1), shows(bytes(77))), known.id);
  const nobody = add(2, 20);
  assert.is(answer(nobody.wish(20, 1), shows(bytes(78))), nobody.id);
});

test("where nothing is retained nothing is found", () => {
  const { add, answer } = make({ retains: false });
  assert.is(answer(add(1, 10).wish(10, 1)), "SESSION_UNKNOWN");
});

test("an attempt is granted once, and none that is not above it: also when both were found before either was granted", () => {
  const { add, answer, claim } = make();
  const fake = add(1, 10);
  assert.equal([answer(fake.wish(10, 1)), answer(fake.wish(10, 2))], [fake.id, fake.id]);
  assert.is(claim(fake.wish(10, 2), connection(12)), fake.id);
  assert.is(claim(fake.wish(10, 1), connection(11)), "SUPERSEDED");
  assert.is(claim(fake.wish(10, 2), connection(11)), "SUPERSEDED");
  assert.is(answer(fake.wish(11, 3)), "SESSION_UNKNOWN", "the secret of a refused attempt opens nothing");
});

test("a session that ended while its client was judged is not granted", () => {
  const { sessions, add, answer, claim } = make();
  const fake = add(1, 10);
  assert.is(answer(fake.wish(10, 1)), fake.id);
  sessions.delete(fake.peer);
  assert.is(claim(fake.wish(10, 1), connection(11)), "SESSION_UNKNOWN");
});

test("the predecessor of a secret is honoured until the client shows that it holds the newest", () => {
  const { sessions, add, answer, claim } = make();
  const fake = add(1, 10);
  claim(fake.wish(10, 1), connection(11));
  assert.equal([answer(fake.wish(10, 2)), answer(fake.wish(11, 2))], [fake.id, fake.id]);
  sessions.confirmed(fake.peer);
  assert.equal([answer(fake.wish(10, 2)), answer(fake.wish(11, 2))], ["SESSION_UNKNOWN", fake.id]);
  // Shown in an attempt, it is held as well.
  claim(fake.wish(11, 2), connection(12));
  claim(fake.wish(12, 3), connection(13));
  assert.equal([answer(fake.wish(11, 4)), answer(fake.wish(12, 4)), answer(fake.wish(13, 4))], ["SESSION_UNKNOWN", fake.id, fake.id]);
});

test("a rotation's secret is honoured from its answer on, and the one before it until the rotation is over", () => {
  const { sessions, add, answer } = make();
  const fake = add(1, 10);
  sessions.renewing(fake.peer);
  assert.is(answer(fake.wish(10, 1)), fake.id, "there are no next keys");
  fake.connection = connection(10, 11);
  sessions.renewing(fake.peer);
  assert.equal([answer(fake.wish(10, 1)), answer(fake.wish(11, 1))], [fake.id, fake.id]);
  sessions.confirmed(fake.peer);
  assert.equal([answer(fake.wish(10, 1)), answer(fake.wish(11, 1))], ["SESSION_UNKNOWN", fake.id]);
});

test("those without a connection that are too many end, the longest without one first; one that has a connection again does not count", () => {
  const { sessions, add } = make({ detached: 2 });
  const [first, second, third] = [add(1, 10), add(2, 20), add(3, 30)];
  for (const { peer } of [first, second]) sessions.detached(peer);
  sessions.attached(first.peer);
  sessions.detached(first.peer);
  assert.equal([first.ended, second.ended], [undefined, undefined]);
  sessions.detached(third.peer);
  assert.equal([first.ended, second.ended, third.ended], [undefined, "RETENTION_LIMIT", undefined]);
  assert.is(sessions.size, 2);
});

test("a session that is not there, or gave its id to another one, changes nothing", () => {
  const { sessions, add } = make({ detached: 0 });
  const first = add(1, 10);
  const twin = add(1, 11);
  assert.is(sessions.delete(first.peer), false);
  sessions.detached(first.peer);
  assert.is(first.ended, undefined);
  sessions.confirmed(new FakePeer(2, 20).peer);
  assert.equal([...sessions.values()], [twin.peer]);
  assert.is(sessions.delete(twin.peer), true);
  assert.is(sessions.size, 0);
});

test.run();
