import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Journal } from "../../../../runtime/files/journal.ts";
import { type FileServiceOptions, fileService } from "../../../../runtime/files/server/service.ts";
import { ManualClock } from "../../../../runtime/time/manual-clock.ts";
import { caught } from "../../../support/command/assert-error.ts";

const test = suite("files/server/service");

const top = mkdtempSync(path.join(tmpdir(), "zserver-service-"));
const directory = path.join(top, "shown");
mkdirSync(directory);
test.after(() => rmSync(top, { recursive: true }));

const authorize = (): boolean => true;
const open = (options: object): ReturnType<typeof fileService> =>
  fileService({ roots: { public: { directory } }, authorize, log: () => {}, ...options } as FileServiceOptions);

const impossible: Readonly<Record<string, readonly [options: object, message: RegExp]>> = {
  "an unknown option": [{ root: {} }, /fileService: unknown option "root"/],
  "an unknown limit": [{ limits: { uploads: 1 } }, /limits: unknown option "uploads"/],
  "a limit of nothing": [{ limits: { openUploads: 0 } }, /openUploads must be a whole number/],
  "an unknown option of a root": [{ roots: { public: { directory, path: "" } } }, /roots\.public: unknown option "path"/],
  "a quota of half a byte": [{ roots: { public: { directory, maxBytes: 0.5 } } }, /maxBytes must be a whole number/],
  "a root whose name is no name": [
    { roots: { "a/b": { directory } } },
    /roots: the name "a\/b" has one of|has a character that stands for a slash/,
  ],
  "uploads that could be seen": [
    { roots: { public: { directory, staging: path.join(directory, "up") } } },
    /could be seen through the root public/,
  ],
};

for (const [name, [options, message]] of Object.entries(impossible)) {
  test(`${name} is refused`, async () => {
    const error = await caught(open(options));
    assert.instance(error, TypeError);
    assert.match(String(error), message);
  });
}

test("a root that is not there, or is a file, is the system's error", async () => {
  writeFileSync(path.join(top, "file"), "");
  assert.match(String(await caught(open({ roots: { public: { directory: path.join(top, "none") } } }))), /ENOENT/);
  assert.match(String(await caught(open({ roots: { public: { directory: path.join(top, "file") } } }))), /ENOTDIR/);
});

test("the folder of uploads is the owner's alone", async () => {
  await (await open({})).close();
  assert.is(statSync(path.join(top, ".shown.uploads")).mode & 0o777, 0o700);
});

test("old uploads are swept by themselves, by the time that the service was given", async () => {
  const clock = new ManualClock();
  const staging = path.join(top, ".shown.uploads");
  const file = path.join(staging, `${"a".repeat(32)}.journal`);
  const header = { principal: "p", root: "public", path: "x", size: 1, rangeBytes: 1, digest: "", source: "", replace: true };
  await new Journal(file, header).create();
  utimesSync(file, clock.wallNow() / 1_000, clock.wallNow() / 1_000);
  const service = await open({ clock, limits: { uploadAgeMs: 60_000 } });
  await clock.settle(59_000);
  await service.sweep();
  assert.equal(readdirSync(staging), [path.basename(file)]);
  await clock.settle(62_000);
  for (let turns = 0; turns < 10_000 && readdirSync(staging).length > 0; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(readdirSync(staging), []);
  await service.close();
  await service.close();
});

test.run();
