import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Barriers } from "../../../runtime/command/barriers.ts";
import { Priority } from "../../../runtime/session/priority.ts";

const { HIGH, NORMAL, BULK } = Priority;

const test = suite("command/barriers");

test("a barrier opens when the last of three classes reaches it", () => {
  const barriers = new Barriers();
  assert.equal([barriers.reach(HIGH, 1), barriers.reach(BULK, 1), barriers.opened], [false, false, 0]);
  assert.equal([barriers.reach(NORMAL, 1), barriers.opened], [true, 1]);
});

test("a class that is ahead waits for the slowest one, barrier by barrier; reaching one again is nothing new", () => {
  const barriers = new Barriers();
  barriers.reach(HIGH, 5);
  barriers.reach(NORMAL, 3);
  assert.equal([barriers.reach(BULK, 1), barriers.opened], [true, 1]);
  assert.equal([barriers.reach(BULK, 1), barriers.reach(HIGH, 4), barriers.opened], [false, false, 1]);
  assert.equal([barriers.reach(BULK, 4), barriers.opened], [true, 3]);
});

test.run();
