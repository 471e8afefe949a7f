import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Terminal } from "../../../codegen/cli/terminal.ts";
import { byteText, TransferBar } from "../../../codegen/cli/transfer-bar.ts";

const test = suite("cli/transfer-bar");

test("the bar grows ten times a second, and is taken back", () => {
  const lines: string[] = [];
  let now = 0;
  const bar = new TransferBar({ status: (line: string) => void lines.push(line) } as unknown as Terminal, () => now);
  const step = (bytes: number): void => bar.step({ path: "public/a", bytes, size: 10_485_760 });
  step(1_048_576);
  now = 1_000;
  step(3_145_728);
  now = 1_050;
  step(4_194_304);
  now = 2_000;
  step(10_485_760);
  assert.equal([bar.moved, bar.seconds], [9_437_184, 2]);
  bar.end();
  bar.end();
  assert.equal(lines, [
    "██████░░░░░░░░░░░░░░ 30 %  3.0 MiB of 10 MiB, 2.0 MiB/s  public/a",
    "████████████████████ 100 %  10 MiB of 10 MiB, 4.5 MiB/s  public/a",
    "",
  ]);
});

test("what is no terminal is told nothing, and an empty file is whole", () => {
  let now = 0;
  const silent = new TransferBar({} as Terminal, () => now);
  const lines: string[] = [];
  const bar = new TransferBar({ status: (line: string) => void lines.push(line) } as unknown as Terminal, () => now);
  now = 500;
  for (const one of [silent, bar]) one.step({ path: "p", bytes: 0, size: 0 });
  silent.end();
  assert.equal(lines, ["████████████████████ 100 %  0 B of 0 B, 0 B/s  p"]);
});

test("bytes as people read them", () => {
  const wanted: readonly [number, string][] = [
    [0, "0 B"],
    [1_023, "1023 B"],
    [1_024, "1.0 KiB"],
    [1_536 * 1_024, "1.5 MiB"],
    [20 * 2 ** 30, "20 GiB"],
    [2 ** 52, "4096 TiB"],
  ];
  for (const [bytes, text] of wanted) assert.is(byteText(bytes), text);
});

test.run();
