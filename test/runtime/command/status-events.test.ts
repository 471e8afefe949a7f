import { suite } from "uvu";
import * as assert from "uvu/assert";
import { eachOneWayFailed, present } from "../../../runtime/command/status-events.ts";
import { CommandError } from "../../../runtime/errors/command-error.ts";
import type { SessionEnd } from "../../../runtime/session/session-end.ts";

const test = suite("command/status-events");

test("whoever begins to watch is told how things stand, and of a session that has ended why, and how many one-ways came to nothing", () => {
  for (const state of ["open", "draining"] as const) assert.equal(present(state, undefined, 0), { type: state });
  assert.equal(present("disconnected", undefined, 0), { type: "disconnected", reason: "TRANSPORT_CLOSED", message: "" });
  const end: SessionEnd = { reason: "CLOSED", message: "enough", by: "local", accepted: undefined };
  const ended = present("ended", end, 3);
  if (ended.type !== "ended") throw new Error(ended.type);
  assert.equal([ended.error.reason, ended.error.message, ended.oneWaysFailed], ["CLOSED", "CLOSED: enough", 3]);
});

test("one-ways that are lost together are counted one after the other, anew by each reader", () => {
  const errors = ["A", "B"].map((command) => new CommandError("SESSION_LOST", "", { command }));
  const lost = { count: errors.length, [Symbol.iterator]: () => errors.values() };
  const events = eachOneWayFailed(lost, 5);
  for (let reader = 0; reader < 2; reader++)
    assert.equal(
      [...events].map((event) => event.type === "one_way_failed" && [event.command, event.total]),
      [
        ["A", 6],
        ["B", 7],
      ],
    );
});

test.run();
