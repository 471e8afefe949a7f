import { getEventListeners } from "node:events";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { DiscoveryStep } from "../../../runtime/discovery/step.ts";
import type { Admission } from "../../../runtime/server/admission-types.ts";
import { CutWorld } from "../../support/session/resuming.ts";

const RETAINED = { retentionMs: 300_000 };

const test = suite("client/steps");

test("`onStep` is told each step of connecting, from the first on", async () => {
  const world = new CutWorld();
  await world.serve(RETAINED);
  const steps: DiscoveryStep[] = [];
  await world.connect({ endpoints: ["memory:nowhere", { url: "memory:server", priority: 1 }], onStep: (step) => void steps.push(step) });
  assert.equal(
    steps.map(({ type, ...rest }) => [type, "url" in rest ? rest.url : ""]),
    [
      ["trying", "memory:nowhere"],
      ["failed", "memory:nowhere"],
      ["trying", "memory:server"],
      ["found", "memory:server"],
    ],
  );
});

test("`status()` tells each step of the way back: what was tried, why it failed, how long is waited, what was found", async () => {
  const world = new CutWorld();
  await world.serve(RETAINED);
  let open = true;
  const memory = {
    ...world.network,
    dial: async (name: string) => (open ? world.network.dial(name) : Promise.reject(new Error("no network"))),
  };
  const client = await world.connect({ ...RETAINED, memory });
  const told: string[] = [];
  (async () => {
    for await (const event of client.status()) told.push("message" in event ? `${event.type}: ${event.message}` : event.type);
  })();
  open = false;
  world.dialled[0]!.destroy();
  await world.settle(5_000);
  open = true;
  await world.settle(60_000);
  assert.equal(
    told.slice(0, 2).map((line) => line.split(":")[0]),
    ["open", "disconnected"],
  );
  const round = ["waiting", "trying", "failed: TRANSPORT_FAILED: memory:server: no network"];
  const rounds = told.slice(2, -4);
  assert.ok(rounds.length >= round.length, told.join(", "));
  assert.equal(rounds, Array.from({ length: rounds.length / round.length }, () => round).flat());
  assert.equal(told.slice(-4), ["waiting", "trying", "found", "resumed"]);
});

test("who gives up as soon as a server is found gets no session", async () => {
  const world = new CutWorld();
  const server = await world.serve(RETAINED);
  const controller = new AbortController();
  const gone = new Error("gone");
  const onStep = ({ type }: DiscoveryStep): void => {
    if (type === "found") controller.abort(gone);
  };
  assert.is(await world.failure(world.connecting({ onStep, signal: controller.signal })), gone);
  await world.settle(1_000);
  assert.equal([...server.sessions()], []);
});

test("a signal is left alone once the session is open, or was not let in", async () => {
  const world = new CutWorld();
  let admission: Admission | undefined;
  await world.serve({ ...RETAINED, admit: () => admission });
  const { signal } = new AbortController();
  await world.failure(world.connecting({ signal }));
  assert.is(getEventListeners(signal, "abort").length, 0);
  admission = { principal: "ann" };
  await world.connect({ signal });
  assert.is(getEventListeners(signal, "abort").length, 0);
});

test("what `onStep` throws is logged, and ends no search", async () => {
  const world = new CutWorld();
  await world.serve(RETAINED);
  const client = await world.connect({
    onStep: () => {
      throw new Error("mine");
    },
  });
  assert.is(client.state, "open");
  assert.equal(
    world.log.map(({ message }) => message),
    ["onStep failed", "onStep failed"],
  );
});

test.run();
