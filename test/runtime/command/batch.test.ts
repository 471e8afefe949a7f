import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import type { BatchBuilder } from "../../../runtime/command/batch.ts";
import { CommandError } from "../../../runtime/errors/command-error.ts";
import { assertError, caught } from "../../support/command/assert-error.ts";
import { connectPeers } from "../../support/command/peers.ts";
import { Gate, probe } from "../../support/command/probe.ts";

const codes = (results: readonly PromiseSettledResult<unknown>[]): string[] =>
  results.map((result) =>
    result.status === "fulfilled" ? "ok" : `${(result.reason as CommandError).code} ${(result.reason as CommandError).outcome}`,
  );

/** Fails the commands with an odd number, and tells which ran. */
function picky(): { handler: ReturnType<typeof probe>; ran: number[] } {
  const ran: number[] = [];
  const handler = probe({
    async echo({ number }) {
      ran.push(number);
      await Promise.resolve();
      if (number % 2 === 1) throw new CommandError("ABORTED", "odd");
      return { number };
    },
  });
  return { handler, ran };
}

const test = suite("command/batch");

test("members run one after the other, later commands start after, and each result is told in order", async () => {
  const gate = new Gate();
  const peers = await connectPeers({ serve: { handlers: [probe({ echo: gate.handler })] } });
  const results = peers.client.batch((batch) => {
    const proxy = batch.use(Probe);
    return [proxy.echo({ number: 1 }), proxy.echo({ number: 2 }), proxy.note({}), proxy.echo({ number: 3 })];
  });
  const after = peers.client.use(Probe).echo({ number: 4 });
  for (const [index, started] of [[1], [1, 2], [1, 2, 3, 4]].entries()) {
    await peers.clock.settle(10);
    assert.equal(
      gate.entered.map(({ request }) => request.number),
      started,
    );
    gate.entered[index]!.open({ number: 10 * (index + 1) });
  }
  gate.entered[3]!.open();
  const [one, two, none, three] = await peers.until(results);
  assert.equal(
    [one, two, none, three],
    [
      { status: "fulfilled", value: { text: "", number: 10 } },
      { status: "fulfilled", value: { text: "", number: 20 } },
      { status: "fulfilled", value: undefined },
      { status: "fulfilled", value: { text: "", number: 30 } },
    ],
  );
  await peers.until(after);
  await peers.close();
});

test("a batch leaves as one record and one write, and so does what is sent in one turn", async () => {
  const peers = await connectPeers({ sealed: true, serve: { handlers: [probe()] } });
  const proxy = peers.client.use(Probe);
  const [writes] = peers.wires.writes;
  await peers.until(proxy.echo({}));
  await peers.clock.settle(1_000);
  const sent = async (send: () => unknown): Promise<[writes: number, records: number]> => {
    const before = [writes.length, peers.client.stats().recordsOut] as const;
    send();
    await peers.clock.settle(0);
    const after = [writes.length, peers.client.stats().recordsOut] as const;
    await peers.clock.settle(1_000);
    return [after[0] - before[0], after[1] - before[1]];
  };
  const members = (batch: BatchBuilder): Promise<unknown>[] =>
    Array.from({ length: 100 }, (_, number) => batch.use(Probe).echo({ number }));
  assert.equal(await sent(() => peers.client.batch(members)), [1, 1]);
  assert.equal(
    await sent(() => {
      for (let number = 0; number < 100; number++) proxy.echo({ number }).catch(() => {});
      for (let number = 0; number < 100; number++) proxy.note({ number });
      proxy.down({});
    }),
    [1, 1],
  );
  await peers.close();
});

test("by default a batch goes on after a failed member", async () => {
  const { handler, ran } = picky();
  const peers = await connectPeers({ serve: { handlers: [handler] } });
  const results = peers.client.batch((batch) => [2, 3, -1, 4].map((number) => batch.use(Probe).echo({ number })));
  assert.equal(codes(await peers.until(results)), ["ok", "ABORTED MAY_HAVE_RUN", "INVALID_ARGUMENT NOT_RUN", "ok"]);
  assert.equal(ran, [2, 3, 4]);
  await peers.close();
});

test("with stopOnError nothing runs after a failed member, and what comes after the batch runs", async () => {
  for (const failing of [0, 1, 2, 3]) {
    const { handler, ran } = picky();
    const peers = await connectPeers({ serve: { handlers: [handler] } });
    const numbers = [2, 4, 6, 8].map((number, index) => (index === failing ? number + 1 : number));
    const results = peers.client.batch((batch) => numbers.map((number) => batch.use(Probe).echo({ number })), { stopOnError: true });
    const after = peers.client.use(Probe).echo({ number: 100 });
    const told = codes(await peers.until(results));
    const expected = numbers.map((_, index) => (index < failing ? "ok" : index === failing ? "ABORTED MAY_HAVE_RUN" : "ABORTED NOT_RUN"));
    assert.equal(told, expected);
    assert.equal(ran, [...numbers.slice(0, failing + 1), 100]);
    await peers.until(after);
    await peers.close();
  }
});

test("with stopOnError a member that cannot even be sent stops those after it, and nothing outside of the batch", async () => {
  for (const unsendable of [0, 1, 2]) {
    const { handler, ran } = picky();
    const peers = await connectPeers({ serve: { handlers: [handler] } });
    const numbers = [2, 4, 6].map((number, index) => (index === unsendable ? -1 : number));
    const results = peers.client.batch((batch) => numbers.map((number) => batch.use(Probe).echo({ number })), { stopOnError: true });
    const after = peers.client.use(Probe).echo({ number: 100 });
    const told = codes(await peers.until(results));
    const expected = ["ok", "ok", "ok"].map((ok, index) =>
      index < unsendable ? ok : index === unsendable ? "INVALID_ARGUMENT NOT_RUN" : "ABORTED NOT_RUN",
    );
    assert.equal(told, expected);
    await peers.until(after);
    assert.equal(ran, [...numbers.slice(0, unsendable), 100]);
    await peers.close();
  }
});

test("a failed member leaves the next command alone even when the batch's last member was never sent", async () => {
  const { handler, ran } = picky();
  const peers = await connectPeers({ serve: { handlers: [handler] } });
  const results = peers.client.batch((batch) => [batch.use(Probe).echo({ number: 1 }), batch.use(Probe).echo({ number: -1 })], {
    stopOnError: true,
  });
  const after = peers.client.use(Probe).echo({ number: 100 });
  await peers.until(results);
  assert.is((await peers.until(after)).number, 100);
  assert.equal(ran, [1, 100]);
  await peers.close();
});

test("a member that is cancelled while the batch waits to be sent stops those after it", async () => {
  const { handler, ran } = picky();
  const peers = await connectPeers({ serve: { handlers: [handler] }, connect: { limits: { outboxBytes: 100 } } });
  peers.client.use(Probe).note({ text: "x".repeat(100) });
  const controller = new AbortController();
  const { signal } = controller;
  const results = peers.client.batch(
    (batch) => {
      const proxy = batch.use(Probe);
      return [proxy.echo({ number: 2 }), proxy.echo({ number: 4 }, { signal }), proxy.note({ number: 6 }), proxy.echo({ number: 8 })];
    },
    { stopOnError: true },
  );
  const after = peers.client.use(Probe).echo({ number: 100 });
  controller.abort();
  assert.equal(codes(await peers.until(results, 1_000)), ["ok", "CANCELLED NOT_RUN", "ABORTED NOT_RUN", "ABORTED NOT_RUN"]);
  await peers.until(after, 1_000);
  assert.equal(ran, [2, 100]);
  await peers.close();
});

test("a deferred member holds back the next one only until it is parked", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] } });
  const [parked, echoed] = await peers.until(
    peers.client.batch((batch) => [batch.use(Probe).later({}, { timeoutMs: 500 }), batch.use(Probe).echo({ number: 1 })], {
      stopOnError: true,
    }),
    1_000,
  );
  assertError((parked as PromiseRejectedResult).reason, "DEADLINE_EXCEEDED", "MAY_HAVE_RUN");
  assert.is(echoed.status, "fulfilled");
  await peers.close();
});

test("when the building throws nothing is sent, and the batch rejects with it", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] } });
  const error = new Error("the application's own");
  const batch = peers.client.batch((builder) => {
    builder.use(Probe).note({});
    throw error;
  });
  assert.is(await peers.failure(batch), error);
  const noArray = peers.client.batch((async (builder: BatchBuilder) => [builder.use(Probe).note({})]) as never);
  assert.instance(await peers.failure(noArray), TypeError);
  assert.is(peers.client.stats().commandsSent, 0);
  await peers.close();
});

test("a proxy of a batch that was sent takes nothing more; an empty batch is settled", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] } });
  let kept!: { echo(request: object): Promise<unknown> };
  await peers.until(
    peers.client.batch((batch) => {
      kept = batch.use(Probe);
      return [];
    }),
  );
  assert.throws(() => kept.echo({}), /its batch was already sent/);
  await peers.close();
});

test("a command that streams throws when it is put into a batch, and so does a misspelt option", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] } });
  for (const name of ["down", "up", "both"]) {
    const batch = peers.client.batch((builder) => [(builder.use(Probe) as never as Record<string, () => Promise<void>>)[name]!()]);
    assertError(await peers.failure(batch), "INVALID_ARGUMENT", "NOT_RUN", /cannot be a member of a batch/);
  }
  assert.throws(() => peers.client.batch(() => [], { stopOnErrors: true } as never), /unknown option "stopOnErrors"/);
  await peers.close();
});

test("members whose promises nobody took are sent too, and their failure kills nothing", async () => {
  const { handler, ran } = picky();
  const peers = await connectPeers({ serve: { handlers: [handler] } });
  const results = peers.client.batch((batch) => {
    void batch.use(Probe).echo({ number: 1 });
    return [batch.use(Probe).echo({ number: 2 })];
  });
  assert.equal(codes(await peers.until(results)), ["ok"]);
  assert.equal(ran, [1, 2]);
  await peers.close();
});

test("a session that is lost settles every member", async () => {
  const gate = new Gate();
  const peers = await connectPeers({ serve: { handlers: [probe({ echo: gate.handler })] } });
  const results = peers.client.batch((batch) => [1, 2, 3].map((number) => batch.use(Probe).echo({ number })));
  await peers.clock.settle(0);
  const flushed = caught(peers.client.flush());
  peers.wires.cut();
  assert.equal(
    codes(await peers.until(results)),
    Array.from({ length: 3 }, () => "SESSION_LOST MAY_HAVE_RUN"),
  );
  await flushed;
});

test.run();
