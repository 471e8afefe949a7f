import { existsSync, readdirSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { download } from "../../../runtime/files/client/download.ts";
import type { TransferProgress } from "../../../runtime/files/client/options.ts";
import { upload } from "../../../runtime/files/client/upload.ts";
import { assertError, caught } from "../../support/command/assert-error.ts";
import { bytesOf, sha256, withDesk } from "../../support/files/desk.ts";

const test = suite("files/transfers");

const limits = { rangeBytes: 65_536 };
const sizes = [0, 1, 65_535, 65_536, 65_537, 1_000_000];

test(
  "files of every size go up and come down as they are",
  withDesk({ limits }, async (desk) => {
    const client = await desk.connect();
    for (const size of sizes) {
      const bytes = bytesOf(size, size + 1);
      desk.write(desk.here("up"), bytes);
      const sent = await upload({ sessions: [client], from: desk.here("up"), path: `public/deep/er/${size}` });
      assert.equal(sent, { size, resumedBytes: 0, digest: sha256(bytes) });
      assert.ok(bytes.equals(readFileSync(desk.shown("deep", "er", String(size)))));
      const got = await download({ sessions: [client], path: `public/deep/er/${size}`, to: desk.here("down"), rangeBytes: 65_536 });
      assert.equal(got, sent);
      assert.ok(bytes.equals(readFileSync(desk.here("down"))));
    }
    assert.equal(desk.staged, []);
    assert.equal(readdirSync(desk.here()).sort(), ["down", "up"]);
  }),
);

test(
  "progress grows to the size of the file",
  withDesk({ limits }, async (desk) => {
    const client = await desk.connect();
    const bytes = bytesOf(500_000);
    desk.write(desk.here("a"), bytes);
    const steps: TransferProgress[] = [];
    const onProgress = (step: TransferProgress): void => void steps.push(step);
    await upload({ sessions: [client], from: desk.here("a"), path: "public/a", onProgress });
    assert.equal(steps[0], { path: "public/a", bytes: 0, size: 500_000 });
    assert.equal(steps.at(-1), { path: "public/a", bytes: 500_000, size: 500_000 });
    steps.length = 0;
    await download({ sessions: [client], path: "public/a", to: desk.here("b"), rangeBytes: 65_536, onProgress });
    assert.equal(steps.at(-1), { path: "public/a", bytes: 500_000, size: 500_000 });
    for (const [index, { bytes: now }] of steps.entries()) assert.ok(index === 0 || now >= steps[index - 1]!.bytes);
  }),
);

test(
  "what is no file is said before anything is made",
  withDesk({}, async (desk) => {
    const client = await desk.connect();
    desk.write(desk.shown("folder", "file"), "x");
    const to = desk.here("got");
    assertError(await caught(download({ sessions: [client], path: "public/none", to })), "NOT_FOUND", "MAY_HAVE_RUN");
    assertError(await caught(download({ sessions: [client], path: "public/folder", to })), "FAILED_PRECONDITION", "MAY_HAVE_RUN");
    assertError(await caught(upload({ sessions: [client], from: desk.here(), path: "public/x" })), "FAILED_PRECONDITION", "MAY_HAVE_RUN");
    desk.write(desk.here("x"), "x");
    const onFolder = await caught(upload({ sessions: [client], from: desk.here("x"), path: "public/folder" }));
    assertError(onFolder, "FAILED_PRECONDITION", "MAY_HAVE_RUN", /no file/);
    assert.equal(readdirSync(desk.here()), ["x"]);
    assert.equal(desk.staged, []);
    assert.not(existsSync(to));
  }),
);

test(
  "a file may have the longest name there is",
  withDesk({ limits }, async (desk) => {
    const client = await desk.connect();
    for (const name of ["a".repeat(255), "é".repeat(127), "b".repeat(239)]) {
      desk.write(desk.here(name), name);
      await upload({ sessions: [client], from: desk.here(name), path: `public/${name}` });
      desk.write(desk.here("down", "x"), "");
      await download({ sessions: [client], path: `public/${name}`, to: desk.here("down", name) });
      assert.is(readFileSync(desk.here("down", name), "utf8"), name);
    }
    assert.is(readdirSync(desk.here("down")).length, 4);
  }),
);

test(
  "options that nobody knows, and no session, are refused",
  withDesk({}, async (desk) => {
    const client = await desk.connect();
    const options = { sessions: [client], path: "public/a", to: "b", paralel: 2 };
    assert.match(String(await caught(download(options))), /TypeError: download: unknown option "paralel"/);
    assert.match(String(await caught(download({ sessions: [], path: "public/a", to: "b" }))), /at least one session/);
    assert.match(String(await caught(download({ sessions: [client], path: "public/a", to: "b", parallel: 0 }))), /parallel must be/);
  }),
);

test.run();
