import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Journal, readJournal } from "../../../runtime/files/journal.ts";
import { caught } from "../../support/command/assert-error.ts";

const test = suite("files/journal");

interface Header {
  readonly name: string;
}
const isHeader = (value: object): value is Header => "name" in value && typeof value.name === "string";

const folder = mkdtempSync(path.join(tmpdir(), "zserver-journal-"));
const file = path.join(folder, "j");
const digest = (index: number): string => String(index).padStart(64, "0");
const range = (index: number): { readonly index: number; readonly digest: string } => ({ index, digest: digest(index) });

test.after(() => rmSync(folder, { recursive: true }));

test("what was written is read, appended ranges too", async () => {
  const journal = new Journal<Header>(file, { name: "a \n{}" });
  await journal.create([range(3)]);
  await journal.append(range(1));
  assert.equal(await readJournal(file, isHeader), { header: { name: "a \n{}" }, ranges: [range(3), range(1)] });
  assert.equal(readdirSync(folder), ["j"]);
});

test("a journal that cannot be written leaves nothing that was not there", async () => {
  const taken = path.join(folder, "taken");
  mkdirSync(taken);
  const before = readdirSync(folder).sort();
  assert.match(String(await caught(new Journal<Header>(taken, { name: "a" }).create())), /EISDIR|ENOTEMPTY|EPERM/);
  assert.equal(readdirSync(folder).sort(), before);
  rmSync(taken, { recursive: true });
});

test("cut anywhere it has what is whole, and never anything else", async () => {
  const journal = new Journal<Header>(file, { name: "a" });
  await journal.create();
  for (const index of [0, 1, 2]) await journal.append(range(index));
  const whole = readFileSync(file);
  for (let length = 0; length < whole.length; length += 1) {
    writeFileSync(file, whole);
    truncateSync(file, length);
    const found = await readJournal(file, isHeader);
    const lines =
      whole
        .subarray(0, length + 1)
        .toString()
        .split("\n").length - 1;
    // The last newline says nothing.
    assert.equal(found?.ranges.map(({ index }) => index) ?? [], [0, 1, 2].slice(0, Math.max(0, lines - 1)), `${length} bytes`);
  }
});

test("a changed byte makes its line none, and every line if it is in the first", async () => {
  const journal = new Journal<Header>(file, { name: "abc" });
  await journal.create([range(0), range(1)]);
  const whole = readFileSync(file);
  const first = whole.indexOf("\n");
  for (let at = 0; at < whole.length - 1; at += 1) {
    const damaged = Buffer.from(whole);
    damaged[at]! ^= 1;
    writeFileSync(file, damaged);
    const found = await readJournal(file, isHeader);
    if (at < first) assert.is(found, undefined, `byte ${at}`);
    else assert.ok((found?.ranges.length ?? 0) < 2, `byte ${at}`);
  }
});

test("lines of another journal are none of this one's", async () => {
  const other = path.join(folder, "other");
  await new Journal<Header>(other, { name: "b" }).create([range(7)]);
  await new Journal<Header>(file, { name: "a" }).create([range(0)]);
  appendFileSync(file, readFileSync(other, "utf8").split("\n")[1]!);
  assert.equal((await readJournal(file, isHeader))?.ranges, [range(0)]);
});

test("a header that is none, no file and a file that is too large are no journal", async () => {
  await new Journal<{ readonly size: number }>(file, { size: 1 }).create();
  assert.is(await readJournal(file, isHeader), undefined);
  assert.is(await readJournal(path.join(folder, "absent"), isHeader), undefined);
  truncateSync(file, 17_000_000);
  assert.is(await readJournal(file, isHeader), undefined);
});

test.run();
