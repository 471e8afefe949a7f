import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { DigestMismatch } from "../../../generated/zserver/files/v1/files.ts";
import { readJournal } from "../../../runtime/files/journal.ts";
import { cutOf, MAX_RANGES, PartialFile, type RangePart } from "../../../runtime/files/partial-file.ts";
import { assertError, caught } from "../../support/command/assert-error.ts";
import { bytesOf, sha256 } from "../../support/files/desk.ts";

const test = suite("files/partial-file");

const folder = mkdtempSync(path.join(tmpdir(), "zserver-partial-"));
const paths = { part: path.join(folder, "part"), journal: path.join(folder, "journal") };
test.after(() => rmSync(folder, { recursive: true }));

interface Header {
  readonly name: string;
}
const isHeader = (value: object): value is Header => "name" in value;
const header = { name: "x" };
const cut = { size: 1_050, rangeBytes: 100 };
const content = bytesOf(cut.size);
const rangeOf = (index: number): Buffer => content.subarray(index * 100, (index + 1) * 100);

async function* parts(bytes: Uint8Array, digest: Uint8Array = sha256(bytes)): AsyncGenerator<RangePart> {
  for (let at = 0; at < bytes.length; at += 37) yield { case: "content", value: bytes.subarray(at, at + 37) };
  yield { case: "digest", value: digest };
}

const create = (): Promise<PartialFile<Header>> => PartialFile.create(paths, header, cut);
const load = async (): Promise<PartialFile<Header>> => PartialFile.load(paths, (await readJournal(paths.journal, isHeader))!, cut);

test("ranges that come in any order make the whole, and another process goes on with them", async () => {
  const order = fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], { minLength: 11 });
  await fc.assert(
    fc.asyncProperty(order, fc.nat(11), async (indices, first) => {
      let file = await create();
      for (const [step, index] of indices.entries()) {
        if (step === first) file = await load();
        assert.is(file.missing().length, 11 - step);
        await file.write(index, parts(rangeOf(index)), "x");
      }
      assert.equal(file.missing(), []);
      assert.equal(file.verified(), [{ offset: 0, length: cut.size }]);
      assert.equal(Buffer.from(await file.digest()), sha256(content));
      assert.ok(content.equals(readFileSync(paths.part)));
    }),
    { numRuns: 20 },
  );
});

test("what is verified is told in order, neighbours joined", async () => {
  const file = await create();
  for (const index of [10, 3, 1, 2, 7]) await file.write(index, parts(rangeOf(index)), "x");
  assert.equal(file.verified(), [
    { offset: 100, length: 300 },
    { offset: 700, length: 100 },
    { offset: 1_000, length: 50 },
  ]);
  assert.is(file.verifiedBytes, 450);
});

test("content that is not what its digest says is no range, and costs one that was there", async () => {
  const file = await create();
  const wrong: readonly (() => AsyncGenerator<RangePart>)[] = [
    () => parts(rangeOf(0), sha256(rangeOf(1))),
    () => parts(rangeOf(0), new Uint8Array(0)),
    () => parts(rangeOf(0).subarray(1)),
    () => parts(content.subarray(0, 101)),
    async function* () {
      yield { case: "content", value: rangeOf(0) };
    },
    async function* () {
      yield { case: "digest", value: sha256(rangeOf(0)) };
      yield { case: "content", value: rangeOf(0) };
    },
  ];
  for (const source of wrong) {
    await file.write(0, parts(rangeOf(0)), "x");
    assert.ok(assertError(await caught(file.write(0, source(), "x")), "DATA_LOSS", "MAY_HAVE_RUN").detail(DigestMismatch));
    assert.not(file.has(0));
  }
  assert.ok(statSync(paths.part).size <= 100, "nothing is written beyond a range");
});

test("a range whose content is another one by now is forgotten, and only that", async () => {
  const file = await create();
  for (const index of [0, 1, 2, 10]) await file.write(index, parts(rangeOf(index)), "x");
  assert.is(await file.unverify(), 0);
  truncateSync(paths.part, 1_049);
  assert.is(await file.unverify(), 1);
  truncateSync(paths.part, 150);
  const other = await load();
  assert.equal(other.verified(), [{ offset: 0, length: 100 }]);
  rmSync(paths.part);
  assert.equal((await load()).verified(), []);
  assert.ok(existsSync(paths.part));
});

test("a large file has larger ranges, and no more than may be", () => {
  assert.equal(cutOf(0, 100), { size: 0, rangeBytes: 100 });
  assert.equal(cutOf(100 * MAX_RANGES, 100), { size: 100 * MAX_RANGES, rangeBytes: 100 });
  assert.equal(cutOf(100 * MAX_RANGES + 1, 100), { size: 100 * MAX_RANGES + 1, rangeBytes: 200 });
});

test("what is given up leaves nothing", async () => {
  const file = await create();
  await file.write(0, parts(rangeOf(0)), "x");
  await file.discard();
  assert.equal(readdirSync(folder), []);
});

test("ranges that come again and again do not make the journal grow without end, and none of them is lost", async () => {
  const file = await create();
  for (let round = 0; round < 400; round += 1)
    await Promise.all([0, 1, 2, 3].map((index) => file.write(index, parts(rangeOf(index)), "x")));
  const lines = readFileSync(paths.journal, "utf8").split("\n").length;
  assert.ok(lines < 1_100, `${lines} lines`);
  assert.equal((await load()).verified(), [{ offset: 0, length: 400 }]);
  assert.equal(readdirSync(folder).sort(), ["journal", "part"]);
});

test.run();
