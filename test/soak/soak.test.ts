import { createServer } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { KeptSecret } from "../../runtime/crypto/kept-secret.ts";
import { systemClock } from "../../runtime/time/system-clock.ts";
import { timersOf } from "../../runtime/time/timers-of.ts";
import { note } from "../support/report.ts";
import { EXTERNAL_TOLERANCE_BYTES, HEAP_TOLERANCE_BYTES, leaksBetween, measure } from "./footprint.ts";
import { soak } from "./soak.ts";

export const testTimeoutMs = 120_000;
export const testRunsAlone = true;

const test = suite("soak");

test("sessions over every transport are opened, used, cut, resumed and ended in every way, and nothing is left of them", async () => {
  const lines: string[] = [];
  const { leaks, resumes, ends } = await soak({
    sessions: 200,
    warmUp: 100,
    socketsEvery: 3,
    concurrency: 32,
    print: (line) => void lines.push(line),
  });
  for (const line of [lines[0]!, lines.at(-1)!]) note(line);
  assert.equal(leaks, []);
  assert.is(resumes, 300);
  assert.equal([...ends.keys()].sort(), ["CLOSED", "SESSION_UNKNOWN"]);
});

test("whatever is left behind is noticed: memory of either kind, a handle, a file descriptor, a timer, a secret", async () => {
  const start = await measure();
  const kept = [
    Array.from({ length: HEAP_TOLERANCE_BYTES / 8 }, (_, at) => ({ at })),
    new Uint8Array(EXTERNAL_TOLERANCE_BYTES + 1_000_000),
  ];
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const timer = timersOf(systemClock).after(1_000_000, () => {});
  const secret = new KeptSecret(new Uint8Array(32));
  const found = leaksBetween(start, await measure()).map((leak) => leak.split(/ grew|:/)[0]);
  const descriptors = start.descriptors === undefined ? [] : ["file descriptors"];
  assert.equal(found, ["the heap", "external memory", "handles", ...descriptors, "timers", "secrets"]);
  timer.cancel();
  secret.wipe();
  await new Promise((resolve) => server.close(resolve));
  assert.is(kept.splice(0).length, 2);
  assert.equal(leaksBetween(start, await measure()), []);
});

test.run();
