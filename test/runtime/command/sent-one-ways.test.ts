import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import type { AnyCommand } from "../../../runtime/command/registry.ts";
import { type LostOneWays, SentOneWays } from "../../../runtime/command/sent-one-ways.ts";
import type { SessionEnd } from "../../../runtime/session/session-end.ts";

const note = Probe.commands.note as unknown as AnyCommand;
const turn = Probe.commands.noteInTurn as unknown as AnyCommand;
const end = (accepted?: number): SessionEnd => ({
  reason: "PEER_DEAD",
  message: "",
  by: "connection",
  accepted: accepted === undefined ? undefined : [accepted],
});

/** Numbers 1, 2, 4 and 5 are notes, 6 another command; 3 was no one-way. */
function filled(): SentOneWays {
  const sent = new SentOneWays();
  for (const number of [1, 2, 4, 5]) sent.add(note, number, 0);
  sent.add(turn, 6, 0);
  return sent;
}

const told = (lost: LostOneWays): string[] => {
  const errors = [...lost].map(({ command, outcome }) => `${command?.split("/")[1]} ${outcome}`);
  assert.is(errors.length, lost.count);
  return errors;
};

const test = suite("command/sent-one-ways");

test("each that was not accepted is told; what no transport was given was not run", () => {
  assert.equal(told(filled().lost(end(), 1, 4)), ["Note MAY_HAVE_RUN", "Note MAY_HAVE_RUN", "Note NOT_RUN", "NoteInTurn NOT_RUN"]);
  assert.equal(told(filled().lost(end(), 6, 6)), []);
});

test("an orderly end says what was accepted: that is not lost, and all above was not run", () => {
  assert.equal(told(filled().lost(end(4), 0, 6)), ["Note NOT_RUN", "NoteInTurn NOT_RUN"]);
});

test("a peer that claims more than it was given changes nothing about what it was not given", () => {
  assert.equal(told(filled().lost(end(1_000), 0, 5)), ["NoteInTurn NOT_RUN"]);
});

test("one whose time passed is told once, and not again at the end", () => {
  const sent = filled();
  assert.is(sent.tooLate(4)?.outcome, "NOT_RUN");
  assert.is(sent.tooLate(4), undefined);
  assert.is(sent.tooLate(3), undefined, "no one-way");
  assert.is(sent.tooLate(7), undefined);
  assert.is(sent.tooLate(6)?.command, "example.probe.v1.Probe/NoteInTurn");
  assert.equal(told(sent.lost(end(), 1, 6)), ["Note MAY_HAVE_RUN", "Note MAY_HAVE_RUN"]);
});

test("what was accepted is forgotten as others come", () => {
  const sent = new SentOneWays();
  for (let number = 1; number <= 100_000; number++) sent.add(number % 2 === 0 ? note : turn, number, number - 3);
  assert.equal(told(sent.lost(end(), 0, 100_000)).length, 3, "what was not accepted when the last one came");
});

test("a million of one command cost one entry, and are made as they are read", () => {
  const sent = new SentOneWays();
  for (let number = 1; number <= 1_000_000; number++) sent.add(note, number, 0);
  const lost = sent.lost(end(), 0, 1_000_000);
  assert.is(lost.count, 1_000_000);
  const [first] = lost;
  assert.is(first!.outcome, "MAY_HAVE_RUN");
});

test.run();
