import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe, type ProbeProxy, type Text, type TextInit } from "../../../generated/example/probe/v1/probe.ts";
import type { BatchBuilder } from "../../../runtime/command/batch.ts";
import type { DeferredReply } from "../../../runtime/command/context.ts";
import type { Session } from "../../../runtime/command/session-type.ts";
import { CommandError } from "../../../runtime/errors/command-error.ts";
import { connectPeers, type Peers } from "../../support/command/peers.ts";
import { collect, probe } from "../../support/command/probe.ts";
import { note } from "../../support/report.ts";

export const testTimeoutMs = 60_000;

type Unary = "echo" | "turn" | "later";
type Single = Unary | "note" | "noteInTurn" | "down" | "up" | "both";
/** One thing that a program does: a command, or a batch of them. */
type Step = { readonly command: Single; readonly fails: boolean } | { readonly batch: readonly Step[]; readonly stopOnError: boolean };

const single = fc.record({
  command: fc.constantFrom<Single>("echo", "turn", "later", "note", "noteInTurn", "down", "up", "both"),
  fails: fc.boolean(),
});
const member = fc.record({ command: fc.constantFrom<Single>("echo", "turn", "later", "note", "noteInTurn"), fails: fc.boolean() });
const batch = fc.record({ batch: fc.array(member, { maxLength: 5 }), stopOnError: fc.boolean() });
const step: fc.Arbitrary<Step> = fc.oneof({ weight: 4, arbitrary: single }, { weight: 1, arbitrary: batch });

/** What happened at one side: its handlers' starts and ends, and how each of its calls was settled. */
class Side {
  readonly starts: number[] = [];
  readonly running = new Set<number>();
  readonly settled = new Map<number, "ok" | CommandError>();
  /** Handlers that wait to be told to go on, in no order. */
  readonly waiting: (() => void)[] = [];
  readonly held: string[] = [];
  sent = 0;

  readonly #orderedRunning = new Set<number>();

  /** Handlers that end when the test says so. `text` tells what the command is to do. */
  handlers(): ReturnType<typeof probe> {
    const run = async (request: Text, ordered: boolean): Promise<TextInit> => {
      this.#start(request.number, ordered);
      await new Promise<void>((resolve) => this.waiting.push(resolve));
      this.#orderedRunning.delete(request.number);
      if (request.text === "fail") throw new CommandError("ABORTED", "asked for");
      return { number: request.number };
    };
    const single = (request: Text): Promise<TextInit> => run(request, false);
    const inTurn = (request: Text): Promise<TextInit> => run(request, true);
    const swallow = (promise: Promise<unknown>): Promise<void> => promise.then(() => {});
    const side = this;
    return probe({
      echo: single,
      turn: inTurn,
      note: (request) => swallow(single(request)),
      noteInTurn: (request) => swallow(inTurn(request)),
      later(request, context) {
        side.#start(request.number, false);
        const reply: DeferredReply<TextInit> = context.defer();
        side.waiting.push(() => {
          const given =
            request.text === "fail" ? reply.fail(new CommandError("ABORTED", "asked for")) : reply.reply({ number: request.number });
          given.catch((error: unknown) => side.held.push(String(error)));
        });
        return reply;
      },
      async *down(request) {
        yield await single(request);
      },
      up(items, context) {
        return side.#stream(items, context.remainingMs()!);
      },
      async *both(items, context) {
        yield await side.#stream(items, context.remainingMs()!);
      },
    });
  }

  /** A command without a first message carries its number in its deadline: it is all that the handler knows when it starts. */
  async #stream(items: AsyncIterable<Text>, number: number): Promise<TextInit> {
    this.#start(number - STREAM_DEADLINE_MS, false);
    let last: Text | undefined;
    for await (const item of items) last = item;
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    if (last?.text === "fail") throw new CommandError("ABORTED", "asked for");
    return { number: last?.number ?? -1 };
  }

  #start(number: number, ordered: boolean): void {
    if (this.#orderedRunning.size > 0) this.held.push(`${number} started while ${[...this.#orderedRunning]} had not ended`);
    if (ordered) this.#orderedRunning.add(number);
    this.starts.push(number);
  }
}

/** Long enough for no deadline to pass. Time stands still in this test, so that what remains is what was given. */
const STREAM_DEADLINE_MS = 1_000_000;

/** Performs the steps of one caller, each command under the next number. */
function perform(steps: readonly Step[], session: Session, side: Side): void {
  for (const each of steps) {
    if ("batch" in each) void performBatch(each.batch, each.stopOnError, session, side);
    else settle(side, side.sent, call(each, session.use(Probe), side.sent++));
  }
}

async function performBatch(members: readonly Step[], stopOnError: boolean, session: Session, side: Side): Promise<void> {
  const first = side.sent;
  const build = (builder: BatchBuilder): Promise<unknown>[] =>
    members.map((each) => call(each as { command: Single; fails: boolean }, builder.use(Probe) as ProbeProxy, side.sent++));
  const results = await session.batch(build, { stopOnError });
  let stopped = false;
  for (const [index, result] of results.entries()) {
    const number = first + index;
    const ok = result.status === "fulfilled";
    const each = members[index] as { command: Single; fails: boolean };
    settle(side, number, ok ? Promise.resolve(result.value) : Promise.reject(result.reason));
    const aborted = !ok && (result.reason as CommandError).code === "ABORTED" && (result.reason as CommandError).outcome === "NOT_RUN";
    // One-ways tell their caller nothing: that one ran after a failure is only seen at the handler's side.
    const tells = each.command !== "note" && each.command !== "noteInTurn";
    if (stopOnError && stopped && ok && tells) side.held.push(`${number} ran after a failure`);
    if (aborted && !stopped && !members.slice(0, index).some((before) => "fails" in before && before.fails))
      side.held.push(`${number} was stopped by nothing`);
    // A deferred member counts as ended when it is parked: that it failed later stops nothing.
    stopped ||= !ok && !(each.command === "later" && (result.reason as CommandError).outcome === "MAY_HAVE_RUN");
  }
}

function call({ command, fails }: { command: Single; fails: boolean }, proxy: ProbeProxy, number: number): Promise<unknown> {
  const request: TextInit = { number, text: fails ? "fail" : "" };
  const timeoutMs = STREAM_DEADLINE_MS + number;
  if (command === "down") return collect(proxy.down(request));
  if (command === "up") return proxy.up([{}, request], { timeoutMs });
  if (command === "both") return collect(proxy.both([{}, request], { timeoutMs }));
  return proxy[command](request, { timeoutMs });
}

function settle(side: Side, number: number, promise: Promise<unknown>): void {
  const note = (outcome: "ok" | CommandError): void => {
    if (side.settled.has(number)) side.held.push(`${number} was settled twice`);
    side.settled.set(number, outcome);
  };
  promise.then(
    () => note("ok"),
    (error: CommandError) => note(error),
  );
}

/** Ends running handlers one by one, in the order that `pick` chooses, until nothing waits. */
async function finish(peers: Peers, sides: readonly Side[], pick: () => number): Promise<void> {
  for (;;) {
    await peers.clock.settle(0);
    const waiting = sides.flatMap((side) => side.waiting.map((_, index) => [side, index] as const));
    if (waiting.length === 0) return;
    const [side, index] = waiting[pick() % waiting.length]!;
    side.waiting.splice(index, 1)[0]!();
  }
}

/** What must hold of the commands that one side sent and the other handled. */
function check(caller: Side, handler: Side): void {
  assert.equal(caller.held, []);
  assert.equal(handler.held, []);
  assert.equal(
    handler.starts,
    [...handler.starts].sort((a, b) => a - b),
    "start order is send order",
  );
  assert.is(new Set(handler.starts).size, handler.starts.length, "each ran at most once");
  assert.is(caller.settled.size, caller.sent, "each was settled");
  const started = new Set(handler.starts);
  for (const [number, outcome] of caller.settled) {
    if (outcome === "ok") continue;
    assert.ok(CommandError.is(outcome));
    assert.is(outcome.outcome === "MAY_HAVE_RUN", started.has(number), `${number}: ${outcome.message}`);
  }
}

const test = suite("command/order");

test("random mixes of all kinds from both sides: start order is send order, each runs at most once and settles exactly once", async () => {
  let commands = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40, size: "large" }),
      fc.array(step, { maxLength: 40, size: "large" }),
      fc.infiniteStream(fc.nat(1_000)),
      fc.constantFrom({}, { queuedCommands: 2 }, { queuedBytes: 40 }, { commandsInFlight: 30, streams: 30 }, { streamItems: 1 }),
      async (clientSteps, serverSteps, picks, limits) => {
        const [client, server] = [new Side(), new Side()];
        // Nothing expires while the test holds handlers back, and time never moves.
        const common = { limits, sendTimeoutMs: 1e9, livenessTimeoutMs: 1e9, keepAliveMs: 1e9, defaultTimeoutMs: 1e9 };
        const peers = await connectPeers({
          serve: { ...common, handlers: [server.handlers()] },
          connect: { ...common, handlers: [client.handlers()] },
        });
        const half = Math.ceil(clientSteps.length / 2);
        perform(clientSteps.slice(0, half), peers.client, client);
        perform(serverSteps, peers.session, server);
        await peers.clock.settle(0);
        perform(clientSteps.slice(half), peers.client, client);
        await finish(peers, [client, server], () => picks.next().value);
        check(client, server);
        check(server, client);
        commands += client.sent + server.sent;
        assert.is(peers.client.stats().callsPending + peers.session.stats().callsPending, 0);
        assert.is(peers.client.stats().commandsPending + peers.session.stats().commandsPending, 0);
        await peers.close();
      },
    ),
    { numRuns: 200 },
  );
  note(`${commands} commands in 200 random programs`);
});

test.run();
