import * as assert from "uvu/assert";
import { Probe, type TextInit } from "../../../generated/example/probe/v1/probe.ts";
import type { Client } from "../../../runtime/client.ts";
import type { DeferredReply } from "../../../runtime/command/context.ts";
import type { Session } from "../../../runtime/command/session-type.ts";
import type { Server } from "../../../runtime/server.ts";
import type { Transport } from "../../../runtime/transport/transport.ts";
import { collect, probe } from "../command/probe.ts";
import { type Side, World } from "./world.ts";

/** Where one connection of a world ends: after so many bytes have reached this side. */
export interface Cut {
  readonly connection: number;
  readonly to: Side;
  readonly bytes: number;
}

/** A world whose connections, counted from 0, can be cut by hand and at any byte. */
export class CutWorld extends World {
  /** The clients' ends, by connection. */
  readonly dialled: Transport[];
  /** Bytes that reached each side, by connection. */
  readonly passed: Record<Side, number[]>;

  constructor(cuts: readonly Cut[] = []) {
    const dialled: Transport[] = [];
    const passed: Record<Side, number[]> = { client: [], server: [] };
    super({
      wire: (transport, side) => {
        const connection = passed[side].push(0) - 1;
        if (side === "client") dialled.push(transport);
        const limit = cuts.find((cut) => cut.connection === connection && cut.to === side)?.bytes ?? Number.POSITIVE_INFINITY;
        return counted(transport, passed[side], connection, limit);
      },
    });
    this.dialled = dialled;
    this.passed = passed;
  }

  /** Ends the connection in use at once. */
  cut(): void {
    this.dialled.at(-1)!.destroy();
  }

  /** Ends the connection in use once what this turn sends was handed to it, and before it arrives. */
  cutAfterTurn(): void {
    const transport = this.dialled.at(-1)!;
    this.clock.endOfTurn(() => transport.destroy());
  }

  /** A server and its client, both of which retain their session. */
  async pair(options: PairOptions = {}): Promise<Pair> {
    const retained = { retentionMs: 300_000 };
    const server = await this.serve({ ...retained, ...options.serve });
    const client = await this.connect({ ...retained, ...options.connect });
    const [session] = server.sessions();
    return { server, client, session: session! };
  }
}

export interface PairOptions {
  readonly serve?: Parameters<World["serve"]>[0];
  readonly connect?: Parameters<World["connect"]>[0];
}

export interface Pair {
  readonly server: Server;
  readonly client: Client;
  readonly session: Session;
}

function counted(transport: Transport, passed: number[], connection: number, limit: number): Transport {
  const { start } = transport;
  transport.start = (events) =>
    start.call(transport, {
      onDrain: () => events.onDrain(),
      onClose: (close) => events.onClose(close),
      onBytes: (chunk) => {
        const part = chunk.subarray(0, Math.min(limit - passed[connection]!, chunk.length));
        passed[connection]! += part.length;
        if (part.length > 0) events.onBytes(part);
        if (passed[connection]! >= limit) transport.destroy();
      },
    });
  return transport;
}

/** What the handlers of one side ran, and the replies that they owe. */
class Handled {
  readonly notes: number[] = [];
  readonly urgent: number[] = [];
  readonly bulky: number[] = [];
  readonly turns: number[] = [];
  readonly items: number[] = [];
  readonly parked: DeferredReply<TextInit>[] = [];

  readonly handlers = [
    probe({
      note: ({ number }) => void this.notes.push(number),
      noteHigh: ({ number }) => void this.urgent.push(number),
      noteBulk: ({ number }) => void this.bulky.push(number),
      turnBulk: async ({ number }) => {
        this.bulky.push(number);
        return { number };
      },
      turn: async ({ number }) => {
        this.turns.push(number);
        return { number };
      },
      up: async (items) => {
        for await (const { number } of items) this.items.push(number);
        return { number: this.items.length };
      },
      later: (_request, context) => {
        const deferred = context.defer();
        this.parked.push(deferred);
        if (this.#replying) this.#reply(deferred);
        return deferred;
      },
    }),
  ];
  #replying = false;

  /** Gives every reply that is owed, and from here on those that come to be. */
  reply(): void {
    this.#replying = true;
    for (const deferred of this.parked) this.#reply(deferred);
  }

  #reply(deferred: DeferredReply<TextInit>): void {
    deferred.reply({ text: "parked" });
  }
}

/** A source of stream items that a test feeds. */
class Feed implements AsyncIterable<TextInit> {
  readonly #items: TextInit[] = [];
  #wake: () => void = () => {};
  #done = false;

  push(...numbers: readonly number[]): void {
    this.#items.push(...numbers.map((number) => ({ number })));
    this.#wake();
  }

  end(): void {
    this.#done = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<TextInit> {
    for (;;) {
      while (this.#items.length > 0) yield this.#items.shift()!;
      if (this.#done) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

const numbers = (count: number, from = 0): number[] => Array.from({ length: count }, (_, at) => from + at);

/** One side's use of everything: begun on the first connection, carried on while there is none, ended on whatever comes then. */
class Use {
  readonly #caller: Session;
  readonly #theirs: Handled;
  readonly #up = new Feed();
  readonly #both = new Feed();
  readonly #results: Promise<unknown>[];
  readonly #classes: boolean;
  #next = 0;

  constructor(caller: Session, theirs: Handled, classes: boolean) {
    this.#caller = caller;
    this.#theirs = theirs;
    this.#classes = classes;
    const proxy = caller.use(Probe);
    this.#results = [
      proxy.up(this.#up).then(({ number }) => number),
      collect(proxy.both(this.#both)).then((items) => items.map(({ number }) => number)),
      collect(proxy.down({ number: 5 })).then((items) => items.map(({ number }) => number)),
      proxy.later({}, { timeoutMs: 600_000 }).then(({ text }) => text),
    ];
    this.go();
  }

  /** Three one-ways, an ordered command, a command, and two items of each stream; the same of other classes where that is asked for. */
  go(): void {
    const proxy = this.#caller.use(Probe);
    const at = this.#next++;
    for (const number of numbers(3, 3 * at)) proxy.note({ number });
    this.#results.push(
      proxy.turn({ number: at }, { timeoutMs: 600_000 }).then(({ number }) => number),
      proxy.echo({ number: at }, { timeoutMs: 600_000 }).then(({ number }) => number),
    );
    if (this.#classes) {
      for (const number of numbers(3, 3 * at)) proxy.noteHigh({ number });
      proxy.noteBulk({ number: 2 * at });
      this.#results.push(
        proxy.echoHigh({ number: at }, { timeoutMs: 600_000 }).then(({ number }) => number),
        proxy.turnBulk({ number: 2 * at + 1 }, { timeoutMs: 600_000 }).then(({ number }) => (number - 1) / 2),
      );
    }
    this.#up.push(2 * at, 2 * at + 1);
    this.#both.push(2 * at, 2 * at + 1);
  }

  finish(): Promise<unknown> {
    this.#up.end();
    this.#both.end();
    return Promise.all([...this.#results, this.#caller.flush()]);
  }

  /** Throws unless everything ran once, in order, and was answered so. */
  check(results: unknown, what: string): void {
    const count = this.#next;
    const answers = numbers(count).flatMap((at) => (this.#classes ? [at, at, at, at] : [at, at]));
    const expected = [2 * count, numbers(2 * count), numbers(5), "parked", ...answers, undefined];
    assert.equal(results, expected, `${what}: answers`);
    assert.equal(this.#theirs.notes, numbers(3 * count), `${what}: one-ways`);
    const others = this.#classes ? count : 0;
    assert.equal(this.#theirs.urgent, numbers(3 * others), `${what}: one-ways of class HIGH`);
    assert.equal(this.#theirs.bulky, numbers(2 * others), `${what}: commands of class BULK`);
    assert.equal(this.#theirs.turns, numbers(count), `${what}: ordered commands`);
    assert.equal(this.#theirs.items, numbers(2 * count), `${what}: items`);
    assert.is(this.#theirs.parked.length, 1, `${what}: parked`);
  }
}

export interface StoryOptions extends PairOptions {
  /** Whether commands of all classes are called. */
  readonly classes?: boolean;
  /** Does more on the first connection. */
  readonly before?: (pair: Pair) => void;
  /** What happens to the connection once frames are under way. Default: it is cut. */
  readonly interrupt?: (pair: Pair) => void;
}

/** Everything from both sides, over connections that are cut: the first by hand with frames under way, others as the world says. */
export async function resumeStory(
  world: CutWorld,
  what: string,
  { classes = false, before, interrupt, serve, connect }: StoryOptions = {},
): Promise<void> {
  const [atServer, atClient] = [new Handled(), new Handled()];
  const pair = await world.pair({
    serve: { handlers: atServer.handlers, ...serve },
    connect: { handlers: atClient.handlers, ...connect },
  });
  const { server, client, session } = pair;
  const uses = [new Use(client, atServer, classes), new Use(session, atClient, classes)];
  await world.settle();
  before?.(pair);
  for (const use of uses) use.go();
  if (interrupt === undefined) world.cutAfterTurn();
  else interrupt(pair);
  await world.settle();
  for (const use of uses) use.go();
  for (const handled of [atServer, atClient]) handled.reply();
  const all = world.until(Promise.all(uses.map((use) => use.finish())), 250_000).catch((error: unknown) => {
    throw new Error(`${what}: ${String(error)}; the client is ${client.state}, the server's session ${session.state}`);
  });
  const results = await all;
  for (const [at, use] of uses.entries()) use.check(results[at], what);
  assert.equal([...server.sessions()], [session], `${what}: the same session`);
  assert.ok(await world.answers(client), what);
  await world.until(client.close(), 10_000);
  await world.until(server.close(), 10_000);
  assert.equal(world.log, [], what);
}
