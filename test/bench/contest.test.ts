import { test } from "uvu";
import * as assert from "uvu/assert";
import { choose, hold } from "../../bench/support/contest.ts";
import { readOptions } from "../../bench/support/options.ts";

const quick = readOptions(["--quick"]);

test("zserver always takes part; the others when they are named, or by default", () => {
  const names = ["zserver-tcp", "net", "ws"];
  assert.equal(
    choose(names, quick, (name) => name === "ws"),
    ["zserver-tcp", "ws"],
  );
  assert.equal(
    choose(names, readOptions(["--peers", "net"]), () => true),
    ["zserver-tcp", "net"],
  );
  assert.throws(() => choose(names, readOptions(["--peers", "nte"]), () => true), /no peer is called nte; there are zserver-tcp, net, ws/);
});

/** A contest of these, of whom `absent` is not installed; says what was done. */
function contest(done: string[], sample: (name: string, warming: boolean) => number) {
  return hold(
    {
      subject: "a",
      contenders: ["a", "absent", "b"],
      rows: ["r"],
      metrics: [{ name: "", unit: "a second", more: true }],
      notes: ["a note"],
      start: async (name) => (name === "absent" ? undefined : { name, stop: () => void done.push(`stop ${name}`) }),
      async sample({ name }, _, warming, samples) {
        assert.is(samples, 8, "two contenders, one round for warming up, three that count");
        done.push(name + (warming ? " warms up" : ""));
        return [sample(name, warming)];
      },
    },
    quick,
  );
}

test("a round for warming up does not count, and who is not installed is named", async () => {
  const done: string[] = [];
  const report = await contest(done, (_, warming) => (warming ? 100 : 1));
  assert.equal(done, ["a warms up", "b warms up", "a", "b", "b", "a", "a", "b", "stop a", "stop b"]);
  assert.equal(report.rows[0]!.figures.get("b"), { median: 1, min: 1, max: 1 });
  assert.is(report.notes[0], "a note");
  assert.match(report.notes.at(-1)!, /^absent is not installed/);
});

test("the processes are stopped when a sample fails", async () => {
  const done: string[] = [];
  const failing = contest(done, () => {
    throw new Error("broken");
  });
  assert.is(await failing.catch((error: Error) => error.message), "broken");
  assert.equal(done.slice(-2), ["stop a", "stop b"]);
});

test.run();
