import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Lobby, Player } from "../../../../generated/example/lobby/v1/lobby.ts";
import { Probe } from "../../../../generated/example/probe/v1/probe.ts";
import { SchemaMismatch, Schemas, type SchemasInit } from "../../../../generated/zserver/protocol/v1/negotiation.ts";
import { FieldType } from "../../../../generated/zserver/protocol/v1/schema.ts";
import { ClientHello, Failure, Resume, Welcome } from "../../../../generated/zserver/protocol/v1/session.ts";
import { fromHex } from "../../../../runtime/bytes/hex.ts";
import { implement } from "../../../../runtime/command/handlers.ts";
import { codeNumbers } from "../../../../runtime/errors/code.ts";
import { decode } from "../../../../runtime/schema/codec.ts";
import { type ServiceType, serviceInfo } from "../../../../runtime/schema/service-type.ts";
import { FrameType } from "../../../../runtime/session/frame.ts";
import { RESUME_SECRET_LABEL } from "../../../../runtime/session/resume-secrets.ts";
import { defaultLimits, limitsToWire } from "../../../../runtime/session/limits.ts";
import { probe } from "../../../support/command/probe.ts";
import { descriptionBytes, edited, retyped, without } from "../../../support/schema/edited.ts";
import { frame, join, message } from "../../../support/session/frames.ts";
import { introduce, Kind, request } from "../../../support/session/probe-frames.ts";
import { type RawPeer, rawClient, rawServer } from "../../../support/session/raw-peer.ts";
import { World } from "../../../support/session/world.ts";

const { CLIENT_HELLO, DESCRIBE, DESCRIPTIONS, WELCOME, COMPARE, COMPARED, CREDENTIALS, RESUME, RESUMED } = FrameType;
const test = suite("command/schema/hostile");

const older = edited(Probe, "1.0.0", retyped("Echo", 2, FieldType.DOUBLE));
const other = edited(Probe, "0.9.0", without("Weigh"));
const fingerprint = (service: ServiceType): Uint8Array => fromHex(service[serviceInfo].schema.fingerprint);
const root = (service: ServiceType): Uint8Array => fromHex(service[serviceInfo].schema.release.root);

interface Named {
  readonly roots?: readonly Uint8Array[];
  readonly services?: readonly Uint8Array[];
}

const hello = ({ roots = [root(older)], services = [fingerprint(older)] }: Named = {}): Uint8Array =>
  frame(
    CLIENT_HELLO,
    message(ClientHello, {
      protocol: 1,
      limits: limitsToWire(defaultLimits),
      anonymous: true,
      roots: join(...roots),
      services: join(...services),
    }),
  );
const descriptions = (...services: readonly ServiceType[]): Uint8Array =>
  frame(DESCRIPTIONS, message(Schemas, { services: services.map(descriptionBytes), versions: ["1.0.0"] }));
const compare = (service: ServiceType, bytes: Uint8Array = descriptionBytes(service)): Uint8Array =>
  frame(COMPARE, message(Schemas, { services: [bytes] }));
const compared = (): Uint8Array => frame(COMPARED, message(Schemas, {}));

/** What a client may not say of its schemas. */
const clients: Readonly<Record<string, readonly Uint8Array[]>> = {
  "half a root": [hello({ roots: [new Uint8Array(8)] })],
  "17 roots": [hello({ roots: Array.from({ length: 17 }, (_, index) => new Uint8Array(16).fill(index)) })],
  "half a fingerprint": [hello({ services: [new Uint8Array(7)] })],
  "513 services": [hello({ services: Array.from({ length: 513 }, (_, index) => Uint8Array.of(index >> 8, index, 0, 0, 0, 0, 0, 0)) })],
  "a service twice": [hello({ services: [fingerprint(older), fingerprint(older)] })],
  "a description under another's fingerprint": [hello(), descriptions(other)],
  "a description that nobody asked for": [hello(), descriptions(older, other)],
  "too few descriptions": [hello(), descriptions()],
  "two versions of a service": [hello({ services: [fingerprint(older), fingerprint(other)] }), descriptions(older, other)],
  "descriptions when nothing was asked": [hello({ services: [fingerprint(Probe)] }), descriptions(older)],
  "its descriptions before its hello": [descriptions(older)],
  "its descriptions twice": [hello(), join(descriptions(older), descriptions(older))],
  "its descriptions again when its session is open": [hello(), descriptions(older), descriptions(older)],
  "something else than descriptions": [hello(), frame(CREDENTIALS)],
  "a command behind its descriptions": [hello(), join(descriptions(older), request(1, introduce("Echo", Kind.UNARY)))],
  "a description that is none": [
    hello({ services: [Uint8Array.from([0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14])] }),
    frame(DESCRIPTIONS, message(Schemas, { services: [Uint8Array.of(8, 8, 8)] })),
  ],
  "the version of a release of 129 characters": [
    hello(),
    frame(DESCRIPTIONS, message(Schemas, { services: [descriptionBytes(older)], versions: ["1".repeat(129)] })),
  ],
  "a comparison of two services": [
    hello(),
    descriptions(older),
    frame(COMPARE, message(Schemas, { services: [Lobby, Probe].map(descriptionBytes) })),
  ],
  "a second comparison of a service": [hello({ roots: [], services: [] }), compare(older), compare(other)],
  "a comparison of none": [hello(), descriptions(older), frame(COMPARE)],
  "a comparison of what is no description": [hello(), descriptions(older), compare(Lobby, Uint8Array.of(255))],
  "what only a server sends": [hello(), descriptions(older), compared()],
};

for (const [name, frames] of Object.entries(clients)) {
  test(`a client that sends ${name} loses its session, and nobody else does`, async () => {
    const world = new World();
    const server = await world.serve();
    const honest = await world.connect();
    const raw = await rawClient(world, { hello: false });
    for (const each of frames) await raw.send(each);
    assert.is(raw.closed?.reason, "PROTOCOL_ERROR");
    assert.ok(await world.answers(honest));
    assert.is([...server.sessions()].length, 1);
    assert.equal(world.log, []);
    await world.until(server.close(), 10_000);
  });
}

test("a server that answers for a service that was not compared loses the session", async () => {
  const world = new World();
  const raws = rawServer(world, {}, false);
  const connecting = world.connecting({ handlers: [] });
  await world.settle();
  await raws[0]!.send(welcome({ roots: root(older) }));
  const client = await world.until(connecting);
  client.use(Probe);
  await world.settle();
  await raws[0]!.send(frame(COMPARED, message(Schemas, { absent: fingerprint(Lobby) })));
  assert.is((await world.until(client.closed)).reason, "PROTOCOL_ERROR");
});

test("more comparisons than 512 end the session", async () => {
  const world = new World();
  const server = await world.serve();
  const raw = await rawClient(world);
  const named = (index: number): ServiceType =>
    edited(Lobby, "1.0.0", (description) => ({ ...description, name: `example.${index}`, commands: [], messages: [], enums: [] }));
  await raw.send(...Array.from({ length: 512 }, (_, index) => compare(named(index))));
  assert.is(raw.closed, undefined);
  assert.is(raw.ofType(COMPARED).length, 512);
  await raw.send(compare(named(512)));
  assert.is(raw.closed?.reason, "PROTOCOL_ERROR");
  await world.until(server.close(), 10_000);
});

for (const [where, act] of Object.entries({
  "behind the wish to resume": async (raw: RawPeer, wish: Uint8Array) => raw.send(join(wish, descriptions(older))),
  "in a session that was resumed": async (raw: RawPeer, wish: Uint8Array) => {
    await raw.send(wish);
    assert.is(raw.ofType(RESUMED).length, 1);
    assert.is(raw.ofType(DESCRIBE).length, 0);
    await raw.send(descriptions(older));
  },
})) {
  test(`a client that describes a service ${where} loses its connection`, async () => {
    const world = new World();
    const server = await world.serve({ retentionMs: 300_000 });
    const first = await rawClient(world, { hello: false });
    await first.send(hello());
    await first.send(descriptions(older));
    const [session] = server.sessions();
    const before = session!.peerSchema;
    const secret = first.channel.exporter(RESUME_SECRET_LABEL);
    const raw = await rawClient(world, { hello: false });
    await act(raw, frame(RESUME, message(Resume, { protocol: 1, session: fromHex(session!.id), secret, attempt: 1n, accepted: [0n] })));
    assert.is(raw.closed?.reason, "PROTOCOL_ERROR");
    assert.equal(session!.peerSchema, before);
    await world.until(server.close(), 10_000);
  });
}

test("a client that never describes what it named has the time of its hello, and no session", async () => {
  const world = new World();
  const server = await world.serve({ handshakeTimeoutMs: 4_000 });
  const raw = await rawClient(world, { hello: false });
  await raw.send(hello());
  assert.is(raw.ofType(DESCRIBE).length, 1);
  assert.is([...server.sessions()].length, 0);
  await world.settle(3_999);
  assert.is(raw.closed, undefined);
  await world.settle(1);
  assert.is(raw.closed?.reason, "HANDSHAKE_TIMEOUT");
  await world.until(server.close(), 10_000);
});

test("a server that closes, and one that revokes the client, ends also those that still describe", async () => {
  for (const end of ["close", "revoke"] as const) {
    const world = new World();
    const server = await world.serve({ admit: () => ({ principal: "alice" }) });
    const raw = await rawClient(world, { hello: false });
    await raw.send(hello());
    if (end === "revoke") assert.is(server.revoke("alice"), 1);
    await world.until(server.close(), 10_000);
    assert.is(raw.closed?.reason, end === "close" ? "GOING_AWAY" : "REVOKED");
  }
});

test("a client that was not admitted learns nothing of a server's services", async () => {
  const world = new World();
  const server = await world.serve({
    admit: () => {
      throw new Error("no");
    },
    log() {},
  });
  const raw = await rawClient(world, { hello: false });
  await raw.send(hello());
  assert.equal(
    raw.frames.map(({ type }) => type),
    [FrameType.CLOSE],
  );
  await world.until(server.close(), 10_000);
});

test("a command that is not mutually readable is refused without being decoded, and its failure says why", async () => {
  const world = new World();
  let handled = 0;
  const server = await world.serve({ handlers: [probe({ echo: () => ({ number: ++handled }) })] });
  const raw = await rawClient(world, { hello: false });
  await raw.send(hello());
  await raw.send(descriptions(older));
  await raw.send(request(1, introduce("Echo", Kind.UNARY), Uint8Array.of(255, 255)));
  const failure = decode(Failure, raw.ofType(FrameType.FAIL)[0]!.body.slice(1));
  assert.is(failure.code, codeNumbers.SCHEMA_MISMATCH);
  const detail = decode(SchemaMismatch, failure.details[0]!.value);
  assert.is(detail.command, "example.probe.v1.Probe/Echo");
  assert.is(detail.field, "2");
  assert.is(detail.peerVersion, "1.0.0");
  assert.is(handled, 0);
  await world.until(server.close(), 10_000);
});

test("of a service that only one side can call, only those calls are judged", async () => {
  const world = new World();
  const server = await world.serve({ services: [Lobby, Player] });
  const changed = [
    edited(Lobby, "1.0.0", retyped("Join", 1, FieldType.DOUBLE)),
    edited(Player, "1.0.0", retyped("Heard", 1, FieldType.DOUBLE)),
  ];
  const raw = await rawClient(world, { hello: false });
  await raw.send(hello({ services: changed.map(fingerprint) }));
  await raw.send(descriptions(...changed));
  const { refused, avoided } = decode(Welcome, raw.ofType(WELCOME)[0]!.body).schemas!;
  assert.equal(
    [refused, avoided].map((list) => list.map(({ command }) => command)),
    [["example.lobby.v1.Lobby/Join"], ["example.lobby.v1.Player/Heard"]],
  );
  await world.until(server.close(), 10_000);
});

test("a description that was given is not asked for again, and a false one is not remembered", async () => {
  const world = new World();
  const server = await world.serve();
  const liar = await rawClient(world, { hello: false });
  await liar.send(hello());
  await liar.send(descriptions(other));
  for (const asked of [1, 0]) {
    const raw = await rawClient(world, { hello: false });
    await raw.send(hello());
    assert.is(raw.ofType(DESCRIBE).length, asked);
    if (asked > 0) await raw.send(descriptions(older));
    assert.is(raw.ofType(WELCOME).length, 1);
  }
  await world.until(server.close(), 10_000);
});

/** What a server may not say of its schemas. */
const servers: Readonly<Record<string, (raw: RawPeer) => Promise<void>>> = {
  "a DESCRIBE of what was not named": (raw) => raw.send(frame(DESCRIBE, fingerprint(older))),
  "a DESCRIBE of half a fingerprint": (raw) => raw.send(frame(DESCRIBE, fingerprint(Probe).slice(1))),
  "a second DESCRIBE": async (raw) => {
    await raw.send(frame(DESCRIBE, fingerprint(Probe)));
    assert.is(raw.ofType(DESCRIPTIONS).length, 1);
    await raw.send(frame(DESCRIBE, fingerprint(Probe)));
  },
  "an absent service that was not named": (raw) => raw.send(welcome({ absent: fingerprint(older) })),
  "half a fingerprint of an absent service": (raw) => raw.send(welcome({ absent: new Uint8Array(7) })),
  "a root of 15 bytes": (raw) => raw.send(welcome({ roots: new Uint8Array(15) })),
};
const welcome = (schemas: SchemasInit): Uint8Array => frame(WELCOME, message(Welcome, { protocol: 1, schemas }));

for (const [name, act] of Object.entries(servers)) {
  test(`a server that sends ${name} gets no session`, async () => {
    const world = new World();
    const raws = rawServer(world, {}, false);
    const connecting = world.connecting({ handlers: [], services: [Probe] });
    await world.settle();
    await act(raws[0]!);
    const error = (await world.failure(connecting, 30_000)) as { reason: string };
    assert.is(error.reason, "PROTOCOL_ERROR");
    assert.is(raws[0]!.closed?.reason, "PROTOCOL_ERROR");
  });
}

test("a server that lives and never compares a service has its time; then the session ends", async () => {
  const world = new World();
  const raws = rawServer(world, {}, false);
  const connecting = world.connecting({ handlers: [], handshakeTimeoutMs: 1_000, livenessTimeoutMs: 500, sendTimeoutMs: 60_000 });
  await world.settle();
  await raws[0]!.send(welcome({ roots: root(older) }));
  const client = await world.until(connecting);
  const call = client.use(Probe).echo({});
  call.catch(() => {});
  await world.settle();
  await raws[0]!.send(frame(FrameType.ACK, 0, 1));
  for (let hundreds = 0; hundreds < 11; hundreds++) {
    await world.settle(100);
    await raws[0]!.send(frame(FrameType.PADDING));
  }
  assert.is(client.state, "open");
  assert.is(raws[0]!.ofType(COMPARE).length, 1);
  assert.is(raws[0]!.ofType(FrameType.REQUEST).length, 0);
  await raws[0]!.send(frame(FrameType.PONG, raws[0]!.ofType(FrameType.PING).length));
  assert.is((await client.closed).reason, "PROTOCOL_ERROR");
  assert.is(((await world.failure(call)) as { code: string }).code, "SESSION_LOST");
});

for (const [what, sent] of Object.entries({ "an answer that nobody asked for": compared(), "what only a client sends": compare(Lobby) })) {
  test(`a server that sends ${what} in a session loses it`, async () => {
    const world = new World();
    const raws = rawServer(world);
    const client = await world.connect({ handlers: [] });
    await raws[0]!.send(sent);
    assert.is((await world.until(client.closed)).reason, "PROTOCOL_ERROR");
  });
}

test("a server that tells nothing of its schemas vouches for what is called", async () => {
  const world = new World();
  const raws = rawServer(world);
  const connecting = world.connecting({ handlers: [] });
  const client = await world.until(connecting);
  client
    .use(Probe)
    .echo({})
    .catch(() => {});
  await world.settle();
  assert.is(raws[0]!.ofType(COMPARE).length, 0);
  assert.is(raws[0]!.ofType(FrameType.REQUEST).length, 1);
  assert.ok(client.supports(Probe.commands.echo));
  await client.close();
});

test("handlers of a program are what it describes, also to a server that calls none of them", async () => {
  const world = new World();
  const server = await world.serve({ handlers: [] });
  const client = await world.connect({ handlers: [implement(older, probe().handlers as never)] });
  assert.is([...server.sessions()].length, 1);
  assert.is(
    client.peerSchema.services[0]!.commands.every(({ ok }) => !ok),
    true,
  );
  await world.until(server.close(), 10_000);
});

test.run();
