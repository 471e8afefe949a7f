import { suite } from "uvu";
import * as assert from "uvu/assert";
import { BACKLOG_BYTES, Backlog } from "../../../../runtime/server/processes/backlog.ts";
import { StartedProcesses } from "../../../support/server/started-processes.ts";

export const testTimeoutMs = 60_000;

const test = suite("server/processes/backlog");

test("it is full by number and by bytes, until some has left", () => {
  const backlog = new Backlog(3);
  const left = [0, 0, 0].map((bytes) => backlog.add(bytes));
  assert.ok(backlog.full);
  left[1]!();
  assert.not(backlog.full);
  const large = backlog.add(BACKLOG_BYTES);
  left[0]!();
  assert.ok(backlog.full);
  large();
  assert.not(backlog.full);
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
