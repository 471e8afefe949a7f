import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync } from "node:fs";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type FilesProxy, PathRefused } from "../../../generated/zserver/files/v1/files.ts";
import { CommandError } from "../../../runtime/errors/command-error.ts";
import { assertError, caught } from "../../support/command/assert-error.ts";
import { type Desk, withDesk } from "../../support/files/desk.ts";
import { hostileLinks, hostileNames } from "../../support/files/hostile.ts";
import { note } from "../../support/report.ts";

const test = suite("files/confinement");

const SECRET = "nobody may see or change this";

/** A root with every kind of link in it, and a secret beside it. */
function lay(desk: Desk): void {
  desk.write(path.join(desk.top, "secret"), SECRET);
  desk.write(path.join(desk.top, "outside", "secret"), SECRET);
  desk.write(path.join(desk.top, "outside", "deeper", "secret"), SECRET);
  desk.write(desk.shown("a", "inside"), "may be seen");
  mkdirSync(desk.shown("folder"));
  const link = (target: string, ...names: string[]): void => symlinkSync(target, desk.shown(...names));
  link("../secret", "link-to-secret");
  link("../outside", "link-to-outside");
  link(path.join(desk.top, "outside"), "absolute-link");
  link(path.join(desk.top, "secret"), "absolute-file");
  link("link-to-outside", "link-to-link");
  link("link-to-self", "link-to-self");
  link("../..", "folder", "link-up");
  link("../not-there", "dangling");
  link("a/inside", "link-inside");
  link("/proc", "link-to-proc");
  execFileSync("mkfifo", [desk.shown("pipe")]);
}

/** All that can be seen below a folder, without following links. */
function look(folder: string, seen: Record<string, string> = {}): Record<string, string> {
  for (const name of readdirSync(folder).sort()) {
    const at = path.join(folder, name);
    const found = lstatSync(at);
    if (found.isDirectory()) look(at, seen);
    seen[at] = found.isFile() ? readFileSync(at, "utf8") : found.isSymbolicLink() ? `to ${readlinkSync(at)}` : `mode ${found.mode}`;
  }
  return seen;
}

/** Everything that a client can do with a path. */
const deeds: Readonly<Record<string, (files: FilesProxy, path: string) => Promise<unknown>>> = {
  stat: (files, at) => files.stat({ path: at }),
  list: async (files, at) => {
    for await (const page of files.list({ path: at })) if (page.entries.length > 0) return page;
    throw new Error("it is a folder");
  },
  digest: (files, at) => files.digest({ path: at, length: 5n }),
  read: async (files, at) => {
    for await (const piece of files.read({ path: at, length: 5n })) return piece;
    return undefined;
  },
  upload: async (files, at) => {
    const { upload } = await files.begin({ path: at, replace: true });
    try {
      return await files.commit({ upload, digest: Buffer.from("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "hex") });
    } catch (error) {
      await files.abort({ upload });
      throw error;
    }
  },
  remove: (files, at) => files.remove({ path: at }),
};

const attempts = (names: readonly string[]): (readonly [deed: string, name: string])[] =>
  names.flatMap((name) => Object.keys(deeds).map((deed) => [deed, name] as const));

test(
  "no hostile name leads anywhere, whatever is done with it",
  withDesk({}, async (desk) => {
    lay(desk);
    const before = look(desk.top);
    const files = await desk.files();
    assert.ok(new Set(hostileNames).size >= 60);
    for (const [deed, name] of attempts(hostileNames)) {
      const error = await caught(deeds[deed]!(files, `public/${name}`));
      const refused = assertError(error, "INVALID_ARGUMENT", "MAY_HAVE_RUN").detail(PathRefused);
      assert.ok(refused, `${deed} ${JSON.stringify(name)}`);
    }
    assert.equal(look(desk.top), before);
    note(`${hostileNames.length} names, ${Object.keys(deeds).length} deeds each`);
  }),
);

test(
  "as the name of a root none of them leads anywhere either",
  withDesk({}, async (desk) => {
    lay(desk);
    const before = look(desk.top);
    const files = await desk.files();
    for (const [deed, name] of attempts([...hostileNames, "nothing", "PUBLIC"])) {
      const error = await caught(deeds[deed]!(files, name));
      assert.ok(
        CommandError.is(error) && ["INVALID_ARGUMENT", "NOT_FOUND"].includes(error.code),
        `${deed} ${JSON.stringify(name)}: ${error}`,
      );
    }
    assert.equal(look(desk.top), before);
  }),
);

test(
  "no link in the root is followed, seen, replaced or removed",
  withDesk({}, async (desk) => {
    lay(desk);
    const before = look(desk.top);
    const files = await desk.files();
    for (const [deed, name] of attempts(hostileLinks)) {
      const error = await caught(deeds[deed]!(files, `public/${name}`));
      const codes = deed === "upload" ? ["INVALID_ARGUMENT", "NOT_FOUND", "FAILED_PRECONDITION"] : ["INVALID_ARGUMENT", "NOT_FOUND"];
      assert.ok(CommandError.is(error) && codes.includes(error.code), `${deed} ${name}: ${error}`);
      assert.not(error.message.includes(desk.top), "a path of the server's own");
    }
    assert.equal(look(desk.top), before);
    const names = [];
    for await (const page of files.list({ path: "public" })) names.push(...page.entries.map((entry) => entry.name));
    assert.equal(names, ["a", "folder"]);
  }),
);

test(
  "uploads that are open cannot be seen, and no root may show them",
  withDesk({}, async (desk) => {
    const files = await desk.files();
    await files.begin({ path: "public/x", size: 10n, source: "s" });
    assert.is(desk.staged.length, 2);
    for await (const page of files.list({ path: "public" })) assert.equal(page.entries, []);
    assert.not(existsSync(desk.shown("x")));
    const { Desk: Other } = await import("../../support/files/desk.ts");
    const roots = { all: { directory: desk.top }, part: { directory: desk.shown() } };
    assert.match(String(await caught(Other.open({ roots }))), /roots\.part: its uploads in .* could be seen through the root all/);
  }),
);

test.run();
