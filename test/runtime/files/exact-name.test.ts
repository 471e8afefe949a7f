import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isExact, type Names } from "../../../runtime/files/exact-name.ts";

const test = suite("files/exact-name");

/** A folder whose system takes some names for the same: `fold` says which. */
function folder(entries: readonly string[], fold: (name: string) => string): Names & { listed: number } {
  return {
    listed: 0,
    async identity(name) {
      const index = entries.findIndex((entry) => fold(entry) === fold(name));
      return index < 0 ? undefined : String(index);
    },
    async list() {
      this.listed += 1;
      return entries;
    },
  };
}

const ignoringCase = (name: string): string => name.toUpperCase().toLowerCase();

test("where case counts every name is what it says, and no folder is listed for that", async () => {
  const names = folder(["Secret", "secret", "x"], (name) => name);
  for (const name of ["Secret", "secret", "SECRET", "x", "X", "none"]) assert.ok(await isExact(name, names), name);
  assert.is(names.listed, 0);
});

test("where case does not count only the spelling that is there is taken", async () => {
  const names = folder(["Secret", "straße", "K"], ignoringCase);
  for (const name of ["Secret", "straße", "K", "none"]) assert.ok(await isExact(name, names), name);
  for (const name of ["secret", "SECRET", "ſecret", "STRASSE", "k"]) assert.not(await isExact(name, names), name);
});

test("a second, shorter name of a file is none", async () => {
  const short = (name: string): string => (name.toUpperCase() === "SECRET~1" ? "secret and more" : name.toLowerCase());
  const names = folder(["secret and more"], short);
  assert.ok(await isExact("secret and more", names));
  for (const name of ["SECRET~1", "secret~1"]) assert.not(await isExact(name, names), name);
});

test("names without letters are judged by what is there", async () => {
  const names = folder(["1-2"], (name) => name.replaceAll(/\W/g, ""));
  assert.ok(await isExact("1-2", names));
  assert.ok(await isExact("3", names));
});

test.run();
