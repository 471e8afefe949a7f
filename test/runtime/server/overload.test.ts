import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import type { ServerStatus } from "../../../runtime/server.ts";
import { OverloadMonitor, type OverloadOptions } from "../../../runtime/server/overload.ts";
import { EndError } from "../../../runtime/session/session-end.ts";
import type { Timers } from "../../../runtime/time/timers.ts";
import { assertError, caught } from "../../support/command/assert-error.ts";
import { Gate, probe } from "../../support/command/probe.ts";
import { World } from "../../support/session/world.ts";

/** A monitor whose next samples come as late as the test says, in a process that holds what it says. */
class Watched implements Timers {
  readonly changes: boolean[] = [];
  readonly monitor: OverloadMonitor;
  memory = 0;
  #now = 0;
  #run: (() => void) | undefined;

  constructor(options: OverloadOptions) {
    this.monitor = new OverloadMonitor(options, {
      timers: this,
      memory: () => this.memory,
      changed: (overloaded) => void this.changes.push(overloaded),
    });
  }

  now(): number {
    return this.#now;
  }

  start(): void {
    throw new Error("a monitor has no timers of its own");
  }

  after(delayMs: number, run: () => void): { cancel(): void } {
    this.#now += delayMs;
    this.#run = run;
    return {
      cancel: () => {
        this.#run = undefined;
      },
    };
  }

  /** Samples that are late by so many milliseconds each. */
  late(...ms: readonly number[]): void {
    for (const each of ms) {
      this.#now += each;
      this.#run?.();
    }
  }
}

const test = suite("server/overload");

test("one pause is none, however long; half a second of lag is", () => {
  for (const pauseMs of [150, 3_600_000]) {
    const watched = new Watched({ lagMs: 100 });
    watched.late(0, pauseMs, 0, 0, 0);
    assert.equal(watched.changes, []);
    watched.late(pauseMs, pauseMs);
    assert.equal(watched.changes, [true], `${pauseMs}`);
    assert.is(watched.monitor.retryAfterMs, 2_000);
  }
});

test("it is over after a second of calm in a row, well below the bound, and not before", () => {
  const watched = new Watched({ lagMs: 100 });
  watched.late(200, 200, 200);
  for (let turn = 0; turn < 50; turn++) watched.late(80);
  assert.equal(watched.changes, [true], "between calm and overload it stays as it is");
  watched.late(0, 0, 0);
  assert.equal(watched.changes, [true]);
  watched.late(0);
  assert.equal(watched.changes, [true, false]);
  assert.is(watched.monitor.retryAfterMs, 0);
  for (let turn = 0; turn < 50; turn++) watched.late(80);
  assert.equal(watched.changes, [true, false], "and back");
});

test("memory counts at once, and until it is a tenth below", () => {
  const watched = new Watched({ memoryBytes: 1_000 });
  watched.memory = 999;
  watched.late(5_000, 5_000, 5_000);
  watched.memory = 1_000;
  watched.late(0);
  watched.memory = 901;
  for (let turn = 0; turn < 20; turn++) watched.late(0);
  assert.equal(watched.changes, [true]);
  watched.memory = 899;
  watched.late(0, 0, 0, 0);
  assert.equal(watched.changes, [true, false]);
  watched.memory = 2_000;
  watched.monitor.stop();
  watched.late(0);
  assert.equal(watched.changes, [true, false]);
});

test("what it cannot watch it refuses", () => {
  assert.throws(() => new Watched({ lagMS: 5 } as OverloadOptions), /unknown option "lagMS"/);
  assert.throws(() => new Watched({ lagMs: 0 }), /lagMs must be a whole number/);
  assert.throws(() => new Watched({ memoryBytes: 0.5 }), /memoryBytes must be a whole number/);
});

test("an overloaded server refuses new commands before their handler and new clients; what is under way goes on", async () => {
  const world = new World();
  const gate = new Gate();
  const ran: string[] = [];
  const server = await world.serve({
    overload: { memoryBytes: 1 },
    handlers: [
      probe({
        turn: gate.handler,
        echo: () => ({ number: ran.push("echo") }),
        note: () => void ran.push("note"),
        blip: () => void ran.push("blip"),
        *down() {
          yield { number: ran.push("down") };
        },
        weigh: () => ({ label: `${ran.push("weigh")}` }),
      }),
    ],
  });
  const told: ServerStatus["type"][] = [];
  const watching = (async () => {
    for await (const { type } of server.status()) told.push(type);
  })();
  const client = await world.connect();
  const proxy = client.use(Probe);
  const under = proxy.turn({ number: 7 });
  const queued = caught(proxy.echo({}));
  proxy.blip({});
  await world.settle(300);
  proxy.note({});
  proxy.blip({});
  const stream = proxy.down({})[Symbol.asyncIterator]();
  const refused = [caught(proxy.echo({})), caught(stream.next())];
  const critical = proxy.weigh({});
  await world.settle();
  gate.entered[0]!.open();
  assert.is((await world.until(under)).number, 7);
  for (const each of [queued, ...refused]) {
    const error = assertError(await world.until(each), "RESOURCE_EXHAUSTED", "NOT_RUN", /is overloaded and takes no new commands/);
    assert.is(error.retryAfterMs, 2_000);
  }
  await world.until(critical);
  assert.equal(ran, ["blip", "note", "weigh"]);
  const [session] = server.sessions();
  assert.is(session!.stats().volatileRefused, 1);
  assert.is(client.state, "open");
  const stranger = (await world.failure(world.connecting({ connectTimeoutMs: 1_000 }), 5_000)) as EndError;
  assert.ok(stranger instanceof EndError);
  await world.until(server.close(), 10_000);
  await watching;
  assert.equal(
    told.filter((type) => type !== "connection_failed"),
    ["listening", "overloaded", "closed"].flatMap((type) => (type === "overloaded" ? ["session_opened", type, "session_ended"] : [type])),
  );
});

test.run();
