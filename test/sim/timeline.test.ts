import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Timeline } from "./timeline.ts";

const test = suite("sim/timeline");

test("a world in which something is asked for in every turn fails, instead of standing still for ever", async () => {
  const timeline = new Timeline();
  const again = (): void => timeline.endOfTurn(again);
  timeline.after(5, again);
  const failure = await timeline.run(() => false, 100).catch((error: unknown) => String(error));
  assert.match(String(failure), /at 5 ms something asks for another turn/);
});

test.run();
