import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import { Admitted } from "../../../generated/zserver/protocol/v1/session.ts";
import type { CredentialsRequest } from "../../../runtime/client.ts";
import type { SessionStatus } from "../../../runtime/command/session-type.ts";
import { CommandError } from "../../../runtime/errors/command-error.ts";
import { decode } from "../../../runtime/schema/codec.ts";
import type { Admit } from "../../../runtime/server/admission-types.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import { timersOf } from "../../../runtime/time/timers-of.ts";
import { probe } from "../../support/command/probe.ts";
import { admitByText, Desk } from "../../support/session/desk.ts";
import { frame, type ParsedFrame } from "../../support/session/frames.ts";
import { rawClient } from "../../support/session/raw-peer.ts";
import { CutWorld, type PairOptions } from "../../support/session/resuming.ts";
import { World } from "../../support/session/world.ts";

const test = suite("server/renewal");

/** A pair whose client shows what `words` says at the moment, and a record of what it was asked and told. */
async function renewing(words: { now: string }, options: PairOptions = {}) {
  const world = new CutWorld();
  const asked: string[] = [];
  const told: string[] = [];
  const credentials = ({ reason }: CredentialsRequest): string => {
    asked.push(`${reason} at ${Math.round(world.clock.now() / 1_000)} s`);
    if (words.now === "") throw new Error("no token");
    return words.now;
  };
  const handlers = [probe({ echo: (_request, { principal }) => ({ text: `${principal.id} ${principal.roles.join()}` }) })];
  const pair = await world.pair({
    serve: { admit: admitByText(() => world.clock.wallNow()), handlers, ...options.serve },
    connect: { credentials, ...options.connect },
  });
  const watch = async (): Promise<void> => {
    for await (const event of pair.client.status()) told.push(nameOf(event));
  };
  watch();
  const roles = async (): Promise<string> => (await world.until(pair.client.use(Probe).echo({}), 10_000)).text;
  return { world, asked, told, roles, ...pair };
}

function nameOf(event: SessionStatus): string {
  if (event.type !== "renewal_failed") return event.type;
  return `${event.type}: ${CommandError.is(event.error) ? event.error.code : String(event.error)}`;
}

const codeOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "resolved",
    (error: unknown) => (CommandError.is(error) ? error.code : String(error)),
  );

test("a client renews by itself at about 80 % of the time it has, and goes on with what it is granted then", async () => {
  const words = { now: "ann guest 100000" };
  const { world, asked, told, roles, session } = await renewing(words);
  assert.is(session.principal.expiresAt?.getTime(), world.clock.wallNow() + 100_000);
  words.now = "ann admin 100000";
  await world.settle(74_900);
  assert.equal(asked, ["connect at 0 s"]);
  await world.settle(10_200);
  assert.is(asked.length, 2);
  assert.match(asked[1]!, /^renewal at (7[5-9]|8[0-5]) s$/);
  assert.is(await roles(), "ann admin");
  await world.settle(500_000);
  assert.is(session.state, "open");
  assert.equal(told.slice(0, 2), ["open", "renewed"]);
});

test("a session whose client renews nothing ends when its time is over", async () => {
  const words = { now: "ann guest 60000" };
  const { world, client, session, told } = await renewing(words);
  words.now = "";
  await world.settle(59_900);
  assert.is(session.state, "open");
  await world.settle(300);
  assert.equal([(await client.closed).reason, (await client.closed).by, session.state], ["CREDENTIALS_EXPIRED", "peer", "ended"]);
  assert.ok(told.includes("renewal_failed: Error: no token"));
  assert.ok(told.filter((what) => what.startsWith("renewal_failed")).length > 1, "it tried again");
});

test("a session without a connection ends as well when its time is over", async () => {
  const words = { now: "ann guest 60000" };
  const { world, session, server } = await renewing(words, { connect: { credentials: "ann guest 60000", endpoints: ["memory:server"] } });
  world.network.dial = () => Promise.reject(new Error("the network is down"));
  world.cut();
  await world.settle(59_900);
  assert.is(session.state, "disconnected");
  await world.settle(200);
  assert.equal([session.state, (await session.closed).reason], ["ended", "CREDENTIALS_EXPIRED"]);
  assert.equal([...server.sessions()], []);
});

test("an end months away is met, also where the wall clock is set meanwhile", async () => {
  const words = { now: `ann guest ${90 * 86_400_000}` };
  const { world, session } = await renewing(words);
  await world.settle(3_600_000);
  assert.is(session.state, "open");
  world.clock.adjustWall(91 * 86_400_000);
  await world.settle(600_100);
  assert.is((await session.closed).reason, "CREDENTIALS_EXPIRED");
});

test("credentials that are denied leave the session as it was; the client hears why, and tries again in time", async () => {
  const words = { now: "ann guest 100000" };
  const { world, client, session, roles, told } = await renewing(words);
  for (const other of ["no", "ben admin"]) {
    words.now = other;
    assert.is(await world.until(codeOf(client.renewCredentials())), "PERMISSION_DENIED");
    assert.is(await roles(), "ann guest");
  }
  await world.settle(86_000);
  words.now = "ann late 100000";
  await world.settle(50_000);
  assert.is(await roles(), "ann late");
  assert.is(session.state, "open");
  assert.ok(told.includes("renewal_failed: PERMISSION_DENIED"));
});

test("a renewal whose server cannot decide says so", async () => {
  const words = { now: "ann" };
  const { world, client, roles } = await renewing(words, {
    serve: {
      admit: (credentials, { reason }) => {
        if (reason === "renewal") throw new Error("no database");
        return { principal: credentials.text() };
      },
    },
  });
  assert.is(await world.until(codeOf(client.renewCredentials())), "UNAVAILABLE");
  assert.is(await roles(), "ann ");
  assert.is(world.log.length, 1);
});

test("a renewal whose credentials cannot be had rejects with their error, one whose session ends with SESSION_LOST", async () => {
  const words = { now: "ann" };
  const desk = new Desk();
  const admit: Admit = (credentials, session) => (session.reason === "renewal" ? desk.admit(credentials, session) : { principal: "ann" });
  const { world, client, server } = await renewing(words, { serve: { admit } });
  words.now = "";
  assert.is(await world.until(codeOf(client.renewCredentials())), "Error: no token");
  words.now = "ann";
  const first = codeOf(client.renewCredentials());
  const second = codeOf(client.renewCredentials());
  await world.settle();
  assert.is(desk.asked.length, 1, "one at a time");
  const closing = client.close();
  assert.equal(await world.until(Promise.all([first, second])), ["SESSION_LOST", "SESSION_LOST"]);
  await world.until(closing, 10_000);
  await world.settle();
  assert.ok(desk.last.session.signal.aborted);
  assert.is(await world.until(codeOf(client.renewCredentials())), "SESSION_LOST");
  await world.until(server.close(), 10_000);
  assert.is(timersOf(world.clock).size, 0);
});

test("renewals run one after the other, each with credentials of its own", async () => {
  const words = { now: "ann a" };
  const { world, client, roles } = await renewing(words);
  words.now = "ann b";
  const first = client.renewCredentials();
  const second = client.renewCredentials().then(roles);
  await world.until(first);
  words.now = "ann c";
  assert.is(await world.until(second), "ann b");
  await world.until(client.renewCredentials());
  assert.is(await roles(), "ann c");
});

test("a renewal that is cut by a disconnect is answered by the resume, which brings fresher credentials", async () => {
  const words = { now: "ann old" };
  const desk = new Desk();
  const admit: Admit = (credentials, session) =>
    session.reason === "renewal" ? desk.admit(credentials, session) : admitByText(() => 0)(credentials, session);
  const { world, client, roles } = await renewing(words, { serve: { admit } });
  words.now = "ann newer";
  const renewal = codeOf(client.renewCredentials());
  await world.settle();
  words.now = "ann newest";
  world.cut();
  assert.is(await world.until(renewal, 10_000), "resolved");
  assert.is(await roles(), "ann newest");
  assert.ok(desk.last.session.signal.aborted);
  desk.last.answer({ principal: "ann", roles: ["newer"] });
  assert.is(await roles(), "ann newest");
});

test("a renewal begun without a connection is sent over the next one; one whose answer was lost gets it again", async () => {
  for (const cutAt of ["before", "after"]) {
    const words = { now: "ann a 100000" };
    const { world, client, session, roles, told } = await renewing(words);
    if (cutAt === "before") world.cut();
    words.now = "ann b 100000";
    const renewal = codeOf(client.renewCredentials());
    if (cutAt === "after") {
      // The answer is on its way when the connection ends.
      await Promise.resolve();
      world.cutAfterTurn();
    }
    assert.is(await world.until(renewal, 10_000), "resolved", cutAt);
    assert.is(await roles(), "ann b", cutAt);
    assert.ok(told.includes("resumed"), cutAt);
    await world.settle(300_000);
    assert.is(session.state, "open", cutAt);
  }
});

test("credentials may be shown again at once when their answer is there, and not before", async () => {
  const world = new World();
  const desk = new Desk();
  await world.serve({ admit: desk.admit });
  const raw = await rawClient(world);
  desk.last.answer({ principal: "anonymous" });
  await world.settle();
  const show = (): Promise<void> => raw.send(frame(FrameType.CREDENTIALS, Uint8Array.of(1)));
  const answers = (): ParsedFrame[] => raw.ofType(FrameType.ADMITTED);
  await show();
  desk.last.answer({ principal: "anonymous", expiresAt: new Date(world.clock.wallNow() + 7_000) });
  await world.settle();
  assert.equal(
    answers().map(({ body }) => decode(Admitted, body)),
    [{ admitted: true, expiresInMs: 7_000, reason: 0 }],
  );
  await show();
  assert.is(desk.asked.length, 2, "held until the answer to the last is accepted");
  await raw.send(frame(FrameType.ACK, 0, 1));
  assert.is(desk.asked.length, 3);
  await show();
  assert.is(raw.closed?.reason, "PROTOCOL_ERROR");
  assert.ok(desk.last.session.signal.aborted);
});

test("a peer that shows credentials and never accepts an answer makes nothing grow", async () => {
  const world = new World();
  let judged = 0;
  await world.serve({
    admit: () => {
      judged++;
      return { principal: "ann" };
    },
  });
  const raw = await rawClient(world);
  for (let count = 0; count < 100 && raw.closed === undefined; count++) await raw.send(frame(FrameType.CREDENTIALS, Uint8Array.of(1)));
  assert.is(raw.closed?.reason, "PROTOCOL_ERROR");
  assert.is(judged, 2);
});

test("credentials of more than 8,192 bytes are a protocol error, wherever they are shown", async () => {
  const world = new World();
  await world.serve({ admit: () => ({ principal: "ann" }) });
  const raw = await rawClient(world);
  await raw.send(frame(FrameType.CREDENTIALS, new Uint8Array(8_193)));
  assert.is(raw.closed?.reason, "PROTOCOL_ERROR");
  const other = await rawClient(world);
  await other.send(frame(FrameType.CREDENTIALS, new Uint8Array(8_192)));
  assert.is(other.closed, undefined);
});

test("revoking a principal ends all its sessions, those without a connection too, and nobody else's", async () => {
  const world = new CutWorld();
  const server = await world.serve({ admit: admitByText(() => world.clock.wallNow()), retentionMs: 300_000 });
  const connect = (credentials: string) => world.connect({ credentials, retentionMs: 300_000 });
  const [ann, ben, away] = [await connect("ann"), await connect("ben"), await connect("ann")];
  world.network.dial = () => Promise.reject(new Error("the network is down"));
  world.cut();
  await world.settle();
  assert.equal(
    [...server.sessions()].map(({ state }) => state),
    ["open", "open", "disconnected"],
  );
  assert.is(server.revoke("ann", "fired"), 2);
  assert.is(server.revoke("ann"), 0);
  await world.settle();
  const { reason, message } = await ann.closed;
  assert.equal([reason, message], ["REVOKED", "fired"]);
  assert.is(away.state, "disconnected");
  assert.ok(await world.answers(ben));
  assert.equal(
    Array.from(server.sessions(), ({ id }) => id),
    [ben.id],
  );
});

test("a renewal of a principal that is revoked comes to nothing", async () => {
  const words = { now: "ann" };
  const desk = new Desk();
  const admit: Admit = (credentials, session) => (session.reason === "renewal" ? desk.admit(credentials, session) : { principal: "ann" });
  const { world, client, server } = await renewing(words, { serve: { admit } });
  const renewal = codeOf(client.renewCredentials());
  await world.settle();
  server.revoke("ann");
  desk.last.answer({ principal: "ann" });
  assert.is(await world.until(renewal), "SESSION_LOST");
  assert.is((await client.closed).reason, "REVOKED");
});

test("nothing waits for the end of a session that is over", async () => {
  const words = { now: "ann guest 100000" };
  const { world, client, server } = await renewing(words);
  for (let times = 0; times < 3; times++) await world.until(client.renewCredentials());
  await world.until(client.close(), 10_000);
  await world.until(server.close(), 10_000);
  assert.is(timersOf(world.clock).size, 0);
});

test("a client that is known by its key alone renews too", async () => {
  const world = new World();
  let judged = 0;
  const admit: Admit = ({ bytes }) => {
    judged++;
    return bytes.length === 0 ? { principal: "whoever", expiresAt: new Date(world.clock.wallNow() + 60_000) } : undefined;
  };
  const server = await world.serve({ admit });
  await world.connect();
  await world.settle(300_000);
  assert.equal(
    Array.from(server.sessions(), ({ state }) => state),
    ["open"],
  );
  assert.ok(judged > 5);
});

test.run();
