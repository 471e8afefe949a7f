import { suite } from "uvu";
import * as assert from "uvu/assert";
import { BroadcastTurns } from "../../../runtime/server/broadcast-turns.ts";

/** Turns whose ends the test brings about. */
function make(): { readonly turns: BroadcastTurns; readonly end: () => void } {
  const due: (() => void)[] = [];
  const turns = new BroadcastTurns((run) => void due.push(run));
  return { turns, end: () => void due.splice(0).map((run) => run()) };
}

const test = suite("server/broadcast-turns");

test("a broadcast that is alone in its turn leaves at once, turn by turn", () => {
  const { turns, end } = make();
  for (let turn = 0; turn < 3; turn++) {
    assert.ok(turns.begin());
    end();
  }
});

test("of several in a turn only the first leaves before its end, and after that none does until there is one alone", () => {
  const { turns, end } = make();
  assert.equal([turns.begin(), turns.begin(), turns.begin()], [true, false, false]);
  end();
  assert.equal([turns.begin(), turns.begin()], [false, false]);
  end();
  assert.not(turns.begin());
  end();
  assert.ok(turns.begin());
});

test.run();
