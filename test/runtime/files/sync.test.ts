import { existsSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Files } from "../../../generated/zserver/files/v1/files.ts";
import type { FilesSession } from "../../../runtime/files/client/session.ts";
import { type Synced, sync } from "../../../runtime/files/client/sync.ts";
import { assertError, caught } from "../../support/command/assert-error.ts";
import { type Desk, withDesk } from "../../support/files/desk.ts";

const test = suite("files/sync");

const tree: Readonly<Record<string, string>> = { a: "1", "b/c": "22", "b/d/e": "333", "b/d/f": "", "z.part": "unfinished" };

function lay(desk: Desk, where: "here" | "shown", files: Readonly<Record<string, string>> = tree): void {
  for (const [name, text] of Object.entries(files)) desk.write(desk[where](...name.split("/")), text);
}

/** The files below a folder. */
function look(folder: string, below = ""): Record<string, string> {
  const seen: Record<string, string> = {};
  for (const entry of readdirSync(path.join(folder, below), { withFileTypes: true })) {
    const name = path.join(below, entry.name);
    if (entry.isDirectory()) Object.assign(seen, look(folder, name));
    else if (entry.isFile()) seen[name] = readFileSync(path.join(folder, name), "utf8");
  }
  return seen;
}

async function run(desk: Desk, direction: "up" | "down", remove = false): Promise<Synced> {
  return sync({ sessions: [await desk.connect()], direction, folder: desk.here(), path: "public", remove });
}

test(
  "a folder goes up as it is, but for what a download has not finished; then only what differs travels",
  withDesk({}, async (desk) => {
    lay(desk, "here");
    assert.equal([...(await run(desk, "up")).transferred].sort(), ["a", "b/c", "b/d/e", "b/d/f"]);
    const { "z.part": _, ...whole } = tree;
    assert.equal(look(desk.shown()), whole);
    assert.equal(await run(desk, "up"), { transferred: [], bytes: 0, unchanged: 4, removed: [], skipped: ["z.part"] });
    lay(desk, "here", { a: "2", "b/c": "longer", new: "x" });
    const before = statSync(desk.shown("b", "d", "e")).ino;
    const again = await run(desk, "up");
    assert.equal([[...again.transferred].sort(), again.bytes, again.unchanged], [["a", "b/c", "new"], 8, 2]);
    assert.is(statSync(desk.shown("b", "d", "e")).ino, before);
    assert.equal(look(desk.shown()), { ...whole, a: "2", "b/c": "longer", new: "x" });
  }),
);

test(
  "a folder comes down as it is, into one that is made for it",
  withDesk({}, async (desk) => {
    lay(desk, "shown");
    const folder = desk.here("deeper", "still");
    await sync({ sessions: [await desk.connect()], direction: "down", folder, path: "public/b" });
    assert.equal(look(folder), { c: "22", "d/e": "333", "d/f": "" });
  }),
);

for (const direction of ["up", "down"] as const) {
  test(
    `what only the target has stays, unless it is to be removed (${direction})`,
    withDesk({}, async (desk) => {
      const [source, target] = direction === "up" ? (["here", "shown"] as const) : (["shown", "here"] as const);
      lay(desk, source, { a: "1" });
      lay(desk, target, { a: "1", "old/er/x": "x", "old/y": "y", w: "w" });
      assert.equal((await run(desk, direction)).removed, []);
      assert.is(Object.keys(look(desk[target]())).length, 4);
      const { removed } = await run(desk, direction, true);
      assert.equal([...removed].sort(), ["old", "old/er", "old/er/x", "old/y", "w"]);
      assert.equal(readdirSync(desk[target]()), ["a"]);
    }),
  );
}

for (const direction of ["up", "down"] as const) {
  test(
    `a file takes the place of a folder, and a folder that of a file, where anything may be removed (${direction})`,
    withDesk({}, async (desk) => {
      const [source, target] = direction === "up" ? (["here", "shown"] as const) : (["shown", "here"] as const);
      lay(desk, source, { a: "file", "b/c": "in a folder", "d/e/f": "deep" });
      lay(desk, target, { "a/x/y": "in a folder", "a/z": "too", b: "file", "d/e": "file", "d/g": "old" });
      assert.ok(await caught(run(desk, direction)));
      const { removed } = await run(desk, direction, true);
      assert.equal([...removed].sort(), ["a", "a/x", "a/x/y", "a/z", "b", "d/e", "d/g"]);
      assert.equal(look(desk[target]()), { a: "file", "b/c": "in a folder", "d/e/f": "deep" });
    }),
  );
}

test(
  "a source that is not there is said, empties no target, and makes none",
  withDesk({}, async (desk) => {
    lay(desk, "here", { a: "1" });
    const sessions = [await desk.connect()];
    const down = sync({ sessions, direction: "down", folder: desk.here(), path: "public/typo", remove: true });
    assertError(await caught(down), "NOT_FOUND", "MAY_HAVE_RUN");
    const fresh = sync({ sessions, direction: "down", folder: desk.here("new", "er"), path: "public/typo" });
    assertError(await caught(fresh), "NOT_FOUND", "MAY_HAVE_RUN");
    assert.equal(readdirSync(desk.here()), ["a"]);
    assert.match(
      String(await caught(sync({ sessions, direction: "up", folder: desk.here("typo"), path: "public", remove: true }))),
      /ENOENT/,
    );
    assert.equal(look(desk.here()), { a: "1" });
    await sync({ sessions, direction: "up", folder: desk.here(), path: "public/made/here" });
    assert.equal(look(desk.shown()), { "made/here/a": "1" });
  }),
);

test(
  "what a download has not finished is left out, and said: nor does a file of that name come in between",
  withDesk({}, async (desk) => {
    lay(desk, "shown", { "a/film": "whole", "a/film.part": "half", "a/film.part.journal": "lines", "a/film.part.claim": "7" });
    for (let round = 0; round < 2; round += 1) {
      const { skipped } = await run(desk, "down", true);
      assert.equal([...skipped].sort(), ["a/film.part", "a/film.part.claim", "a/film.part.journal"]);
      assert.equal(look(desk.here()), { "a/film": "whole" });
    }
    lay(desk, "here", { "b.part": "half" });
    assert.equal((await run(desk, "up")).skipped, ["b.part"]);
  }),
);

test(
  "links here are neither followed nor sent, and nothing is written through them",
  withDesk({}, async (desk) => {
    desk.write(path.join(desk.top, "outside", "x"), "precious");
    symlinkSync("../outside", desk.here("link"));
    symlinkSync("../outside/x", desk.here("file"));
    const { skipped, transferred } = await run(desk, "up");
    assert.equal([[...skipped].sort(), transferred], [["file", "link"], []]);
    lay(desk, "shown", { "link/x": "other" });
    assertError(await caught(run(desk, "down")), "NOT_FOUND", "MAY_HAVE_RUN");
    assert.is(readFileSync(path.join(desk.top, "outside", "x"), "utf8"), "precious");
  }),
);

test(
  "a server that lists hostile names writes nothing outside the folder",
  withDesk({}, async (desk) => {
    const client = await desk.connect();
    for (const name of ["..", "../../escaped", "/tmp/escaped", "a\\..\\..\\escaped", "", ".", "con"]) {
      const evil: FilesSession = {
        get state() {
          return client.state;
        },
        status: () => client.status(),
        use: () =>
          Object.assign(Object.create(client.use(Files)), {
            async *list() {
              yield { entries: [{ name, kind: 1, size: 1n }] };
            },
          }),
      };
      const error = await caught(sync({ sessions: [evil], direction: "down", folder: desk.here(), path: "public" }));
      assertError(error, "INVALID_ARGUMENT", "MAY_HAVE_RUN", /the server lists a name/);
    }
    assert.equal(readdirSync(desk.here()), []);
    assert.not(existsSync(path.join(desk.top, "escaped")));
  }),
);

test.run();
