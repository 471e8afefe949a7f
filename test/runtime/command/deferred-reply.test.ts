import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe, Refused, type TextInit } from "../../../generated/example/probe/v1/probe.ts";
import type { DeferredContext, DeferredReply } from "../../../runtime/command/context.ts";
import { CommandError } from "../../../runtime/errors/command-error.ts";
import { errorDetail } from "../../../runtime/errors/error-detail.ts";
import { timersOf } from "../../../runtime/time/timers-of.ts";
import { assertError, caught } from "../../support/command/assert-error.ts";
import { connectPeers, type Peers, type PeersOptions } from "../../support/command/peers.ts";
import { effect, probe } from "../../support/command/probe.ts";

const { later } = Probe.commands;

/** A pair whose server parks every `later`. */
async function parking(options: PeersOptions = {}): Promise<{ peers: Peers; parked: DeferredReply<TextInit>[] }> {
  const parked: DeferredReply<TextInit>[] = [];
  const handler = probe({
    later(_request, context) {
      const reply = context.defer();
      parked.push(reply);
      return reply;
    },
  });
  const peers = await connectPeers({ ...options, serve: { handlers: [handler], ...options.serve } });
  return { peers, parked };
}

const test = suite("command/deferred-reply");

test("the reply is given later: with the object, or anywhere with its token", async () => {
  const { peers, parked } = await parking();
  const proxy = peers.client.use(Probe);
  const calls = [proxy.later({}), proxy.later({}), proxy.later({})] as const;
  await peers.clock.settle(1_000);
  assert.is(parked[0]!.deadline!.getTime(), peers.clock.wallNow() + 59_000);
  await parked[1]!.reply({ number: 1 });
  await peers.server.reply(later, parked[0]!.token, { number: 0 });
  await peers.session.reply(later, parked[2]!.token, { number: 2 });
  assert.equal(
    (await peers.until(Promise.all(calls))).map(({ number }) => number),
    [0, 1, 2],
  );
  assert.is(peers.session.stats().commandsPending, 0);
  await peers.close();
});

test("a client parks replies too", async () => {
  const parked: DeferredReply<TextInit>[] = [];
  const handler = probe({ later: (_request, context) => effect(parked.push(context.defer()), context.defer()) });
  const peers = await connectPeers({ connect: { handlers: [handler] } });
  const call = peers.session.use(Probe).later({});
  await peers.clock.settle(0);
  const elsewhere = caught(peers.server.reply(later, parked[0]!.token, {}));
  assertError(await elsewhere, "PERMISSION_DENIED", "MAY_HAVE_RUN");
  await peers.client.reply(later, parked[0]!.token, { number: 9 });
  assert.is((await peers.until(call)).number, 9);
  await peers.close();
});

test("the command is failed later, with typed details", async () => {
  const { peers, parked } = await parking();
  const proxy = peers.client.use(Probe);
  const calls = [caught(proxy.later({})), caught(proxy.later({})), caught(proxy.later({}))] as const;
  await peers.clock.settle(0);
  const error = new CommandError("ABORTED", "nobody came", { details: [errorDetail(Refused, { why: "night" })], outcome: "NOT_RUN" });
  await parked[0]!.fail(error);
  await peers.server.fail(later, parked[1]!.token, error);
  await parked[2]!.fail(new Error("secret") as never);
  for (const call of calls.slice(0, 2)) {
    const told = assertError(await peers.until(call), "ABORTED", "MAY_HAVE_RUN", "nobody came");
    assert.equal(told.detail(Refused), { why: "night" });
  }
  assert.not.match(assertError(await peers.until(calls[2]), "INTERNAL", "MAY_HAVE_RUN").message, /secret/);
  await peers.close();
});

test("the second reply is FAILED_PRECONDITION, however it is given", async () => {
  const { peers, parked } = await parking();
  const call = peers.client.use(Probe).later({});
  await peers.clock.settle(0);
  const { token } = parked[0]!;
  await parked[0]!.reply({ number: 1 });
  const seconds = [parked[0]!.reply({}), peers.server.reply(later, token, {}), parked[0]!.fail(new CommandError("ABORTED", ""))];
  for (const second of seconds.map(caught)) assertError(await second, "FAILED_PRECONDITION", "MAY_HAVE_RUN");
  assert.is((await peers.until(call)).number, 1);
  await peers.close();
});

test("after the deadline the caller has DEADLINE_EXCEEDED, and so has whoever replies", async () => {
  const { peers, parked } = await parking();
  const call = caught(peers.client.use(Probe).later({}, { timeoutMs: 500 }));
  await peers.clock.settle(0);
  const { signal } = parked[0]!;
  await peers.clock.settle(600);
  assertError(await call, "DEADLINE_EXCEEDED", "MAY_HAVE_RUN");
  assertError(signal.reason, "DEADLINE_EXCEEDED", "MAY_HAVE_RUN");
  assertError(await peers.failure(parked[0]!.reply({})), "DEADLINE_EXCEEDED", "MAY_HAVE_RUN");
  assertError(await peers.failure(peers.server.reply(later, parked[0]!.token, {})), "DEADLINE_EXCEEDED", "MAY_HAVE_RUN");
  assert.is(peers.client.stats().callsPending, 0);
  await peers.close();
});

test("a reply that is given leaves no timer behind, however its handler came to park it", async () => {
  const parked: DeferredReply<TextInit>[] = [];
  const handler = probe({
    async later(_request, context) {
      const reply = context.defer();
      parked.push(reply);
      await undefined;
      return reply;
    },
  });
  const peers = await connectPeers({ serve: { handlers: [handler] } });
  await peers.clock.settle(1_000);
  const before = timersOf(peers.clock).size;
  const calls = Array.from({ length: 10 }, () => peers.client.use(Probe).later({}));
  await peers.clock.settle(0);
  for (const reply of parked) await reply.reply({});
  await peers.until(Promise.all(calls));
  await peers.clock.settle(1_000);
  assert.is(timersOf(peers.clock).size, before);
  await peers.close();
});

test("a caller that cancels fires the signal and frees the place", async () => {
  const { peers, parked } = await parking({ serve: { limits: { parkedReplies: 1 } } });
  const controller = new AbortController();
  const call = caught(peers.client.use(Probe).later({}, { signal: controller.signal }));
  await peers.clock.settle(0);
  const { signal } = parked[0]!;
  controller.abort();
  await peers.clock.settle(0);
  assertError(await call, "CANCELLED", "MAY_HAVE_RUN");
  assertError(signal.reason, "CANCELLED", "MAY_HAVE_RUN");
  assertError(await peers.failure(parked[0]!.reply({})), "FAILED_PRECONDITION", "MAY_HAVE_RUN");
  const next = peers.client.use(Probe).later({});
  await peers.clock.settle(0);
  await parked[1]!.reply({ number: 2 });
  assert.is((await peers.until(next)).number, 2);
  await peers.close();
});

test("a reply while the handler still runs counts, unless the caller has gone", async () => {
  const contexts: DeferredContext<unknown, TextInit>[] = [];
  const handler = probe({
    later: (_request, context) => effect(contexts.push(context), new Promise(() => {})),
  });
  const peers = await connectPeers({ serve: { handlers: [handler] } });
  const controller = new AbortController();
  const early = peers.client.use(Probe).later({});
  const gone = caught(peers.client.use(Probe).later({}, { signal: controller.signal }));
  const late = caught(peers.client.use(Probe).later({}, { timeoutMs: 50 }));
  await peers.clock.settle(0);
  const replies = contexts.map((context) => context.defer());
  controller.abort();
  await peers.clock.settle(100);
  await replies[0]!.reply({ number: 1 });
  assert.is((await peers.until(early)).number, 1);
  assertError(await peers.failure(replies[1]!.reply({})), "FAILED_PRECONDITION", "MAY_HAVE_RUN");
  assertError(await peers.failure(replies[2]!.reply({})), "DEADLINE_EXCEEDED", "MAY_HAVE_RUN");
  assertError(await gone, "CANCELLED", "MAY_HAVE_RUN");
  assertError(await late, "DEADLINE_EXCEEDED", "MAY_HAVE_RUN");
  peers.wires.cut();
  await peers.clock.settle(0);
});

test("a reply that cannot be encoded is INVALID_ARGUMENT, and the command stays parked", async () => {
  const { peers, parked } = await parking();
  const call = peers.client.use(Probe).later({});
  await peers.clock.settle(0);
  const message = "example.probe.v1.Probe/Later: the deferred reply was not sent: example.probe.v1.Text: number: -1 is not a uint32";
  assertError(await peers.failure(parked[0]!.reply({ number: -1 })), "INVALID_ARGUMENT", "MAY_HAVE_RUN", message);
  assertError(await peers.failure(parked[0]!.reply(undefined as never)), "INVALID_ARGUMENT", "MAY_HAVE_RUN");
  assert.is(peers.log.length, 0);
  await parked[0]!.reply({ number: 1 });
  assert.is((await peers.until(call)).number, 1);
  await peers.close();
});

test("defer() twice is the same reply; a handler that defers may still reply itself", async () => {
  const handler = probe({
    async later({ number }, context) {
      const reply = context.defer();
      assert.is(context.defer(), reply);
      return { number };
    },
  });
  const peers = await connectPeers({ serve: { handlers: [handler], limits: { parkedReplies: 1 } } });
  for (let number = 0; number < 3; number++) assert.is((await peers.until(peers.client.use(Probe).later({ number }))).number, number);
  await peers.close();
});

test("defer() on a command that is not deferred, or has ended, is FAILED_PRECONDITION and parks nothing", async () => {
  let context: DeferredContext | undefined;
  const handler = probe({
    echo: (_request, given) => ({ text: String(caughtCode(() => (given as unknown as DeferredContext).defer())) }),
    later(_request, given) {
      context = given;
      return {};
    },
  });
  const peers = await connectPeers({ serve: { handlers: [handler], limits: { parkedReplies: 1 } } });
  assert.is((await peers.until(peers.client.use(Probe).echo({}))).text, "FAILED_PRECONDITION");
  await peers.until(peers.client.use(Probe).later({}));
  assert.is(
    caughtCode(() => context!.defer()),
    "FAILED_PRECONDITION",
  );
  await peers.until(peers.client.use(Probe).later({}));
  await peers.close();
});

function caughtCode(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return (error as CommandError).code;
  }
  return undefined;
}

test("beyond parkedReplies defer() throws RESOURCE_EXHAUSTED with the limit's name", async () => {
  const { peers, parked } = await parking({ serve: { limits: { parkedReplies: 2 } } });
  const proxy = peers.client.use(Probe);
  const calls = [proxy.later({}), proxy.later({})];
  const message = "example.probe.v1.Probe/Later: 2 replies of this session are parked; the limit parkedReplies is 2";
  assertError(await peers.failure(proxy.later({})), "RESOURCE_EXHAUSTED", "MAY_HAVE_RUN", message);
  for (const reply of parked) await reply.reply({});
  await peers.until(Promise.all(calls));
  await peers.close();
});

test("a lost session unparks everything", async () => {
  const { peers, parked } = await parking();
  const call = caught(peers.client.use(Probe).later({}));
  await peers.clock.settle(0);
  const { signal } = parked[0]!;
  peers.wires.cut();
  await peers.clock.settle(0);
  assertError(await call, "SESSION_LOST", "MAY_HAVE_RUN");
  assertError(signal.reason, "SESSION_LOST", "MAY_HAVE_RUN");
  assertError(await peers.failure(parked[0]!.reply({})), "FAILED_PRECONDITION", "MAY_HAVE_RUN");
  assert.is(peers.session.stats().commandsPending, 0);
});

test.run();
