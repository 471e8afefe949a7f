import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import type { Session } from "../../../runtime/command/session-type.ts";
import { CommandError } from "../../../runtime/errors/command-error.ts";
import { Gate, probe } from "../../support/command/probe.ts";
import { CutWorld, type Pair } from "../../support/session/resuming.ts";

/** A pair whose connection is gone and does not come back before the entrance opens. */
async function parted(options: Parameters<CutWorld["pair"]>[0] = {}) {
  const world = new CutWorld();
  let closed = false;
  const dial = async (name: string) => {
    if (closed) throw new Error("no network");
    return world.network.dial(name);
  };
  const ran: number[] = [];
  const handlers = [
    probe({
      echo: ({ number, text }) => ({ text, number: text === "" ? ran.push(number) : 0 }),
      note: ({ number }) => void ran.push(number),
    }),
  ];
  const pair: Pair = await world.pair({
    serve: { handlers, ...options.serve },
    connect: { handlers, memory: { ...world.network, dial }, backoffCapMs: 500, ...options.connect },
  });
  const part = async (): Promise<void> => {
    closed = true;
    world.cut();
    await world.settle();
  };
  const meet = async (): Promise<void> => {
    closed = false;
    await world.settle(20_000);
  };
  return { world, ...pair, ran, part, meet };
}

const told = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "answered",
    (error: unknown) => (CommandError.is(error) ? `${error.code} ${error.outcome}` : String(error)),
  );

/** The one-ways that came to nothing, once the session has ended. */
async function oneWayFailures(session: Session): Promise<string[]> {
  const failed: string[] = [];
  for await (const event of session.status())
    if (event.type === "one_way_failed") failed.push(`${event.command} ${event.error.code} ${event.error.outcome}`);
  return failed;
}

const test = suite("session/resume-detached");

for (const who of ["client", "session"] as const) {
  test(`a deadline that passes without a connection ends the call of the ${who}; its handler never starts`, async () => {
    const pair = await parted();
    const caller: Session = pair[who];
    await pair.part();
    const late = told(caller.use(Probe).echo({ number: 1 }, { timeoutMs: 1_000 }));
    await caller.use(Probe).note({ number: 2 }, { timeoutMs: 1_000 });
    const failed = oneWayFailures(caller);
    const other = told(caller.use(Probe).echo({ number: 3 }, { timeoutMs: 60_000 }));
    await pair.world.settle(2_000);
    assert.is(await late, "DEADLINE_EXCEEDED NOT_RUN");
    await pair.meet();
    assert.is(await other, "answered");
    assert.equal(pair.ran, [3]);
    assert.is(caller.stats().callsPending, 0);
    pair.world.cutAfterTurn();
    await pair.meet();
    await pair.world.until(caller.close(), 10_000);
    assert.equal(await failed, ["example.probe.v1.Probe/Note DEADLINE_EXCEEDED NOT_RUN"], "told once, also over another resume");
  });

  test(`what was under way when the connection broke, and is late, may have run`, async () => {
    const pair = await parted();
    const caller: Session = pair[who];
    const call = told(caller.use(Probe).echo({ number: 1 }, { timeoutMs: 1_000 }));
    pair.world.cutAfterTurn();
    await pair.part();
    await pair.world.settle(2_000);
    assert.is(await call, "DEADLINE_EXCEEDED MAY_HAVE_RUN");
    await pair.meet();
    assert.equal(pair.ran, []);
    assert.is(caller.stats().callsPending, 0);
  });

  test(`a call of the ${who} that is cancelled without a connection never starts`, async () => {
    const pair = await parted();
    const caller: Session = pair[who];
    await pair.part();
    const abort = new AbortController();
    const call = told(caller.use(Probe).echo({ number: 1 }, { signal: abort.signal }));
    await pair.world.settle();
    abort.abort();
    assert.is(await call, "CANCELLED NOT_RUN");
    await pair.meet();
    assert.equal(pair.ran, []);
    assert.ok(await pair.world.answers(pair.client));
    assert.is(caller.stats().callsPending, 0);
  });

  test(`sends of the ${who} wait where its outbox is full, fail after their time, and go on after a resume`, async () => {
    const limits = { outboxBytes: 200 };
    const pair = await parted({ serve: { limits }, connect: { limits } });
    const caller: Session = pair[who];
    await pair.part();
    const proxy = caller.use(Probe);
    for (let number = 0; number < 20; number++) proxy.note({ number, text: "x".repeat(20) });
    const call = told(proxy.echo({ number: 100 }));
    await pair.world.settle(5_100);
    assert.is(await call, "RESOURCE_EXHAUSTED NOT_RUN");
    const failed = caller.stats().oneWaysFailed;
    assert.ok(failed > 0 && failed < 20, `${failed}`);
    const waiting = told(proxy.echo({ number: 101 }));
    await pair.world.settle(1_000);
    await pair.meet();
    assert.is(await waiting, "answered");
    assert.equal(pair.ran, [...Array.from({ length: 20 - failed }, (_, at) => at), 101]);
  });
}

test("flush waits for the resume, and drain for what is under way", async () => {
  const { world, client, ran, part, meet } = await parted();
  await part();
  await client.use(Probe).note({ number: 1 });
  let flushed = false;
  client.flush().then(() => {
    flushed = true;
  });
  const drained = client.drain();
  await world.settle(5_000);
  assert.not(flushed);
  await meet();
  await world.until(drained, 10_000);
  assert.ok(flushed);
  assert.equal(ran, [1]);
});

test("a client that closes without a connection is closed at once; what waited is told the truth", async () => {
  const { world, client, session, part } = await parted();
  await part();
  const call = told(client.use(Probe).echo({ number: 1 }));
  await world.until(client.close());
  assert.is(await call, "SESSION_LOST NOT_RUN");
  assert.is(session.state, "disconnected");
  await world.settle(300_100);
  assert.is((await session.closed).reason, "SESSION_EXPIRED");
});

test("the time without a connection ends the session on both sides, once for every pending call", async () => {
  const gate = new Gate();
  const { world, client, session, part, meet } = await parted({
    serve: { handlers: [probe({ later: gate.handler, turn: gate.handler })] },
  });
  const begun = told(client.use(Probe).turn({}, { timeoutMs: 900_000 }));
  await world.settle(100);
  await part();
  const waiting = told(client.use(Probe).turn({}, { timeoutMs: 900_000 }));
  await world.settle(299_000);
  assert.is(client.state, "disconnected");
  await world.settle(1_100);
  assert.equal([await begun, await waiting], ["SESSION_LOST MAY_HAVE_RUN", "SESSION_LOST NOT_RUN"]);
  assert.is((await client.closed).reason, "SESSION_EXPIRED");
  assert.is((await session.closed).reason, "SESSION_EXPIRED");
  assert.ok(gate.entered[0]!.context.signal.aborted);
  await meet();
  assert.is(client.state, "ended");
});

for (const sent of ["before", "while"] as const) {
  test(`a stream that was called ${sent} there was no connection, and whose reader leaves then, is over for both sides`, async () => {
    const started: AbortSignal[] = [];
    const handlers = [
      probe({
        async *down(_request, { signal }) {
          started.push(signal);
          for (let number = 0; !signal.aborted; number++) {
            yield { number };
            await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
          }
        },
      }),
    ];
    const { world, client, session, part, meet } = await parted({ serve: { handlers } });
    const begin = () => client.use(Probe).down({})[Symbol.asyncIterator]();
    const early = sent === "before" ? begin() : undefined;
    await world.settle(100);
    await part();
    const reader = early ?? begin();
    const first = reader.next();
    await world.settle();
    await reader.return!();
    assert.equal(await Promise.all([first, reader.next()].map(async (step) => (await step).done)), [sent === "while", true]);
    await meet();
    assert.is(client.state, "open");
    assert.equal([client.stats().callsPending, session.stats().commandsPending], [0, 0]);
    assert.equal(
      started.map(({ aborted }) => aborted),
      sent === "before" ? [true] : [],
      "what nobody had heard of is not started",
    );
  });
}

test("a server that was closed or started anew meanwhile does not know the session", async () => {
  const { world, client, server, part, meet } = await parted();
  await part();
  const call = told(client.use(Probe).echo({ number: 1 }));
  await world.until(server.close(), 10_000);
  await world.serve({ retentionMs: 300_000 });
  await meet();
  assert.is((await client.closed).reason, "SESSION_UNKNOWN");
  assert.is(await call, "SESSION_LOST NOT_RUN");
});

for (const side of ["serve", "connect"] as const) {
  test(`with retentionMs 0 on the side that calls ${side}(), the session ends with its connection`, async () => {
    const { world, client } = await parted({ [side]: { retentionMs: 0 } });
    world.cut();
    await world.settle();
    assert.is(client.state, "ended");
    assert.is((await client.closed).by, "connection");
  });
}

test("a quiet session goes on as well, and again after that", async () => {
  const { world, client, session, part, meet } = await parted();
  for (let times = 0; times < 3; times++) {
    await part();
    assert.equal([client.state, session.state], ["disconnected", "disconnected"]);
    await meet();
    assert.equal([client.state, session.state], ["open", "open"]);
  }
  assert.ok(await world.answers(client));
});

test("a transport that throws when it is written to has ended its connection: what it was given runs once, over the next one", async () => {
  const { world, client, ran } = await parted();
  const broken = world.dialled.at(-1)!;
  let writes = 0;
  broken.write = () => {
    writes++;
    throw new Error("out of order");
  };
  // More than waits for the end of a turn: it is written from within the command.
  const text = "x".repeat(400_000);
  const sent = [1, 2, 3].map((number) => client.use(Probe).note({ number, text }));
  assert.ok(writes > 0);
  await world.settle(20_000);
  await Promise.all(sent);
  assert.equal(ran, [1, 2, 3]);
  await client.close();
});

test.run();
