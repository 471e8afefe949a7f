import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Crowd, Probe, type ProbeProxy, Text } from "../../../generated/example/probe/v1/probe.ts";
import { Failure, Failure_Outcome } from "../../../generated/zserver/protocol/v1/session.ts";
import { codeNumbers } from "../../../runtime/errors/code.ts";
import { CommandError, type Outcome } from "../../../runtime/errors/command-error.ts";
import { decode, encode } from "../../../runtime/schema/codec.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import type { Limits } from "../../../runtime/session/limits.ts";
import { collect, probe } from "../../support/command/probe.ts";
import { message } from "../../support/session/frames.ts";
import { introduce, item, Kind, known, oneWay, request, text } from "../../support/session/probe-frames.ts";
import { type RawPeer, rawClient } from "../../support/session/raw-peer.ts";
import { World } from "../../support/session/world.ts";

const many = (count: number, make: (index: number) => Uint8Array): Uint8Array[] => Array.from({ length: count }, (_, index) => make(index));
const first = (index: number, method: string, kind: number) => (index === 0 ? introduce(method, kind) : known(1));

interface Case {
  readonly limits: Partial<Limits>;
  /** Sends what is just allowed, or one more. */
  readonly send: (raw: RawPeer, more: 0 | 1) => Promise<void>;
}

/** Limits that a receiver holds a peer to which ignores them. Its handlers never end, and its streams are never read. */
const enforced: Readonly<Record<string, Case>> = {
  "messageBytes (of the frame that holds it)": {
    limits: { messageBytes: 1_000 },
    // The id, the number, the flags and the timeout take a byte each; 1,024 are allowed for all of that and a name.
    send: (raw, more) =>
      raw.send(request(1, introduce("Echo", Kind.UNARY)), request(3, known(1), new Uint8Array(2_024 - 4 + more).fill(8))),
  },
  commandsInFlight: {
    limits: { commandsInFlight: 3 },
    send: (raw, more) => raw.send(...many(3 + more, (index) => request(1 + 2 * index, first(index, "Later", Kind.UNARY)))),
  },
  streams: {
    limits: { streams: 2 },
    send: (raw, more) => raw.send(...many(2 + more, (index) => request(1 + 2 * index, first(index, "Up", Kind.UP)))),
  },
  commandNames: {
    limits: { commandNames: 3 },
    send: (raw, more) => raw.send(...many(3 + more, (index) => oneWay([0, `name ${index}`, 1]))),
  },
  queuedCommands: {
    limits: { queuedCommands: 8 },
    // The first starts, which is not enough for new credit; it holds all others back.
    send: (raw, more) => raw.send(...many(8 + more, (index) => oneWay(first(index, "NoteInTurn", Kind.ONE_WAY)))),
  },
  queuedBytes: {
    limits: { queuedBytes: 1_000 },
    send: (raw, more) =>
      raw.send(
        oneWay(introduce("NoteInTurn", Kind.ONE_WAY)),
        oneWay(known(1), text({ text: "x".repeat(900) })),
        oneWay(known(1), text({ text: "x".repeat(900) })),
        ...many(more, () => oneWay(known(1))),
      ),
  },
  streamItems: {
    limits: { streamItems: 4 },
    send: (raw, more) => raw.send(request(1, introduce("Up", Kind.UP)), ...many(4 + more, () => item(1))),
  },
  streamBytes: {
    limits: { streamBytes: 100 },
    send: (raw, more) => raw.send(request(1, introduce("Up", Kind.UP)), ...many(2 + more, () => item(1, text({ text: "x".repeat(90) })))),
  },
};

async function hold(limits: Partial<Limits>): Promise<{ readonly world: World; readonly raw: RawPeer }> {
  const never = (): Promise<never> => new Promise(() => {});
  const world = new World();
  await world.serve({ limits, handlers: [probe({ up: never, noteInTurn: never })] });
  return { world, raw: await rawClient(world) };
}

const test = suite("session/limits at N and at N+1, from a peer that ignores them");

for (const [name, { limits, send }] of Object.entries(enforced)) {
  test(`${name}: what it allows passes`, async () => {
    const { raw } = await hold(limits);
    await send(raw, 0);
    assert.is(raw.closed, undefined, raw.closed?.message);
  });
  test(`${name}: one more ends the session`, async () => {
    const { raw } = await hold(limits);
    await send(raw, 1);
    assert.is(raw.closed?.reason, "PROTOCOL_ERROR");
  });
}

test("decodeElements: a peer that ignores it gets a typed failure, and the session goes on", async () => {
  const { raw } = await hold({ decodeElements: 10 });
  const crowd = (count: number) => message(Crowd, { members: Array.from({ length: count }, () => ({})) });
  await raw.send(request(1, introduce("Count", Kind.UNARY), crowd(10)), request(3, known(1), crowd(11)));
  const [ok, refused] = raw.frames.filter(({ type }) => type === FrameType.REPLY || type === FrameType.FAIL);
  assert.is(ok?.type, FrameType.REPLY);
  assert.is(refused?.type, FrameType.FAIL);
  const { code, outcome, message: told } = decode(Failure, refused!.body.subarray(1));
  assert.equal([code, outcome], [codeNumbers.RESOURCE_EXHAUSTED, Failure_Outcome.NOT_RUN]);
  assert.match(told, /decodeElements/);
  assert.is(raw.closed, undefined);
});

/** Both directions: the limit is that of the handler's side, whichever that is. */
async function bothWays(
  limits: { readonly handler?: Partial<Limits>; readonly caller?: Partial<Limits> },
  handlers: Parameters<typeof probe>[0],
  run: (world: World, calls: ProbeProxy) => Promise<void>,
): Promise<void> {
  for (const up of [true, false]) {
    const world = new World();
    const server = await world.serve({ limits: (up ? limits.handler : limits.caller) ?? {}, handlers: [probe(handlers)] });
    const client = await world.connect({ limits: (up ? limits.caller : limits.handler) ?? {}, handlers: [probe(handlers)] });
    const [session] = server.sessions();
    await run(world, (up ? client : session!).use(Probe));
    assert.is(client.state, "open", "the session goes on");
  }
}

function exhausted(error: unknown, outcome: Outcome, message: RegExp): void {
  assert.ok(CommandError.is(error), String(error));
  assert.equal([error.code, error.outcome], ["RESOURCE_EXHAUSTED", outcome], error.message);
  assert.match(error.message, message);
}

test("decodeElements: a request that holds more objects than the peer takes fails before its handler, with a typed error", () =>
  bothWays({ handler: { decodeElements: 10 } }, {}, async (world, calls) => {
    const members = Array.from({ length: 5 }, () => ({}));
    assert.is((await world.until(calls.count({ members }))).number, 5);
    const error = await world.failure(calls.count({ members: [...members, ...members, {}] }));
    exhausted(error, "NOT_RUN", /decodeElements/);
    assert.is((error as CommandError).command, "example.probe.v1.Probe/Count");
  }));

test("messageBytes: a reply and an item above the caller's limit fail their command, and say so", () => {
  const of = (bytes: number) => ({ text: "x".repeat(Math.max(0, bytes - 3)) });
  const handlers: Parameters<typeof probe>[0] = {
    echo: ({ number }) => of(number),
    *down({ number }) {
      yield of(number);
    },
  };
  return bothWays({ caller: { messageBytes: 1_000 } }, handlers, async (world, calls) => {
    assert.is(encode(Text, await world.until(calls.echo({ number: 1_000 }))).length, 1_000);
    assert.is((await world.until(collect(calls.down({ number: 1_000 })))).length, 1);
    const told = /1001 bytes; the limit messageBytes is 1000/;
    exhausted(await world.failure(calls.echo({ number: 1_001 })), "MAY_HAVE_RUN", told);
    exhausted(await world.failure(collect(calls.down({ number: 1_001 }))), "MAY_HAVE_RUN", told);
  });
});

test("parkedReplies: one beyond them fails, and an answered one frees its place", async () => {
  const tokens: string[] = [];
  const later: NonNullable<Parameters<typeof probe>[0]>["later"] = (_request, context) => {
    const reply = context.defer();
    tokens.push(reply.token);
    return reply;
  };
  const world = new World();
  const server = await world.serve({ limits: { parkedReplies: 2 }, handlers: [probe({ later })] });
  const calls = (await world.connect()).use(Probe);
  const parked = [calls.later({}), calls.later({})];
  await world.settle();
  exhausted(
    await world.failure(calls.later({})),
    "MAY_HAVE_RUN",
    /Probe\/Later: 2 replies of this session are parked; the limit parkedReplies is 2/,
  );
  await server.reply(Probe.commands.later, tokens[0]!, { text: "done" });
  assert.is((await world.until(parked[0]!)).text, "done");
  const third = calls.later({});
  await world.settle();
  assert.is(tokens.length, 3);
  for (const token of tokens.slice(1)) await server.reply(Probe.commands.later, token, {});
  await world.until(Promise.all([parked[1], third]));
});

test("streamBudgetBytes: an item beyond what may wait for readers fails its command, the others go on", async () => {
  const limits = { streams: 3, streamBytes: 100, streamBudgetBytes: 300 };
  const large = { text: "x".repeat(200) };
  const told = /stream items wait for their readers in this session; the limit streamBudgetBytes is 300/;
  const gates: (() => void)[] = [];
  const up: NonNullable<Parameters<typeof probe>[0]>["up"] = async (items, { signal }) => {
    await new Promise<void>((resolve, reject) => {
      gates.push(resolve);
      signal.addEventListener("abort", () => reject(signal.reason));
    });
    let number = 0;
    for await (const _ of items) number++;
    return { number };
  };
  await bothWays({ handler: limits }, { up }, async (world, calls) => {
    const first = [calls.up([large]), calls.up([large])];
    await world.settle();
    exhausted(await world.failure(calls.up([large])), "MAY_HAVE_RUN", told);
    for (const open of gates) open();
    for (const { number } of await world.until(Promise.all(first))) assert.is(number, 1);
  });
  const down = async function* (): AsyncGenerator<{ readonly text: string }> {
    yield large;
    await new Promise(() => {});
  };
  await bothWays({ caller: limits }, { down }, async (world, calls) => {
    const [first, , third] = [calls.down({}), calls.down({}), calls.down({})].map((items) => items[Symbol.asyncIterator]());
    await world.settle();
    exhausted(await world.failure(third!.next()), "MAY_HAVE_RUN", told);
    assert.is((await world.until(first!.next())).value.text.length, 200);
  });
});

test("an honest caller meets no limit of a busy handler: it waits, and everything is answered in the end", async () => {
  const tight: Partial<Limits> = {
    queuedCommands: 2,
    queuedBytes: 300,
    streamItems: 2,
    streamBytes: 200,
    outboxBytes: 400,
    messageBytes: 150,
    streams: 50,
  };
  await bothWays({ handler: tight, caller: tight }, {}, async (world, calls) => {
    const message = { text: "x".repeat(100) };
    const replies = Promise.all([
      ...Array.from({ length: 3 }, () => calls.echo(message)),
      ...Array.from({ length: 2 }, () => collect(calls.both(Array.from({ length: 20 }, () => message)))),
    ]);
    const settled = await world.until(replies, 4_000);
    assert.equal(settled[0], { ...message, number: 0 });
    assert.equal((settled[4] as unknown[]).length, 20);
  });
});

test.run();
