import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe, type Text } from "../../../generated/example/probe/v1/probe.ts";
import type { Call, Interceptor } from "../../../runtime/command/interceptor.ts";
import { ContextKey } from "../../../runtime/command/values.ts";
import { CommandError } from "../../../runtime/errors/command-error.ts";
import { assertError, caught } from "../../support/command/assert-error.ts";
import { connectPeers, type Peers } from "../../support/command/peers.ts";
import { collect, effect, Gate, probe } from "../../support/command/probe.ts";

const unhandled: unknown[] = [];
process.on("unhandledRejection", (error) => void unhandled.push(error));

/** Interceptors at either end; each is only asked about its own side. */
function connect(at: { caller?: Interceptor[]; handler?: Interceptor[]; handlers?: Parameters<typeof probe>[0] }): Promise<Peers> {
  return connectPeers({
    serve: { handlers: [probe(at.handlers)], interceptors: at.handler },
    connect: { interceptors: at.caller },
  });
}

const refuse: Interceptor = async ({ command }) => {
  throw new CommandError("PERMISSION_DENIED", `not ${command.method}`);
};
const slow: Interceptor = async (call, next) => {
  await new Promise<void>((resolve) => setImmediate(resolve));
  return next(call);
};

const test = suite("command/interceptors");

test.after(async () => {
  await new Promise<void>((resolve) => setImmediate(resolve));
  assert.equal(unhandled, []);
});

test("they wrap a command as an onion does, the first outermost, at both sides", async () => {
  const steps: string[] = [];
  const layer =
    (name: string): Interceptor =>
    async (call, next) => {
      steps.push(`${call.side} ${name} in`);
      const reply = await next(call);
      steps.push(`${call.side} ${name} out`);
      return reply;
    };
  const peers = await connect({
    caller: [layer("a"), layer("b")],
    handler: [layer("c"), layer("d")],
    handlers: { echo: () => effect(steps.push("handler"), {}) },
  });
  await peers.until(peers.client.use(Probe).echo({}));
  assert.equal(steps, [
    ...["caller a in", "caller b in", "handler c in", "handler d in", "handler"],
    ...["handler d out", "handler c out", "caller b out", "caller a out"],
  ]);
  await peers.close();
});

test("they see command, session and request, and change request and reply", async () => {
  const calls: Call[] = [];
  const change =
    (add: number): Interceptor =>
    async (call, next) => {
      calls.push(call);
      const reply = (await next({ ...call, request: { number: (call.request as Text).number + add } })) as Text;
      return { ...reply, number: reply.number * 10 };
    };
  const peers = await connect({ caller: [change(1)], handler: [change(2)] });
  assert.is((await peers.until(peers.client.use(Probe).echo({ number: 4 }))).number, 700);
  assert.equal(
    calls.map(({ side, command }) => [side, command.name]),
    [
      ["caller", "example.probe.v1.Probe/Echo"],
      ["handler", "example.probe.v1.Probe/Echo"],
    ],
  );
  assert.is(calls[0]!.session, peers.client);
  assert.is(calls[1]!.session, peers.session);
  await peers.close();
});

test("one that refuses before the handler makes the command NOT_RUN, at either side and for every kind", async () => {
  for (const at of ["caller", "handler"] as const) {
    const peers = await connect({
      [at]: [refuse],
      handlers: { echo: () => assert.unreachable() as never, up: () => assert.unreachable() as never },
    });
    const proxy = peers.client.use(Probe);
    const kinds = [proxy.echo({}), proxy.up([]), collect(proxy.down({})), collect(proxy.both([]))].map(caught);
    for (const kind of kinds) {
      const error = assertError(await peers.until(kind), "PERMISSION_DENIED", "NOT_RUN", /^not /);
      assert.match(error.command ?? "", /^example\.probe\.v1\.Probe\//);
    }
    const [member] = await peers.until(peers.client.batch((batch) => [batch.use(Probe).echo({})]));
    assertError((member as PromiseRejectedResult).reason, "PERMISSION_DENIED", "NOT_RUN");
    assert.is(peers.client.stats().callsPending, 0);
    await peers.close();
  }
});

test("what one says of its refusal reaches the caller whole, at either side and for every kind", async () => {
  const busy: Interceptor = async () => {
    throw new CommandError("RESOURCE_EXHAUSTED", "later", { retryAfterMs: 700, incident: "a1" });
  };
  for (const at of ["caller", "handler"] as const) {
    const peers = await connect({ [at]: [busy] });
    const proxy = peers.client.use(Probe);
    const kinds = [proxy.echo({}), proxy.up([]), collect(proxy.down({})), collect(proxy.both([]))].map(caught);
    for (const kind of kinds) {
      const { retryAfterMs, incident } = assertError(await peers.until(kind), "RESOURCE_EXHAUSTED", "NOT_RUN", /later/);
      assert.equal([retryAfterMs, incident], [700, "a1"]);
    }
    await peers.close();
  }
});

test("one that throws anything else is INTERNAL; at the handler's side its text stays there", async () => {
  const broken: Interceptor = async () => {
    throw new Error("secret");
  };
  const atCaller = await connect({ caller: [broken] });
  const own = assertError(await atCaller.failure(atCaller.client.use(Probe).echo({})), "INTERNAL", "NOT_RUN", /an interceptor failed/);
  assert.is((own.cause as Error).message, "secret");
  await atCaller.close();
  const atHandler = await connect({ handler: [broken] });
  const told = assertError(await atHandler.failure(atHandler.client.use(Probe).echo({})), "INTERNAL", "NOT_RUN");
  assert.not.match(told.message, /secret/);
  assert.is(atHandler.log.length, 1);
  await atHandler.close();
});

test("a refused one-way is counted, reported, and may be ignored", async () => {
  const peers = await connect({ caller: [refuse] });
  const events = collect(peers.client.status());
  void peers.client.use(Probe).note({});
  assertError(await peers.failure(peers.client.use(Probe).note({})), "PERMISSION_DENIED", "NOT_RUN");
  assert.is(peers.client.stats().oneWaysFailed, 2);
  const inBatch = await peers.until(peers.client.batch((batch) => [batch.use(Probe).note({})]));
  assert.is(inBatch[0].status, "rejected");
  assert.is(peers.client.stats().oneWaysFailed, 3);
  await peers.close();
  const failed = (await events).filter(({ type }) => type === "one_way_failed");
  assert.is(failed.length, 3);
});

test("a one-way that fails behind its interceptors is counted once", async () => {
  const peers = await connect({ caller: [(call, next) => next(call)] });
  assertError(await peers.failure(peers.client.use(Probe).note({ number: -1 })), "INVALID_ARGUMENT", "NOT_RUN");
  assert.is(peers.client.stats().oneWaysFailed, 1);
  await peers.until(peers.client.use(Probe).note({}));
  await peers.close();
});

test("values that interceptors leave reach the handler, and nobody else", async () => {
  const user = new ContextKey<string>("user", "nobody");
  const identify: Interceptor = async (call, next) => {
    if ((call.request as Text).number === 1) call.values.set(user, "ada");
    return next(call);
  };
  const peers = await connect({ handler: [identify], handlers: { echo: (_request, { values }) => ({ text: values.get(user) }) } });
  const proxy = peers.client.use(Probe);
  assert.is((await peers.until(proxy.echo({ number: 1 }))).text, "ada");
  assert.is((await peers.until(proxy.echo({ number: 2 }))).text, "nobody");
  await peers.close();
});

test("streams pass through, and may be replaced item by item, both ways", async () => {
  const double: Interceptor = async (call, next) => {
    const { request } = call;
    const doubled = async function* (items: unknown): AsyncGenerator<Text> {
      for await (const item of items as AsyncIterable<Text>) yield { ...item, number: item.number * 2 };
    };
    const streams = call.command.kind === "bidi_stream";
    const reply = await next(streams ? { ...call, request: doubled(request) } : call);
    return streams ? doubled(reply) : reply;
  };
  const peers = await connect({ caller: [double], handler: [double] });
  const items = await peers.until(collect(peers.client.use(Probe).both([{ number: 1 }, { number: 2 }])));
  assert.equal(
    items.map(({ number }) => number),
    [16, 32],
  );
  await peers.close();
});

test("a stream is sent when it is called, with interceptors as without", async () => {
  const order: string[] = [];
  for (const caller of [[], [((call, next) => next(call)) as Interceptor]]) {
    const peers = await connect({
      caller,
      handlers: { down: () => effect(order.push("down"), []), echo: () => effect(order.push("echo"), {}) },
    });
    const items = peers.client.use(Probe).down({});
    await peers.until(peers.client.use(Probe).echo({}));
    assert.equal(await peers.until(collect(items)), []);
    assert.equal(order.splice(0), ["down", "echo"]);
    await peers.close();
  }
});

test("cancelling reaches a stream behind interceptors: by signal, by leaving, and before it is there", async () => {
  let returned = 0;
  async function* endless(): AsyncGenerator<{ number: number }> {
    try {
      for (let number = 0; ; number++) yield { number };
    } finally {
      returned++;
    }
  }
  const peers = await connect({ caller: [slow], handlers: { down: () => endless() } });
  const proxy = peers.client.use(Probe);
  const controller = new AbortController();
  const bySignal = proxy.down({}, { signal: controller.signal })[Symbol.asyncIterator]();
  await peers.until(bySignal.next());
  controller.abort();
  const rest = caught(
    (async () => {
      for (let step = await bySignal.next(); !step.done; step = await bySignal.next());
    })(),
  );
  assertError(await peers.until(rest), "CANCELLED", "MAY_HAVE_RUN");
  const leaving = (async () => {
    for await (const _ of proxy.down({})) break;
  })();
  await peers.until(leaving);
  await peers.clock.settle(0);
  assert.is(returned, 2);
  const early = proxy.down({})[Symbol.asyncIterator]();
  await early.return?.();
  assert.ok((await early.next()).done);
  await peers.clock.settle(0);
  await peers.clock.settle(0);
  assert.is(peers.client.stats().callsPending, 0);
  assert.is(peers.session.stats().commandsPending, 0);
  await peers.close();
});

test("a stream that nobody reads and that is refused kills nothing", async () => {
  const peers = await connect({ caller: [refuse] });
  peers.client.use(Probe).down({});
  await peers.clock.settle(0);
  await peers.close();
});

test("a batch behind interceptors of any speed keeps its order and leaves as one write", async () => {
  const order: number[] = [];
  const jumbled: Interceptor = async (call, next) => {
    const { number } = call.request as Text;
    for (let turn = number; turn < 5; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
    if (number === 3) throw new CommandError("PERMISSION_DENIED", "no");
    if (number === 4) return { text: "from the cache", number: 0 };
    return next(call);
  };
  const peers = await connect({ caller: [jumbled], handlers: { echo: ({ number }) => effect(order.push(number), { number }) } });
  const before = peers.wires.writes[0].length;
  const batch = peers.client.batch((builder) => [1, 2, 3, 4, 5].map((number) => builder.use(Probe).echo({ number })));
  for (let turn = 0; turn < 8; turn++) await peers.clock.settle(0);
  const results = await peers.until(batch);
  assert.equal(order, [1, 2, 5]);
  assert.equal(
    results.map((result) => (result.status === "fulfilled" ? result.value.text || result.value.number : "refused")),
    [1, 2, "refused", "from the cache", 5],
  );
  assert.is(peers.wires.writes[0].length - before, 1);
  await peers.close();
});

test("a caller's interceptor may retry; a handler runs at most once", async () => {
  let ran = 0;
  const twice: Interceptor = async (call, next) => {
    const first = await next(call).catch((error: unknown) => error);
    return CommandError.is(first) ? next(call) : first;
  };
  const flaky = {
    echo: () => {
      if (ran++ === 0) throw new CommandError("UNAVAILABLE", "once");
      return { number: ran };
    },
  };
  const atCaller = await connect({ caller: [twice], handlers: flaky });
  assert.is((await atCaller.until(atCaller.client.use(Probe).echo({}))).number, 2);
  await atCaller.close();
  ran = 0;
  const atHandler = await connect({ handler: [twice], handlers: flaky });
  assertError(await atHandler.failure(atHandler.client.use(Probe).echo({})), "FAILED_PRECONDITION", "MAY_HAVE_RUN", /runs at most once/);
  assert.is(ran, 1);
  await atHandler.close();
});

test("options pass through interceptors, alone and in a batch: the time goes along, another signal takes the first one's place, unknown ones are refused", async () => {
  const controller = new AbortController();
  const give: Interceptor = (call, next) => next({ ...call, signal: controller.signal });
  const times: (number | undefined)[] = [];
  const peers = await connect({
    caller: [give],
    handlers: { echo: (_, context) => effect(times.push(context.remainingMs()), {}), turn: () => new Promise(() => {}) },
  });
  const calls = (method: "echo" | "turn", options: object): Promise<unknown>[] => [
    peers.client.use(Probe)[method]({}, options),
    peers.client
      .batch((batch) => [batch.use(Probe)[method]({}, options)])
      .then(([result]) => {
        if (result.status === "rejected") throw result.reason;
      }),
  ];
  for (const call of calls("echo", { timeoutMs: 5_000 })) await peers.until(call);
  assert.equal(times, [5_000, 5_000]);
  for (const call of calls("echo", { timeout: 5 }).map(caught))
    assertError(await peers.until(call), "INVALID_ARGUMENT", "NOT_RUN", /unknown option "timeout"/);
  const waiting = calls("turn", { signal: new AbortController().signal }).map(caught);
  await peers.clock.settle(0);
  controller.abort();
  for (const call of waiting) assertError(await peers.until(call), "CANCELLED", "MAY_HAVE_RUN");
  await peers.close();
});

test("a command that is cancelled while an interceptor thinks about it never reaches its handler", async () => {
  const gate = new Gate();
  const wait: Interceptor = async (call, next) => {
    await gate.handler({ text: "", number: 0 }, undefined as never);
    return next(call);
  };
  const peers = await connect({ handler: [wait], handlers: { echo: () => assert.unreachable() as never } });
  const controller = new AbortController();
  const call = caught(peers.client.use(Probe).echo({}, { signal: controller.signal }));
  await peers.clock.settle(0);
  controller.abort();
  await peers.clock.settle(0);
  gate.entered[0]!.open();
  await peers.clock.settle(0);
  assertError(await call, "CANCELLED", "MAY_HAVE_RUN");
  assert.is(peers.client.stats().callsPending, 0);
  await peers.close();
});

test("a deferred reply passes through the interceptors of its handler", async () => {
  const kinds: unknown[] = [];
  const look: Interceptor = async (call, next) => {
    const result = await next(call);
    kinds.push(typeof (result as { token?: unknown }).token);
    return result;
  };
  let token = "";
  const peers = await connect({
    handler: [look],
    handlers: {
      later(_request, context) {
        const reply = context.defer();
        token = reply.token;
        return reply;
      },
    },
  });
  const call = peers.client.use(Probe).later({});
  await peers.clock.settle(0);
  await peers.server.reply(Probe.commands.later, token, { number: 5 });
  assert.is((await peers.until(call)).number, 5);
  assert.equal(kinds, ["string"]);
  await peers.close();
});

test.run();
