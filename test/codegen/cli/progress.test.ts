import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Progress } from "../../../codegen/cli/progress.ts";
import type { Terminal } from "../../../codegen/cli/terminal.ts";

const test = suite("cli/progress");

function watched(): { readonly lines: string[]; readonly clock: { now: number }; readonly progress: Progress } {
  const lines: string[] = [];
  const clock = { now: 5_000 };
  const terminal = { status: (line: string) => void lines.push(line) } as unknown as Terminal;
  return { lines, clock, progress: new Progress(terminal, () => clock.now) };
}

test("work of less than a second is done without a word", () => {
  const { lines, clock, progress } = watched();
  for (let file = 0; file < 99; file++) {
    clock.now += 10;
    progress.step("reading");
  }
  progress.end();
  assert.equal(lines, []);
});

test("longer work says ten times a second how far it is, and takes the line back", () => {
  const { lines, clock, progress } = watched();
  clock.now += 1_000;
  progress.step("reading");
  progress.step("reading");
  clock.now += 100;
  progress.step("reading");
  clock.now += 100;
  progress.step("writing");
  progress.end();
  progress.end();
  assert.equal(lines, ["reading: 1 files", "reading: 3 files", "writing: 1 files", ""]);
});

test("what is no terminal is told nothing", () => {
  const progress = new Progress({} as Terminal, () => 0);
  progress.step("reading");
  progress.end();
});

test.run();
