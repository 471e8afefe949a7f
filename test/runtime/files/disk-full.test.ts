import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { DiskFull } from "../../../generated/zserver/files/v1/files.ts";
import { download } from "../../../runtime/files/client/download.ts";
import { upload } from "../../../runtime/files/client/upload.ts";
import { assertError, caught } from "../../support/command/assert-error.ts";
import { bytesOf, Desk } from "../../support/files/desk.ts";
import { skipWithReason } from "../../support/report.ts";

const test = suite("files/disk-full");

const MIB = 1_048_576;

/** A file system of so many MiB, at a folder of its own. Undefined where this process may not mount one. */
function mountSmall(mib: number): string | undefined {
  const at = mkdtempSync(path.join(tmpdir(), "zserver-small-"));
  if (spawnSync("mount", ["-t", "tmpfs", "-o", `size=${mib}m`, "tmpfs", at]).status === 0) return at;
  rmSync(at, { recursive: true });
  return undefined;
}

async function onSmallDisk(mib: number, work: (small: string) => Promise<void>): Promise<void> {
  const small = mountSmall(mib)!;
  try {
    await work(small);
  } finally {
    execFileSync("umount", [small]);
    rmSync(small, { recursive: true });
  }
}

const probe = mountSmall(1);
if (probe !== undefined) {
  execFileSync("umount", [probe]);
  rmSync(probe, { recursive: true });
}
const may = probe !== undefined;
const reason = "needs to mount a tmpfs: run it as root on Linux";
const limits = { rangeBytes: 262_144 };

function onTmpfs(name: string, work: () => Promise<void>): void {
  if (may) test(name, work);
  else skipWithReason(name, reason);
}

onTmpfs("a server whose disk fills up while a file comes says so, and nothing is left of it", async () => {
  await onSmallDisk(8, async (top) => {
    const desk = await Desk.open({ top, limits });
    const client = await desk.connect();
    const here = mkdtempSync(path.join(tmpdir(), "zserver-here-"));
    try {
      const from = path.join(here, "big");
      writeFileSync(from, bytesOf(6 * MIB));
      let filled = false;
      // There is room at the begin; then others take it.
      const onProgress = ({ bytes }: { readonly bytes: number }): void => {
        if (bytes < MIB || filled) return;
        filled = true;
        fill(path.join(top, "others"));
      };
      const error = await caught(upload({ sessions: [client], from, path: "public/deep/big", onProgress }));
      assert.ok(assertError(error, "RESOURCE_EXHAUSTED", "MAY_HAVE_RUN", /no room on the disk/).detail(DiskFull));
      assert.equal([desk.staged, readdirSync(desk.shown())], [[], []]);
      rmSync(path.join(top, "others"));
      await upload({ sessions: [client], from, path: "public/deep/big" });
    } finally {
      rmSync(here, { recursive: true });
      await desk.close();
    }
  });
});

onTmpfs("a client whose disk is too small says so, and nothing is left", async () => {
  await onSmallDisk(2, async (small) => {
    const desk = await Desk.open({ limits });
    try {
      desk.write(desk.shown("big"), bytesOf(4 * MIB));
      mkdirSync(path.join(small, "here"));
      const to = path.join(small, "here", "big");
      const error = await caught(download({ sessions: [await desk.connect()], path: "public/big", to, rangeBytes: 262_144 }));
      assert.ok(assertError(error, "RESOURCE_EXHAUSTED", "MAY_HAVE_RUN").detail(DiskFull));
      assert.equal(readdirSync(path.join(small, "here")), []);
    } finally {
      await desk.close();
    }
  });
});

/** Takes all the room that is left. */
function fill(file: string): void {
  for (let size = 32 * MIB; size >= 4_096; size /= 2) {
    try {
      writeFileSync(file, Buffer.alloc(size), { flag: "a" });
    } catch {}
  }
}

test("this machine says whether it can mount a tmpfs", () => assert.type(may, "boolean"));

test.run();
