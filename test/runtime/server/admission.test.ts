import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import { Schemas } from "../../../generated/zserver/protocol/v1/negotiation.ts";
import { FieldType } from "../../../generated/zserver/protocol/v1/schema.ts";
import { ClientHello } from "../../../generated/zserver/protocol/v1/session.ts";
import { fromHex } from "../../../runtime/bytes/hex.ts";
import type { ConnectOptions } from "../../../runtime/client.ts";
import { CommandError } from "../../../runtime/errors/command-error.ts";
import { serviceInfo } from "../../../runtime/schema/service-type.ts";
import type { Admit } from "../../../runtime/server/admission-types.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import { defaultLimits, limitsToWire } from "../../../runtime/session/limits.ts";
import { EndError } from "../../../runtime/session/session-end.ts";
import { timersOf } from "../../../runtime/time/timers-of.ts";
import { identity } from "../../support/channel/ends.ts";
import { probe } from "../../support/command/probe.ts";
import { descriptionBytes, edited, retyped } from "../../support/schema/edited.ts";
import { admitByText, Desk } from "../../support/session/desk.ts";
import { frame, message } from "../../support/session/frames.ts";
import { rawClient } from "../../support/session/raw-peer.ts";
import { World } from "../../support/session/world.ts";

const test = suite("server/admission");

/** Why a client did not get in. */
async function refusal(world: World, options: Partial<ConnectOptions>, ms = 0): Promise<string> {
  const error = await world.failure(world.connecting(options), ms);
  assert.ok(error instanceof EndError, String(error));
  return error.reason;
}

test("with `admit` nobody is let in of whom it says nothing", async () => {
  const world = new World();
  const server = await world.serve({ admit: () => undefined });
  for (const options of [{}, { credentials: "anything" }, { identity }]) assert.is(await refusal(world, options), "ADMISSION_DENIED");
  assert.equal([...server.sessions()], []);
  assert.equal(world.log, []);
});

test("handlers, sessions and `sessionData` know whom `admit` let in", async () => {
  const world = new World();
  const seen: unknown[] = [];
  const server = await world.serve({
    admit: admitByText(() => world.clock.wallNow()),
    sessionData: ({ principal }) => `data of ${principal.id}`,
    onSession: ({ principal, data }) => void seen.push(principal.id, data),
    handlers: [probe({ echo: (_request, { principal }) => ({ text: `${principal.id}: ${principal.roles.join(" and ")}` }) })],
  });
  const client = await world.connect({ credentials: "ann admin,editor", identity });
  assert.is((await world.until(client.use(Probe).echo({}))).text, "ann: admin and editor");
  const [session] = server.sessions();
  assert.equal(session!.principal.key, identity.staticKeys[0].pair.publicKey);
  assert.is(session!.principal.expiresAt, undefined);
  assert.throws(() => (session!.principal.roles as string[]).push("root"), TypeError);
  assert.equal(seen, ["ann", "data of ann"]);
});

test("`admit` sees what the client shows, who it is, and what for", async () => {
  const world = new World();
  const desk = new Desk();
  const server = await world.serve({ admit: desk.admit });
  const connecting = world.connecting({ credentials: new Uint8Array([0xc3, 0xa9]), identity });
  await world.settle();
  const { credentials, session, answer } = desk.last;
  assert.equal(credentials.bytes, new Uint8Array([0xc3, 0xa9]));
  assert.is(credentials.text(), "é");
  assert.equal(
    { reason: session.reason, key: session.key, principal: session.principal, aborted: session.signal.aborted },
    { reason: "connect", key: identity.staticKeys[0].pair.publicKey, principal: undefined, aborted: false },
  );
  assert.match(session.peer, /^memory/);
  answer({ principal: "ann" });
  const client = await world.until(connecting);
  assert.is(client.id, session.id);
  assert.equal(
    Array.from(server.sessions(), ({ id }) => id),
    [session.id],
  );
});

test("a client that shows nothing shows no bytes, an anonymous one no key, also where it had to show one", async () => {
  const world = new World();
  const desk = new Desk();
  await world.serve({ admit: desk.admit });
  for (const options of [{}, { serverKey: () => true }]) {
    world.connecting(options);
    await world.settle();
    assert.is(desk.last.credentials.bytes.length, 0);
    assert.is(desk.last.session.key, undefined);
  }
});

test("credentials that are no text deny their client where text is wanted", async () => {
  const world = new World();
  await world.serve({ admit: (credentials) => ({ principal: credentials.text() }) });
  assert.is(await refusal(world, { credentials: new Uint8Array([0xff]) }), "ADMISSION_DENIED");
  assert.equal(world.log, []);
});

test("`admit` that takes its time blocks nobody else", async () => {
  const world = new World();
  const desk = new Desk();
  await world.serve({
    admit: (credentials, session) => (credentials.text() === "slow" ? desk.admit(credentials, session) : { principal: "quick" }),
  });
  const slow = world.connecting({ credentials: "slow" });
  await world.settle(5_000);
  const quick = await world.connect({ credentials: "quick" });
  assert.ok(await world.answers(quick));
  desk.last.answer({ principal: "slow" });
  assert.ok(await world.answers(await world.until(slow)));
});

const broken: Readonly<Record<string, Admit>> = {
  "throws at once": () => {
    throw new Error("no database");
  },
  rejects: async () => {
    throw new Error("no database");
  },
  "fails with a code of its own making": () => {
    throw new CommandError("INTERNAL", "no database");
  },
  "names nobody": () => ({ principal: "" }),
  "names no string": () => ({ principal: 7 as never }),
  "grants roles that are no list": () => ({ principal: "ann", roles: "admin" as never }),
  "grants a role that is no string": () => ({ principal: "ann", roles: [7 as never] }),
  "says no date": () => ({ principal: "ann", expiresAt: 5 as never }),
  "says an impossible date": () => ({ principal: "ann", expiresAt: new Date(Number.NaN) }),
  "misspells what it says": () => ({ principal: "ann", expires: new Date() }) as never,
};

for (const [what, admit] of Object.entries(broken)) {
  test(`\`admit\` that ${what} lets nobody in, is logged, and its client may try again`, async () => {
    const world = new World();
    const server = await world.serve({ admit });
    const error = await world.failure(world.connecting({ credentials: "x" }));
    assert.ok(error instanceof EndError && error.reason === "ADMISSION_FAILED", String(error));
    const [incident] = /incident \w{8}/.exec(error.message) ?? [];
    assert.is(world.log.length, 1);
    assert.ok(incident !== undefined && world.log[0]!.message.includes(incident), "both ends can speak of it");
    assert.not.match(error.message, /database|ann/);
    assert.equal([...server.sessions()], []);
  });
}

for (const code of ["UNAUTHENTICATED", "PERMISSION_DENIED", "INVALID_ARGUMENT"] as const) {
  test(`\`admit\` that throws ${code} denies`, async () => {
    const world = new World();
    await world.serve({
      admit: () => {
        throw new CommandError(code, "a secret reason");
      },
    });
    const error = await world.failure(world.connecting({ credentials: "x" }));
    assert.ok(error instanceof EndError && error.reason === "ADMISSION_DENIED");
    assert.not.match(error.message, /secret/);
    assert.equal(world.log, []);
  });
}

test("whoever has expired already is not let in", async () => {
  const world = new World();
  await world.serve({ admit: admitByText(() => world.clock.wallNow()) });
  assert.is(await refusal(world, { credentials: "ann admin 0" }), "CREDENTIALS_EXPIRED");
  assert.is(await refusal(world, { credentials: "ann admin -5000" }), "CREDENTIALS_EXPIRED");
});

test("`admit` that never answers is given up, told so, and its client may try again", async () => {
  const world = new World();
  const desk = new Desk();
  await world.serve({ admit: desk.admit });
  assert.is(await refusal(world, {}, 8_100), "ADMISSION_FAILED");
  const { session, answer } = desk.last;
  assert.ok(session.signal.aborted);
  assert.match(world.log[0]!.message, /`admit` took too long/);
  answer({ principal: "late" });
  await world.settle();
  assert.is(world.log.length, 1);
});

test("a client that leaves while it is judged is not judged any more", async () => {
  const world = new World();
  const desk = new Desk();
  const server = await world.serve({ admit: desk.admit });
  const controller = new AbortController();
  const connecting = world.connecting({ signal: controller.signal });
  await world.settle();
  controller.abort(new Error("no longer"));
  assert.match(String(await world.failure(connecting)), /no longer/);
  assert.ok(desk.last.session.signal.aborted);
  desk.last.answer({ principal: "ann" });
  await world.settle();
  assert.equal([...server.sessions()], []);
  desk.last.fail(new Error("ignored"));
  await world.until(server.close(), 10_000);
  assert.is(timersOf(world.clock).size, 0);
  assert.equal(world.log, []);
});

test("no more than so many are judged at once; those beyond may try again", async () => {
  const world = new World();
  const desk = new Desk();
  await world.serve({ admit: desk.admit, admissionsUnderWay: 2 });
  const first = [world.connecting(), world.connecting()];
  await world.settle();
  assert.is(await refusal(world, {}), "ADMISSION_FAILED");
  desk.asked[0]!.answer({ principal: "a" });
  await world.until(first[0]!);
  const third = world.connecting();
  await world.settle();
  assert.is(desk.asked.length, 3);
  for (const { answer } of desk.asked) answer({ principal: "b" });
  await world.until(Promise.all([...first, third]));
});

for (const [how, reason] of [
  ["close", "GOING_AWAY"],
  ["drain", "GOING_AWAY"],
] as const) {
  test(`a server that is told to ${how} lets nobody in who is judged`, async () => {
    const world = new World();
    const desk = new Desk();
    const server = await world.serve({ admit: desk.admit });
    const connecting = world.connecting();
    await world.settle();
    const ended = how === "close" ? server.close() : server.drain();
    const error = await world.failure(connecting);
    assert.ok(error instanceof EndError && error.reason === reason, String(error));
    assert.ok(desk.last.session.signal.aborted);
    desk.last.answer({ principal: "ann" });
    await world.until(ended, 10_000);
    assert.equal([...server.sessions()], []);
    assert.is(timersOf(world.clock).size, 0);
  });
}

test("a principal that is revoked while it is judged is not let in", async () => {
  const world = new World();
  const desk = new Desk();
  const server = await world.serve({ admit: desk.admit });
  const [ann, ben] = [world.connecting(), world.connecting()];
  await world.settle();
  assert.is(server.revoke("ann", "gone"), 0);
  desk.asked[0]!.answer({ principal: "ann" });
  desk.asked[1]!.answer({ principal: "ben" });
  const error = await world.failure(ann);
  assert.ok(error instanceof EndError && error.reason === "REVOKED", String(error));
  assert.match(error.message, /gone/);
  await world.until(ben);
  assert.equal(
    Array.from(server.sessions(), ({ principal }) => principal.id),
    ["ben"],
  );
});

test("credentials of more than 8,192 bytes are refused where they are given", async () => {
  const world = new World();
  await world.serve({ admit: () => ({ principal: "ann" }) });
  for (const credentials of ["é".repeat(4_097), new Uint8Array(8_193), () => "x".repeat(8_193)])
    assert.match(
      String(await world.failure(world.connecting({ credentials }))),
      /TypeError: connect: credentials of 819[34] bytes; at most 8192/,
    );
  assert.match(
    String(await world.failure(world.connecting({ credentials: 7 as never }))),
    /TypeError: connect: `credentials` is a string, a Uint8Array/,
  );
  await world.connect({ credentials: "x".repeat(8_192) });
});

test("credentials come from a function, which may take its time, and whose failure is connect's", async () => {
  const world = new World();
  await world.serve({ admit: admitByText(() => world.clock.wallNow()) });
  const reasons: string[] = [];
  const provide =
    (credentials: string) =>
    async ({ reason }: { readonly reason: string }) => {
      reasons.push(reason);
      await new Promise<void>((resolve) => void world.clock.setTimer(3_000, resolve));
      return credentials;
    };
  const client = await world.until(world.connecting({ credentials: provide("ann") }), 3_010);
  assert.ok(await world.answers(client));
  const failing = async (): Promise<string> => {
    throw new RangeError("no token");
  };
  assert.match(String(await world.failure(world.connecting({ credentials: failing }))), /RangeError: no token/);
  assert.equal(reasons, ["connect"]);
});

test("a function that never gives credentials is given up, and told so", async () => {
  const world = new World();
  await world.serve({ admit: () => ({ principal: "ann" }) });
  let signal: AbortSignal | undefined;
  const credentials = (request: { readonly signal: AbortSignal }): Promise<string> => {
    ({ signal } = request);
    return new Promise(() => {});
  };
  const error = await world.failure(world.connecting({ credentials, handshakeTimeoutMs: 4_000 }), 4_010);
  assert.ok(error instanceof EndError && error.reason === "HANDSHAKE_TIMEOUT", String(error));
  assert.match(error.message, /`credentials` gave none within 4000 ms/);
  assert.ok(signal!.aborted);
});

test("options that are no counts are refused", async () => {
  for (const options of [{ admitTimeoutMs: 0 }, { admissionsUnderWay: 1.5 }])
    assert.match(String(await new World().serve(options).catch((error: unknown) => error)), /TypeError: admi/);
});

test("whose time passes while it describes its services is not let in", async () => {
  const world = new World();
  const begun: string[] = [];
  const server = await world.serve({
    admit: () => ({ principal: "ann", expiresAt: new Date(world.clock.wallNow() + 1_000) }),
    onSession: ({ id }) => void begun.push(id),
  });
  const told: string[] = [];
  (async () => {
    for await (const { type } of server.status()) told.push(type);
  })();
  const older = edited(Probe, "1.0.0", retyped("Echo", 2, FieldType.DOUBLE));
  const { fingerprint, release } = older[serviceInfo].schema;
  const raw = await rawClient(world, { hello: false });
  const hello = { protocol: 1, limits: limitsToWire(defaultLimits), anonymous: true };
  await raw.send(
    frame(FrameType.CLIENT_HELLO, message(ClientHello, { ...hello, roots: fromHex(release.root), services: fromHex(fingerprint) })),
  );
  assert.is(raw.ofType(FrameType.DESCRIBE).length, 1);
  await world.settle(1_500);
  await raw.send(frame(FrameType.DESCRIPTIONS, message(Schemas, { services: [descriptionBytes(older)], versions: ["1.0.0"] })));
  assert.equal([raw.closed?.reason, raw.ofType(FrameType.WELCOME).length], ["CREDENTIALS_EXPIRED", 0]);
  assert.equal([begun, told, [...server.sessions()]], [[], ["listening", "connection_failed"], []]);
});

test.run();
