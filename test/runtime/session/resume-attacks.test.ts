import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import { Resume, Resumed, type ResumeInit } from "../../../generated/zserver/protocol/v1/session.ts";
import { fromHex } from "../../../runtime/bytes/hex.ts";
import { createIdentity } from "../../../runtime/crypto/identity.ts";
import type { KeyPair } from "../../../runtime/crypto/provider.ts";
import { decode } from "../../../runtime/schema/codec.ts";
import type { Server } from "../../../runtime/server.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import { RESUME_SECRET_LABEL } from "../../../runtime/session/resume-secrets.ts";
import { native, otherIdentity, seededRandom } from "../../support/channel/ends.ts";
import { probe } from "../../support/command/probe.ts";
import { frame, join, message } from "../../support/session/frames.ts";
import { introduce, Kind, known, oneWay, text } from "../../support/session/probe-frames.ts";
import { type RawPeer, rawClient } from "../../support/session/raw-peer.ts";
import { CutWorld } from "../../support/session/resuming.ts";
import { World } from "../../support/session/world.ts";

const RETAINED = { retentionMs: 300_000 };
const secretOf = ({ channel }: RawPeer): Uint8Array => channel.exporter(RESUME_SECRET_LABEL);
const resume = (init: Partial<ResumeInit>): Uint8Array =>
  frame(FrameType.RESUME, message(Resume, { protocol: 1, attempt: 1n, accepted: [0n], ...init }));

/** A server, a client driven by hand that was let in, and what it takes to resume its session. */
async function begun(world: World = new World()) {
  const notes: number[] = [];
  const server = await world.serve({ ...RETAINED, handlers: [probe({ note: ({ number }) => void notes.push(number) })] });
  const raw = await rawClient(world);
  const [session] = server.sessions();
  return { world, server, raw, session: session!, notes, id: fromHex(session!.id), secret: secretOf(raw) };
}

/** What a server says to one who shows this on a new connection: RESUMED, or why not. */
async function shown(world: World, ...frames: readonly Uint8Array[]): Promise<Shown> {
  return shownBy(undefined, world, ...frames);
}

interface Shown {
  readonly raw: RawPeer;
  readonly answer: string | undefined;
}

/** The same, by somebody who has this key. */
async function shownBy(clientKey: KeyPair | undefined, world: World, ...frames: readonly Uint8Array[]): Promise<Shown> {
  const raw = await rawClient(world, { hello: false, clientKey });
  await raw.send(...frames);
  return { raw, answer: raw.ofType(FrameType.RESUMED).length > 0 ? "RESUMED" : raw.closed?.reason };
}

const sessions = (server: Server): string[] => Array.from(server.sessions(), ({ id, state }) => `${id} ${state}`);

const test = suite("session/resume-attacks");

test("a stranger learns nothing and changes nothing: wrong id, wrong secret, no secret", async () => {
  const { world, server, raw, id, secret } = await begun();
  const before = sessions(server);
  for (const guess of [
    { session: id.map((byte) => byte ^ 1), secret },
    { session: id, secret: secret.map((byte) => byte ^ 1) },
    { session: id, secret: new Uint8Array() },
    { session: new Uint8Array(), secret },
    { session: new Uint8Array(5_000), secret: new Uint8Array(5_000) },
  ]) {
    const { raw: stranger, answer } = await shown(world, resume(guess));
    assert.is(answer, "SESSION_UNKNOWN");
    assert.is(stranger.closed!.message, "there is no such session to resume");
  }
  assert.equal(sessions(server), before);
  assert.is(raw.closed, undefined);
});

test("whoever resumes takes the session over: the older connection is told, once", async () => {
  const { world, raw, session, id, secret } = await begun();
  const second = await shown(world, resume({ session: id, secret }));
  assert.is(second.answer, "RESUMED");
  assert.is(raw.closed?.reason, "SUPERSEDED");
  await world.settle(6_000);
  assert.is(raw.ending, "TRANSPORT");
  assert.is(session.state, "open");
});

test("a replaced secret opens nothing once its successor was confirmed, and opens before that", async () => {
  const { world, session, id, secret } = await begun();
  const second = await shown(world, resume({ session: id, secret }));
  const third = await shown(world, resume({ session: id, secret, attempt: 2n }));
  assert.is(third.answer, "RESUMED", "RESUMED may have been lost");
  await third.raw.send(frame(FrameType.PING, 1));
  assert.is((await shown(world, resume({ session: id, secret, attempt: 3n }))).answer, "SESSION_UNKNOWN");
  assert.is((await shown(world, resume({ session: id, secret: secretOf(second.raw), attempt: 3n }))).answer, "SESSION_UNKNOWN");
  assert.is((await shown(world, resume({ session: id, secret: secretOf(third.raw), attempt: 3n }))).answer, "RESUMED");
  assert.is(session.state, "open");
});

test("an attempt number that is not above the last is refused, and the session goes on where it is", async () => {
  const { world, session, id, secret } = await begun();
  const second = await shown(world, resume({ session: id, secret, attempt: 5n }));
  for (const attempt of [5n, 4n, 0n])
    assert.is((await shown(world, resume({ session: id, secret: secretOf(second.raw), attempt }))).answer, "SUPERSEDED");
  assert.is(second.raw.closed, undefined);
  assert.is(session.state, "open");
});

test("a secret is worth nothing without the client's key", async () => {
  const world = new CutWorld();
  const own = createIdentity(native, seededRandom(71));
  const { client, server, session } = await world.pair({ connect: { identity: own } });
  const secret = (client as unknown as { readonly connection: RawPeer }).connection.channel.exporter(RESUME_SECRET_LABEL);
  const stolen = resume({ session: fromHex(session.id), secret });
  for (const thief of [undefined, otherIdentity.staticKeys[0].pair]) {
    assert.is((await shownBy(thief, world, stolen)).answer, "SESSION_UNKNOWN");
    assert.equal(sessions(server), [`${session.id} open`]);
  }
  assert.is((await shownBy(own.staticKeys[0].pair, world, stolen)).answer, "RESUMED", "the wish itself is right");
});

test("a lie about what was accepted ends the session where it is beyond what was sent, and frees nothing where it is below what was acknowledged", async () => {
  for (const [accepted, answer] of [
    [4n, "PROTOCOL_ERROR"],
    [1n, undefined],
  ] as const) {
    const { world, session, raw, id, secret } = await begun();
    const calls = [1, 2, 3].map((number) => session.use(Probe).note({ number }));
    await Promise.all(calls);
    await raw.send(frame(FrameType.ACK, 2));
    const liar = await shown(world, resume({ session: id, secret, accepted: [accepted] }));
    assert.is(liar.raw.closed?.reason, answer);
    assert.is(liar.raw.ofType(FrameType.SEND).length, answer === undefined ? 1 : 0);
    assert.is(session.state, answer === undefined ? "open" : "ended");
  }
});

test("what follows RESUME in its record, whole or in part, ends the new connection only", async () => {
  const { world, session, raw, id, secret } = await begun();
  for (const more of [frame(FrameType.PING, 1), oneWay(introduce("Note", Kind.ONE_WAY)), frame(FrameType.PING, 1).subarray(0, 1)]) {
    const { answer } = await shown(world, join(resume({ session: id, secret }), more));
    assert.is(answer, "PROTOCOL_ERROR");
  }
  assert.is(raw.closed, undefined);
  assert.is(session.state, "open");
  assert.is((await shown(world, resume({ session: id, secret }))).answer, "RESUMED");
});

test("junk in the place of RESUME's body, and RESUME in the wrong place, end what they came in", async () => {
  const { world, session, raw } = await begun();
  const junk = await shown(world, frame(FrameType.RESUME, new Uint8Array(9).fill(0xff)));
  assert.is(junk.answer, "PROTOCOL_ERROR");
  assert.is(session.state, "open");
  await raw.send(resume({}));
  assert.is(raw.closed?.reason, "PROTOCOL_ERROR");
});

test("another version of the protocol is refused", async () => {
  const { world, id, secret } = await begun();
  assert.is((await shown(world, resume({ session: id, secret, protocol: 2 }))).answer, "UNSUPPORTED_PROTOCOL");
});

test("the answer tells what was accepted, and what was not comes again in the place of the same number", async () => {
  const { world, raw, session, notes, id, secret } = await begun();
  await raw.send(oneWay(introduce("Note", Kind.ONE_WAY), text({ number: 1 })), oneWay(known(1), text({ number: 2 })));
  // A frame in pieces is forgotten with its connection.
  await raw.send(oneWay(known(1), text({ number: 3 })).subarray(0, 4));
  for (const number of [11, 12]) await session.use(Probe).note({ number });
  await world.settle();
  raw.transport.destroy();
  await world.settle();
  assert.is(session.state, "disconnected");
  await session.use(Probe).note({ number: 13 });
  const { raw: second } = await shown(world, resume({ session: id, secret, accepted: [1n] }));
  assert.equal(decode(Resumed, second.ofType(FrameType.RESUMED)[0]!.body).accepted, [2n]);
  assert.is(second.ofType(FrameType.SEND).length, 2);
  await second.send(oneWay(known(1), text({ number: 3 })));
  assert.equal(notes, [1, 2, 3]);
});

test("a client resumes only with the identity of its first server, which its function judged once", async () => {
  const world = new CutWorld();
  const other = await world.serve({ ...RETAINED, listen: ["memory:other"], identity: otherIdentity });
  let entrance = "server";
  const judged: string[] = [];
  const { client, session } = await world.pair({
    connect: {
      memory: { ...world.network, dial: () => world.network.dial(entrance) },
      serverKey: (serverKey) => judged.push(serverKey) > 0,
    },
  });
  entrance = "other";
  world.cut();
  await world.settle(60_000);
  assert.is(client.state, "disconnected");
  assert.is([...other.sessions()].length, 0);
  entrance = "server";
  await world.settle(20_000);
  assert.is(client.state, "open");
  assert.is(session.state, "open");
  assert.is(judged.length, 1);
});

test("a client whose session somebody else took over is told so, and does not come back", async () => {
  const world = new CutWorld();
  const { client, session } = await world.pair();
  const secret = (client as unknown as { readonly connection: RawPeer }).connection.channel.exporter(RESUME_SECRET_LABEL);
  const pending = client.use(Probe).later({}, { timeoutMs: 600_000 });
  pending.catch(() => {});
  await world.settle(100);
  const { answer } = await shown(world, resume({ session: fromHex(session.id), secret, accepted: [0n] }));
  assert.is(answer, "RESUMED");
  assert.is((await client.closed).reason, "SUPERSEDED");
  const connections = world.dialled.length;
  await world.settle(120_000);
  assert.is(world.dialled.length, connections);
  assert.is(((await world.failure(pending)) as { readonly code: string }).code, "SESSION_LOST");
});

test("the recorded bytes of a resume, said again, change nothing", async () => {
  const recorded: Uint8Array[][] = [];
  const world = new World({
    wire: (transport, side) => {
      if (side === "server") return transport;
      const writes: Uint8Array[] = [];
      recorded.push(writes);
      const { write } = transport;
      transport.write = (bytes) => {
        writes.push(bytes.slice());
        return write.call(transport, bytes);
      };
      return transport;
    },
  });
  const { session, id, secret } = await begun(world);
  const second = await shown(world, resume({ session: id, secret }));
  assert.is(second.answer, "RESUMED");
  for (const bytes of [recorded[1]!, recorded[0]!]) {
    const transport = await world.until(world.network.dial("server"));
    transport.start({ onBytes() {}, onDrain() {}, onClose() {} });
    for (const write of bytes.slice()) transport.write(write.slice());
    await world.settle(11_000);
  }
  assert.is(session.state, "open");
  assert.is(second.raw.closed, undefined);
});

test("where nothing is retained nothing is resumed", async () => {
  const world = new World();
  const server = await world.serve();
  const raw = await rawClient(world);
  const [session] = server.sessions();
  const { answer } = await shown(world, resume({ session: fromHex(session!.id), secret: secretOf(raw) }));
  assert.is(answer, "SESSION_UNKNOWN");
  assert.is(session!.state, "open");
});

test.run();
