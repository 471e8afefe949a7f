import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import { ClientHello, Resume, type ResumeInit, Resumed } from "../../../generated/zserver/protocol/v1/session.ts";
import { fromHex } from "../../../runtime/bytes/hex.ts";
import { CommandError } from "../../../runtime/errors/command-error.ts";
import { decode } from "../../../runtime/schema/codec.ts";
import type { Admit } from "../../../runtime/server/admission-types.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import { defaultLimits, limitsToWire } from "../../../runtime/session/limits.ts";
import { RESUME_SECRET_LABEL } from "../../../runtime/session/resume-secrets.ts";
import { timersOf } from "../../../runtime/time/timers-of.ts";
import { probe } from "../../support/command/probe.ts";
import { admitByText, Desk } from "../../support/session/desk.ts";
import { frame, message } from "../../support/session/frames.ts";
import { introduce, Kind, oneWay, text } from "../../support/session/probe-frames.ts";
import { type RawPeer, rawClient } from "../../support/session/raw-peer.ts";
import { CutWorld } from "../../support/session/resuming.ts";
import { World } from "../../support/session/world.ts";

const bytes = (words: string): Uint8Array => new TextEncoder().encode(words);
const resume = (init: Partial<ResumeInit>): Uint8Array =>
  frame(FrameType.RESUME, message(Resume, { protocol: 1, attempt: 1n, accepted: [0n], ...init }));

/** A server whose `admit` waits for the test, and ann's session there, opened by hand. */
async function begun() {
  const world = new World();
  const desk = new Desk();
  const notes: number[] = [];
  const server = await world.serve({
    admit: desk.admit,
    retentionMs: 300_000,
    handlers: [probe({ note: ({ number }) => void notes.push(number) })],
  });
  const raw = await rawClient(world, { hello: false });
  const limits = limitsToWire(defaultLimits);
  await raw.send(frame(FrameType.CLIENT_HELLO, message(ClientHello, { protocol: 1, limits, anonymous: true, credentials: bytes("ann") })));
  desk.last.answer({ principal: "ann", roles: ["guest"] });
  await world.settle();
  const [session] = server.sessions();
  const wish = { session: fromHex(session!.id), secret: raw.channel.exporter(RESUME_SECRET_LABEL) };
  return { world, server, desk, raw, session: session!, wish, notes };
}

/** Shows RESUME over a new connection. */
async function asks(world: World, wish: Partial<ResumeInit>): Promise<RawPeer> {
  const raw = await rawClient(world, { hello: false });
  await raw.send(resume(wish));
  return raw;
}

const answerOf = (raw: RawPeer): string | undefined => (raw.ofType(FrameType.RESUMED).length > 0 ? "RESUMED" : raw.closed?.reason);

const test = suite("server/readmission");

test("while a returning client is judged, its session goes on over the older connection; then everything changes at once", async () => {
  const { world, desk, raw, session, wish, notes } = await begun();
  const second = await asks(world, { ...wish, credentials: bytes("ann again") });
  assert.is(desk.last.session.reason, "resume");
  assert.is(desk.last.session.id, session.id);
  assert.is(desk.last.session.principal?.id, "ann");
  assert.is(desk.last.credentials.text(), "ann again");
  await raw.send(oneWay(introduce("Note", Kind.ONE_WAY), text({ number: 1 })));
  assert.equal([notes, raw.closed, answerOf(second)], [[1], undefined, undefined]);
  desk.last.answer({ principal: "ann", roles: ["admin"], expiresAt: new Date(world.clock.wallNow() + 5_000) });
  await world.settle();
  assert.is(answerOf(second), "RESUMED");
  assert.is(raw.closed?.reason, "SUPERSEDED");
  const { accepted, expiresInMs } = decode(Resumed, second.ofType(FrameType.RESUMED)[0]!.body);
  assert.equal([accepted, expiresInMs], [[1n], 5_000]);
  assert.equal(session.principal.roles, ["admin"]);
});

test("nothing may come behind RESUME while its client is judged, and what does ends that connection only", async () => {
  const { world, desk, raw, session, wish } = await begun();
  const second = await asks(world, wish);
  await second.send(oneWay(introduce("Note", Kind.ONE_WAY), text()));
  assert.is(second.closed?.reason, "PROTOCOL_ERROR");
  assert.ok(desk.last.session.signal.aborted);
  desk.last.answer({ principal: "ann" });
  await world.settle();
  assert.equal([session.state, raw.closed], ["open", undefined]);
});

test("a second RESUME while the first is judged ends that connection only", async () => {
  const { world, desk, session, wish } = await begun();
  const second = await asks(world, wish);
  await second.send(resume({ ...wish, attempt: 2n }));
  assert.is(second.closed?.reason, "PROTOCOL_ERROR");
  assert.is(desk.asked.length, 2);
  assert.is(session.state, "open");
});

test("whoever is denied, or is somebody else, leaves the session as it was: right credentials resume it", async () => {
  const { world, desk, raw, session, wish } = await begun();
  for (const admission of [undefined, { principal: "ben" }]) {
    const second = await asks(world, wish);
    desk.last.answer(admission);
    await world.settle();
    assert.is(answerOf(second), "ADMISSION_DENIED");
  }
  assert.equal([session.state, session.principal.roles, raw.closed], ["open", ["guest"], undefined]);
  raw.transport.destroy();
  await world.settle();
  assert.is(session.state, "disconnected");
  const third = await asks(world, wish);
  desk.last.answer({ principal: "ann" });
  await world.settle();
  assert.is(answerOf(third), "RESUMED", "the attempts that were denied do not count");
});

test("nobody is asked for a stranger", async () => {
  const { world, desk, wish } = await begun();
  for (const guess of [{ secret: new Uint8Array(32) }, { session: new Uint8Array(16) }])
    assert.is(answerOf(await asks(world, { ...wish, ...guess })), "SESSION_UNKNOWN");
  assert.is(desk.asked.length, 1);
});

for (const first of [0, 1]) {
  test(`of two attempts that are judged the higher one counts, also when it is answered ${["last", "first"][first]}`, async () => {
    const { world, desk, session, wish } = await begun();
    const lower = await asks(world, { ...wish, attempt: 1n });
    const higher = await asks(world, { ...wish, attempt: 2n });
    const [, ofLower, ofHigher] = desk.asked;
    for (const asked of first === 0 ? [ofLower, ofHigher] : [ofHigher, ofLower]) {
      asked!.answer({ principal: "ann" });
      await world.settle();
    }
    assert.is(answerOf(higher), "RESUMED");
    assert.is(lower.closed?.reason, "SUPERSEDED");
    assert.is(higher.closed, undefined);
    assert.is(session.state, "open");
  });
}

test("an attempt whose secret was renewed over the older connection while it was judged is granted", async () => {
  const world = new CutWorld();
  const desk = new Desk();
  let slow = false;
  const admit: Admit = (credentials, session) => (slow ? desk.admit(credentials, session) : { principal: "ann" });
  const { client, session } = await world.pair({ serve: { admit } });
  slow = true;
  const secret = (client as unknown as { readonly connection: RawPeer }).connection.channel.exporter(RESUME_SECRET_LABEL);
  const second = await asks(world, { session: fromHex(session.id), secret });
  client.rotateKeys();
  await world.settle(100);
  assert.is(client.stats().rotations, 1);
  desk.last.answer({ principal: "ann" });
  await world.settle();
  assert.is(answerOf(second), "RESUMED");
});

test("a session that is revoked while its client is judged does not go on", async () => {
  const { world, server, desk, raw, session, wish } = await begun();
  const second = await asks(world, wish);
  assert.is(server.revoke("ann", "stolen"), 1);
  await world.settle();
  assert.equal([session.state, raw.closed?.reason, raw.closed?.message], ["ended", "REVOKED", "stolen"]);
  desk.last.answer({ principal: "ann" });
  await world.settle();
  assert.is(answerOf(second), "REVOKED");
});

test("a session that ends while its client is judged does not go on", async () => {
  const { world, desk, session, wish } = await begun();
  const second = await asks(world, wish);
  session.close();
  desk.last.answer({ principal: "ann" });
  await world.settle();
  assert.is(answerOf(second), "SESSION_UNKNOWN");
});

for (const how of ["close", "drain"] as const) {
  test(`a server that is told to ${how} leaves nothing of a returning client that is judged`, async () => {
    const { world, server, desk, raw, wish } = await begun();
    const second = await asks(world, wish);
    const ended = server[how]();
    await world.until(ended, 10_000);
    assert.is(answerOf(second), "GOING_AWAY");
    assert.is(raw.closed?.reason, "GOING_AWAY");
    assert.ok(desk.last.session.signal.aborted);
    for (const { channel } of [raw, second]) channel.destroy();
    assert.is(timersOf(world.clock).size, 0);
  });
}

test("a returning client whose connection is lost while it is judged is not judged any more, and may come again", async () => {
  const { world, desk, session, raw, wish } = await begun();
  const second = await asks(world, wish);
  second.transport.destroy();
  await world.settle();
  const { session: asked, answer } = desk.last;
  assert.ok(asked.signal.aborted);
  answer({ principal: "ann" });
  await world.settle();
  assert.equal([session.state, raw.closed], ["open", undefined]);
  const third = await asks(world, wish);
  desk.last.answer({ principal: "ann" });
  await world.settle();
  assert.is(answerOf(third), "RESUMED");
});

test("a client shows fresh credentials at every resume, and goes on as who it is by then", async () => {
  const world = new CutWorld();
  const shown: string[] = [];
  const credentials = ({ reason }: { readonly reason: string }): string => `ann ${shown.push(reason)}`;
  const echo = probe({ echo: (_request, { principal }) => ({ text: principal.roles.join() }) });
  const { client } = await world.pair({
    serve: { admit: admitByText(() => world.clock.wallNow()), handlers: [echo] },
    connect: { credentials },
  });
  for (const role of ["2", "3"]) {
    world.cut();
    assert.is((await world.until(client.use(Probe).echo({}), 10_000)).text, role);
  }
  assert.equal(shown, ["connect", "resume", "resume"]);
});

test("a client that is denied at a resume is told so, and every call truthfully", async () => {
  const world = new CutWorld();
  let word = "ann";
  const { client, session } = await world.pair({
    serve: { admit: admitByText(() => world.clock.wallNow()) },
    connect: { credentials: () => word },
  });
  word = "no";
  world.cut();
  const error = await world.failure(client.use(Probe).echo({}), 10_000);
  assert.ok(CommandError.is(error) && error.code === "SESSION_LOST" && error.outcome === "NOT_RUN", String(error));
  assert.is((await client.closed).reason, "ADMISSION_DENIED");
  assert.is(session.state, "disconnected", "the server keeps it");
});

test("a client goes on looking while its server cannot decide, and while it has no credentials", async () => {
  const world = new CutWorld();
  let broken = false;
  let tries = 0;
  const failures: string[] = [];
  const { client } = await world.pair({
    serve: {
      admit: () => {
        if (broken && ++tries < 4) throw new Error("no database");
        return { principal: "ann" };
      },
    },
    connect: {
      credentials: () => {
        if (broken && tries === 2 && failures.length < 2) throw new Error("no token");
        return "ann";
      },
    },
  });
  const watch = async (): Promise<void> => {
    for await (const event of client.status()) if (event.type === "renewal_failed") failures.push(String(event.error));
  };
  watch();
  broken = true;
  world.cut();
  const { text: answer } = await world.until(client.use(Probe).echo({ text: "at last" }), 30_000);
  assert.is(answer, "at last");
  assert.is(tries, 4);
  assert.equal(failures, ["Error: no token", "Error: no token"]);
});

test.run();
