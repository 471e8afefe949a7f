import { suite } from "uvu";
import * as assert from "uvu/assert";
import { UNSENT_BYTES, UnsentBroadcasts } from "../../../../runtime/server/processes/unsent-broadcasts.ts";
import { StartedProcesses } from "../../../support/server/started-processes.ts";

export const testTimeoutMs = 60_000;

const test = suite("server/processes/unsent-broadcasts");

test("it is full by number and by bytes, until some has left", () => {
  const unsent = new UnsentBroadcasts(3);
  const left = [0, 0, 0].map((bytes) => unsent.add(bytes));
  assert.ok(unsent.full);
  left[1]!();
  assert.not(unsent.full);
  const large = unsent.add(UNSENT_BYTES);
  left[0]!();
  assert.ok(unsent.full);
  large();
  assert.not(unsent.full);
});

test("what is said to a process that stands still is bounded in bytes, and what others hear is not lost once it goes on", async () => {
  const own = await StartedProcesses.start(2);
  const say = async (count: number): Promise<number> => {
    own.tell(`flood ${count}`);
    return Number(await own.line());
  };
  const [still] = own.pids;
  process.kill(still!, "SIGSTOP");
  const said = await say(200);
  assert.ok(said > 60 && said < 70, `${said} megabytes`);
  assert.is(await say(1), 0);
  process.kill(still!, "SIGCONT");
  while ((await say(1)) === 0);
  assert.is(await own.close(), 0);
});

test.run();
