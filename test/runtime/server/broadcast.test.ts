import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Lobby } from "../../../generated/example/lobby/v1/lobby.ts";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import { FieldType } from "../../../generated/zserver/protocol/v1/schema.ts";
import type { Client } from "../../../runtime/client.ts";
import { implement } from "../../../runtime/command/handlers.ts";
import type { Interceptor } from "../../../runtime/command/interceptor.ts";
import type { Peer } from "../../../runtime/command/peer.ts";
import type { Session, SessionStatus } from "../../../runtime/command/session-type.ts";
import type { BroadcastResult } from "../../../runtime/server/broadcast.ts";
import { assertError } from "../../support/command/assert-error.ts";
import { probe } from "../../support/command/probe.ts";
import { edited, retyped, without } from "../../support/schema/edited.ts";
import { CutWorld } from "../../support/session/resuming.ts";

const none: BroadcastResult = { sent: 0, skipped: 0, full: 0, unsupported: 0, overLimit: 0, detached: 0, ended: 0 };
type Connect = Parameters<CutWorld["connect"]>[0];

/** A server and clients that note what starts at each, whatever the command. */
class Room extends CutWorld {
  readonly heard: number[][] = [];
  readonly clients: Client[] = [];
  /** Nobody gets to the server. */
  offline = false;

  constructor() {
    super();
    const { dial } = this.network;
    (this.network as { dial: typeof dial }).dial = (name) => (this.offline ? Promise.reject(new Error("offline")) : dial(name));
  }

  /** All connections are lost, and there are no others until {@link online}. */
  async goOffline(): Promise<void> {
    this.offline = true;
    for (const transport of this.dialled) transport.destroy();
    await this.settle();
  }

  async goOnline(): Promise<void> {
    this.offline = false;
    await this.settle(60_000);
  }

  async join(count: number, options: Connect = {}): Promise<void> {
    for (let index = 0; index < count; index++) {
      const heard: number[] = [];
      this.heard.push(heard);
      const note = ({ number }: { readonly number: number }): void => void heard.push(number);
      const handlers = [probe({ note, blip: note, noteHigh: note, noteBulk: note, noteInTurn: note })];
      this.clients.push(await this.connect({ retentionMs: 300_000, handlers, ...options }));
    }
  }
}

async function room(count: number, options: Connect = {}, serve: Parameters<Room["serve"]>[0] = {}) {
  const world = new Room();
  const server = await world.serve({ retentionMs: 300_000, ...serve });
  await world.join(count, options);
  return { world, server };
}

const test = suite("server/broadcast");

test("all sessions get it, or those of a list, a group, or those that a function chooses", async () => {
  const { world, server } = await room(3);
  const [first, second, third] = [...server.sessions()] as [Session, Session, Session];
  const group = server.group();
  group.join(third);
  assert.equal(server.broadcast(Probe).note({ number: 1 }), { ...none, sent: 3 });
  assert.equal(server.broadcast(Probe, [first, second]).note({ number: 2 }), { ...none, sent: 2 });
  assert.equal(server.broadcast(Probe, group).note({ number: 3 }), { ...none, sent: 1 });
  assert.equal(server.broadcast(Probe, (session) => session !== first).note({ number: 4 }), { ...none, sent: 2 });
  await world.settle();
  assert.equal(world.heard, [
    [1, 2],
    [1, 2, 4],
    [1, 3, 4],
  ]);
  assert.is(first.stats().commandsSent, 2);
});

test("who gets it is looked at anew by each call of a proxy that is kept", async () => {
  const { world, server } = await room(1);
  const everybody = server.broadcast(Probe);
  everybody.note({ number: 1 });
  await world.join(1);
  everybody.note({ number: 2 });
  await world.settle();
  assert.equal(world.heard, [[1, 2], [2]]);
});

test("it starts in its place among what is sent to one session alone, whatever names that session knows", async () => {
  const { world, server } = await room(2);
  const [first] = server.sessions();
  // In one of the two sessions the command's number is another.
  first!.use(Probe).noteInTurn({ number: 0 });
  await world.settle();
  for (let number = 1; number < 40; number++) {
    if (number % 3 === 0) first!.use(Probe).noteInTurn({ number });
    else server.broadcast(Probe).note({ number });
    if (number % 7 === 0) await world.settle();
  }
  await world.settle();
  assert.equal(
    world.heard[0],
    Array.from({ length: 40 }, (_, number) => number),
  );
  assert.equal(
    world.heard[1],
    world.heard[0]!.filter((number) => number % 3 !== 0),
  );
});

test("it travels in the class of its command", async () => {
  const { world, server } = await room(2);
  server.broadcast(Probe).noteBulk({ number: 1, text: "x".repeat(100_000) });
  server.broadcast(Probe).noteHigh({ number: 2 });
  await world.settle();
  for (const heard of world.heard) assert.equal(heard, [2, 1]);
});

test("a session without a connection gets it when it goes on; a volatile one leaves it out", async () => {
  const { world, server } = await room(1);
  await world.goOffline();
  for (let number = 1; number < 6; number++) assert.equal(server.broadcast(Probe).note({ number }), { ...none, sent: 1 });
  assert.equal(server.broadcast(Probe).blip({ number: 9 }), { ...none, skipped: 1, detached: 1 });
  await world.goOnline();
  assert.equal(world.heard, [[1, 2, 3, 4, 5]]);
  assert.is([...server.sessions()][0]!.stats().volatileDropped, 1);
  assert.equal(server.broadcast(Probe).blip({ number: 6 }), { ...none, sent: 1 });
  await world.settle();
  assert.equal(world.heard, [[1, 2, 3, 4, 5, 6]]);
});

test("what was on its way when the connection was lost arrives once", async () => {
  const { world, server } = await room(1);
  for (let number = 0; number < 30; number++) {
    server.broadcast(Probe).note({ number });
    if (number % 10 === 3) world.cutAfterTurn();
    await world.settle(number % 10 === 5 ? 2_000 : 0);
  }
  await world.settle(2_000);
  assert.equal(
    world.heard[0],
    Array.from({ length: 30 }, (_, number) => number),
  );
});

test("one whose time passes without a connection does not start, and is told as a failed one-way", async () => {
  const { world, server } = await room(1);
  const [session] = server.sessions();
  const told: SessionStatus[] = [];
  (async () => {
    for await (const status of session!.status()) told.push(status);
  })();
  await world.goOffline();
  server.broadcast(Probe).note({ number: 1 }, { timeoutMs: 1_000 });
  server.broadcast(Probe).note({ number: 2 });
  await world.settle(1_500);
  await world.goOnline();
  assert.equal(world.heard, [[2]]);
  const failed = told.filter((status) => status.type === "one_way_failed");
  assert.equal(
    failed.map(({ error }) => [error.code, error.outcome]),
    [["DEADLINE_EXCEEDED", "NOT_RUN"]],
  );
});

test("a session that has no room is left out, and what follows is not held up", async () => {
  const { world, server } = await room(2, {}, { limits: { outboxBytes: 200 } });
  const [first] = server.sessions();
  first!.use(Probe).note({ number: 0, text: "x".repeat(300) });
  assert.equal(server.broadcast(Probe).note({ number: 1 }), { ...none, sent: 1, skipped: 1, full: 1 });
  await world.settle(100);
  assert.equal(server.broadcast(Probe).note({ number: 2 }), { ...none, sent: 2 });
  await world.settle();
  assert.equal(world.heard, [
    [0, 2],
    [1, 2],
  ]);
});

test("or ends, where nobody is to miss one of many", async () => {
  const { world, server } = await room(2, {}, { limits: { outboxBytes: 200 } });
  const [first, second] = server.sessions();
  first!.use(Probe).note({ number: 0, text: "x".repeat(300) });
  const result = server.broadcast(Probe, undefined, { onFull: "end" }).note({ number: 1 });
  assert.equal(result, { ...none, sent: 1, skipped: 1, full: 1 });
  assert.equal([first!.state, second!.state], ["ended", "open"]);
  const { reason, message } = await world.until(world.clients[0]!.closed);
  assert.is(reason, "SLOW_PEER");
  assert.match(message, /no room for a broadcast of example\.probe\.v1\.Probe\/Note \(onFull\)/);
  assert.equal(server.broadcast(Probe, [first!, second!]).note({ number: 2 }), { ...none, sent: 1, skipped: 1, ended: 1 });
});

test("who waits for credit is full", async () => {
  const { server } = await room(1, { limits: { queuedCommands: 2 }, handlers: [probe({ turn: () => new Promise<never>(() => {}) })] });
  const [session] = server.sessions();
  session!
    .use(Probe)
    .turn({})
    .catch(() => {});
  assert.is(server.broadcast(Probe).note({}).sent, 1);
  assert.equal(server.broadcast(Probe).note({}), { ...none, skipped: 1, full: 1 });
});

test("a message beyond a client's limits goes to the others", async () => {
  const { world, server } = await room(1);
  await world.join(1, { limits: { messageBytes: 100 } });
  await world.join(1, { limits: { commandNames: 1 } });
  const third = [...server.sessions()][2]!;
  third.use(Probe).noteHigh({ number: 0 });
  assert.equal(server.broadcast(Probe).note({ number: 1, text: "x".repeat(200) }), { ...none, sent: 1, skipped: 2, overLimit: 2 });
  await world.settle();
  assert.equal(world.heard, [[1], [], [0]]);
});

test("a client whose schema lacks the command, or reads it differently, is counted and hears nothing", async () => {
  const server = (description: typeof Probe) => implement(description, probe().handlers as never);
  const heard: number[] = [];
  const client = (description: typeof Probe) =>
    implement(description, probe({ note: ({ number }) => void heard.push(number) }).handlers as never);
  for (const edit of [without("Note"), retyped("Note", 2, FieldType.DOUBLE)]) {
    const options = { handlers: [client(edited(Probe, "1.0.0", edit))] };
    const made = await room(1, options, { handlers: [server(edited(Probe, "2.0.0", (same) => same))] });
    await made.world.join(1, { handlers: [client(edited(Probe, "2.0.0", (same) => same))] });
    for (let count = 0; count < 2; count++)
      assert.equal(made.server.broadcast(Probe).note({ number: 7 }), { ...none, sent: 1, skipped: 1, unsupported: 1 });
    await made.world.settle();
    assert.equal(heard.splice(0), [7, 7]);
    assert.is(made.world.clients[0]!.stats().oneWaysRefused, 0);
  }
});

test("what cannot be encoded, unknown options and wrong audiences throw before anything is sent", async () => {
  const { world, server } = await room(1);
  assertError(
    throwing(() => server.broadcast(Probe).note({ number: 1.5 })),
    "INVALID_ARGUMENT",
    "NOT_RUN",
  );
  for (const message of [undefined, 7])
    assertError(
      throwing(() => server.broadcast(Probe).note(message as never)),
      "INVALID_ARGUMENT",
      "NOT_RUN",
      /Note: .* is not an object with/,
    );
  assertError(
    throwing(() => server.broadcast(Probe).note({}, { timeoutMs: -1 })),
    "INVALID_ARGUMENT",
    "NOT_RUN",
  );
  assert.throws(() => server.broadcast(Probe).note({}, { signal: new AbortController().signal } as never), /unknown option "signal"/);
  assert.throws(() => server.broadcast(Probe, undefined, { full: "skip" } as never), /unknown option "full"/);
  assert.throws(() => server.broadcast(Probe, undefined, { onFull: "wait" as never }), /onFull is "skip" or "end"/);
  assert.throws(() => server.broadcast(Probe, world.clients).note({}), /sessions of this server/);
  assert.throws(() => (server.broadcast(Probe) as never as { echo(text: object): void }).echo({}), /Echo is not one-way/);
  await world.settle();
  assert.equal(world.heard, [[]]);
});

test("interceptors of this side are not run; those of the clients are", async () => {
  const calls: string[] = [];
  const trace =
    (where: string): Interceptor =>
    (call, next) => {
      calls.push(`${where} ${call.command.method}`);
      return next(call);
    };
  const { world, server } = await room(1, { interceptors: [trace("client")] }, { interceptors: [trace("server")] });
  server.broadcast(Probe).note({});
  await world.settle();
  assert.equal(calls, ["client note"]);
});

test("sessions share one frame while it waits for its acknowledgement: those in which the command has the same number", async () => {
  const { world, server } = await room(3);
  const [first, second, third] = [...server.sessions()] as [Session, Session, Session];
  third.use(Probe).noteHigh({ number: 0 });
  third.use(Probe).noteInTurn({ number: 0 });
  server.broadcast(Probe).note({ number: 1 });
  await world.settle(300);
  server.broadcast(Probe).note({ number: 2 });
  await world.goOffline();
  const memory = [first, second, third].map(heldMemory);
  assert.equal(
    memory.map((held) => held.length),
    [1, 1, 1],
  );
  assert.is(memory[0]![0], memory[1]![0]);
  assert.is.not(memory[0]![0], memory[2]![0]);
  await world.goOnline();
  assert.equal(world.heard, [
    [1, 2],
    [1, 2],
    [0, 0, 1, 2],
  ]);
});

test("a session that drains counts as ended, and a service of the server is nothing to broadcast", async () => {
  const { world, server } = await room(2);
  const [first] = server.sessions();
  const draining = first!.drain();
  assert.equal(server.broadcast(Probe).note({ number: 1 }), { ...none, sent: 1, skipped: 1, ended: 1 });
  await world.until(draining);
  assert.throws(() => server.broadcast(Lobby), /clients do not handle example\.lobby\.v1\.Lobby/);
});

/** The memory of what a session has sent in class NORMAL and its peer has not accepted. */
function heldMemory(session: Session): ArrayBufferLike[] {
  const held: ArrayBufferLike[] = [];
  (session as Peer).core.outboxes.normal.replay.replay(0, 0, (_type, bytes) => held.push(bytes.buffer));
  return held;
}

function throwing(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

test.run();
