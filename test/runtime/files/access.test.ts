import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { FilesProxy } from "../../../generated/zserver/files/v1/files.ts";
import { download } from "../../../runtime/files/client/download.ts";
import { upload } from "../../../runtime/files/client/upload.ts";
import type { Authorize, FileAccess } from "../../../runtime/files/server/access.ts";
import { assertError, caught } from "../../support/command/assert-error.ts";
import { Desk, sha256, withDesk } from "../../support/files/desk.ts";

const test = suite("files/access");

async function names(files: FilesProxy, path: string): Promise<string[]> {
  const found = [];
  for await (const page of files.list({ path })) found.push(...page.entries.map(({ name }) => name));
  return found;
}

const isDenied = async (promise: Promise<unknown>): Promise<void> => {
  assertError(await caught(promise), "PERMISSION_DENIED", "MAY_HAVE_RUN");
};

test("a service without somebody who says who may do what is none", async () => {
  const error = await caught(Desk.open({ authorize: undefined as never }));
  assert.match(String(error), /TypeError: fileService: `authorize` is a function/);
});

test("whatever is not allowed is denied, before anything of the disk is looked at", async () => {
  for (const authorize of [() => false, () => undefined, () => 1, () => "true", async () => false] as unknown as Authorize[]) {
    const desk = await Desk.open({ authorize });
    try {
      const files = await desk.files();
      for (const path of ["public/there", "public/not-there"]) {
        desk.write(desk.shown("there"), "x");
        await isDenied(files.stat({ path }));
        await isDenied(names(files, path));
        await isDenied(files.digest({ path }));
        await isDenied(files.begin({ path }));
        await isDenied(files.remove({ path }));
        await isDenied(files.read({ path })[Symbol.asyncIterator]().next());
      }
    } finally {
      await desk.close();
    }
  }
});

test("who may do what is asked for each deed, in one spelling, and again at the commit", async () => {
  const asked: FileAccess[] = [];
  let open = true;
  const authorize: Authorize = async (access) => {
    asked.push(access);
    return open;
  };
  const desk = await Desk.open({ authorize });
  try {
    desk.write(desk.here("x"), "x");
    await upload({ sessions: [await desk.connect("alice")], from: desk.here("x"), path: "public/a/b" });
    const files = await desk.files("bob");
    await files.stat({ path: "public/a/b" });
    await files.digest({ path: "public/a/b", length: 1n });
    await names(files, "public/a");
    await names(files, "public");
    await files.remove({ path: "public/a/b" });
    assert.equal(
      asked.map(({ principal, action, root, path }) => [principal.id, action, root, path]),
      [
        ["alice", "write", "public", "a/b"],
        ["alice", "write", "public", "a/b"],
        ["bob", "read", "public", "a/b"],
        ["bob", "read", "public", "a/b"],
        ["bob", "list", "public", "a"],
        ["bob", "list", "public", ""],
        ["bob", "remove", "public", "a/b"],
      ],
    );
    const begun = await files.begin({ path: "public/c", source: "s" });
    open = false;
    await isDenied(files.commit({ upload: begun.upload, digest: sha256(Buffer.alloc(0)) }));
    assert.equal(readdirSync(desk.shown("a")), []);
  } finally {
    await desk.close();
  }
});

test("of a private root each principal sees its own folder, whatever it is called", async () => {
  const desk = await Desk.open();
  await desk.close();
  mkdirSync(desk.shown(), { recursive: true });
  const other = await Desk.open({ top: desk.top, root: { private: true } });
  try {
    for (const id of ["alice", "Alice", "../alice", "a/b"]) {
      other.write(other.here("x"), `of ${id}`);
      const client = await other.connect(id);
      await upload({ sessions: [client], from: other.here("x"), path: "public/notes/x" });
    }
    for (const id of ["alice", "Alice", "../alice", "a/b"]) {
      const client = await other.connect(id);
      await download({ sessions: [client], path: "public/notes/x", to: other.here("y") });
      assert.is(readFileSync(other.here("y"), "utf8"), `of ${id}`);
    }
    assert.equal(await names(await other.files("carol"), "public"), []);
    assert.is(readdirSync(other.shown()).length, 4);
    const hash = createHash("sha256").update("alice").digest("hex");
    assertError(await caught((await other.files("Alice")).stat({ path: `public/${hash}` })), "NOT_FOUND", "MAY_HAVE_RUN");
    await isDenied((await other.files()).stat({ path: "public/notes/x" }));
  } finally {
    await other.close();
  }
});

test(
  "a list has what can be named, sorted, in pages; too long a one is refused",
  withDesk({ limits: { listEntries: 1_200 } }, async (desk) => {
    const wanted = Array.from({ length: 1_200 }, (_, index) => `n${String(index).padStart(4, "0")}`);
    for (const name of [...wanted].reverse()) desk.write(desk.shown("many", name), "");
    const files = await desk.files();
    assert.equal(await names(files, "public/many"), wanted);
    desk.write(desk.shown("many", "a\\b"), "cannot be named");
    assert.equal(await names(files, "public/many"), wanted);
    desk.write(desk.shown("many", "o"), "");
    assertError(await caught(names(files, "public/many")), "RESOURCE_EXHAUSTED", "MAY_HAVE_RUN", /listEntries allows 1200/);
    assertError(await caught(names(files, "public/many/o")), "NOT_FOUND", "MAY_HAVE_RUN");
  }),
);

test(
  "a folder is removed when it is empty, a root never",
  withDesk({}, async (desk) => {
    desk.write(desk.shown("folder", "file"), "x");
    const files = await desk.files();
    assertError(await caught(files.remove({ path: "public/folder" })), "FAILED_PRECONDITION", "MAY_HAVE_RUN", /not empty/);
    await files.remove({ path: "public/folder/file" });
    await files.remove({ path: "public/folder" });
    assertError(await caught(files.remove({ path: "public" })), "FAILED_PRECONDITION", "MAY_HAVE_RUN", /is a root/);
    assertError(await caught(files.remove({ path: "public/folder" })), "NOT_FOUND", "MAY_HAVE_RUN");
    assert.equal(readdirSync(desk.shown()), []);
  }),
);

test(
  "reads are bounded for each principal; whoever has no connection gives its place up",
  withDesk({ limits: { readsPerPrincipal: 2 } }, async (desk) => {
    desk.write(desk.shown("big"), Buffer.alloc(4_194_304));
    const start = async (files: FilesProxy): Promise<AsyncIterator<unknown>> => {
      const reading = files.read({ path: "public/big", length: 4_194_304n })[Symbol.asyncIterator]();
      await reading.next();
      return reading;
    };
    const files = await desk.files("alice");
    const readings = [await start(files), await start(files)];
    const refused = assertError(await caught(start(files)), "RESOURCE_EXHAUSTED", "MAY_HAVE_RUN", /readsPerPrincipal allows 2/);
    assert.is(refused.retryAfterMs, 500);
    await start(await desk.files("bob"));
    await readings[0]!.return!();
    for (let tries = 0; tries < 100 && (await started(start(files))) === undefined; tries += 1) await new Promise(setImmediate);
    assertError(await caught(start(files)), "RESOURCE_EXHAUSTED", "MAY_HAVE_RUN");
  }),
);

const started = <T>(starting: Promise<T>): Promise<T | undefined> => starting.catch(() => undefined);

test.run();
