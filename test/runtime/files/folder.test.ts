import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Folder, within } from "../../../runtime/files/folder.ts";
import { caught } from "../../support/command/assert-error.ts";
import { note } from "../../support/report.ts";

const test = suite("files/folder");

/** A folder `root` with something in it, and `outside` beside it with a secret. */
async function withRoot(anchored: boolean, use: (root: Folder, top: string) => Promise<void>): Promise<void> {
  const top = mkdtempSync(path.join(tmpdir(), "zserver-folder-"));
  for (const name of ["root/a/b", "outside/b"]) mkdirSync(path.join(top, name), { recursive: true });
  writeFileSync(path.join(top, "root/a/b/file"), "inside");
  writeFileSync(path.join(top, "outside/b/file"), "secret");
  symlinkSync("../outside", path.join(top, "root/out"));
  symlinkSync("a", path.join(top, "root/in"));
  symlinkSync("a/b/file", path.join(top, "root/link"));
  const root = await Folder.open(path.join(top, "root"), anchored);
  try {
    await use(root, top);
  } finally {
    await root.close();
    rmSync(top, { recursive: true });
  }
}

async function read(folder: Folder, name: string): Promise<string> {
  const file = await folder.file(name);
  try {
    return (await file.readFile()).toString();
  } finally {
    await file.close();
  }
}

for (const anchored of process.platform === "linux" ? [true, false] : [false]) {
  const how = anchored ? "looking names up in open folders" : "comparing paths";

  test(`files are read, put in place and removed, ${how}`, () =>
    withRoot(anchored, async (root, top) => {
      assert.is(await within(root, ["a", "b"], (folder) => read(folder, "file")), "inside");
      writeFileSync(path.join(top, "new"), "new");
      await within(root, ["a", "made", "deep"], (folder) => folder.adopt(path.join(top, "new"), "file", false), true);
      assert.is(readFileSync(path.join(top, "root/a/made/deep/file"), "utf8"), "new");
      writeFileSync(path.join(top, "newer"), "newer");
      await within(root, ["a", "made", "deep"], async (folder) => {
        assert.match(String(await caught(folder.adopt(path.join(top, "newer"), "file", false))), /EEXIST/);
        await folder.adopt(path.join(top, "newer"), "file", true);
        assert.is(await read(folder, "file"), "newer");
        await folder.remove("file");
      });
      await within(root, ["a", "made"], (folder) => folder.remove("deep"));
      assert.equal(readdirSync(path.join(top, "root/a/made")), []);
      const names = [];
      for await (const name of root.names()) names.push(name);
      assert.equal(names.sort(), ["a", "in", "link", "out"]);
    }));

  test(`no link is followed, ${how}`, () =>
    withRoot(anchored, async (root, top) => {
      for (const name of ["out", "in", "link"]) {
        assert.ok(await caught(root.folder(name)), name);
        assert.ok(await caught(root.make(name)), name);
        assert.ok(await caught(root.file(name)), name);
        writeFileSync(path.join(top, "new"), "new");
        assert.ok(await caught(root.adopt(path.join(top, "new"), name, true)), name);
      }
      assert.is(readFileSync(path.join(top, "outside/b/file"), "utf8"), "secret");
    }));
}

if (process.platform === "linux") {
  test("somebody who swaps folders and links without pause leads nobody out", () =>
    withRoot(true, async (root, top) => {
      const at = (name: string): string => path.join(top, "root", name);
      symlinkSync("../outside", at("evil"));
      let swapping = true;
      let swaps = 0;
      const swapper = (async () => {
        while (swapping) {
          // Between the two the name leads out.
          renameSync(at("a"), at("kept"));
          renameSync(at("evil"), at("a"));
          await new Promise((resolve) => setImmediate(resolve));
          renameSync(at("a"), at("evil"));
          renameSync(at("kept"), at("a"));
          swaps += 1;
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
      const seen = { inside: 0, nothing: 0 };
      for (let round = 0; round < 1_000; round += 1) {
        try {
          assert.is(await within(root, ["a", "b"], (folder) => read(folder, "file")), "inside");
          seen.inside += 1;
        } catch (error) {
          assert.match(String(error), /ENOENT|ENOTDIR|ELOOP/);
          seen.nothing += 1;
        }
      }
      swapping = false;
      await swapper;
      note(`${swaps} swaps; read ${seen.inside} times, found nothing ${seen.nothing} times`);
      assert.ok(seen.inside > 0 && seen.nothing > 0);
    }));
}

test("every handle is closed, whatever fails", async () => {
  if (process.platform !== "linux") return;
  const open = (): number => readdirSync("/proc/self/fd").length;
  const before = open();
  for (const anchored of [true, false]) {
    await withRoot(anchored, async (root) => {
      for (const names of [["a", "b", "none"], ["a", "b", "file"], ["out", "b"], ["none"]])
        await caught(within(root, names, async () => {}));
      await caught(root.file("a"));
      await caught(within(root, ["a", "b"], () => Promise.reject(new Error("no"))));
    });
  }
  assert.is(open(), before);
});

test.run();
