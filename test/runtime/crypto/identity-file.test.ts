import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as keys from "../../../runtime/keys.ts";
import { skipWithReason } from "../../support/report.ts";

const test = suite("crypto/identity-file");
const folder = mkdtempSync(join(tmpdir(), "zserver-identity-"));
const path = join(folder, "server.identity.json");
const identity = keys.createIdentity();
const isIdentityError = (message: RegExp) => (error: unknown) => error instanceof keys.IdentityError && message.test(error.message);

test.after(() => rmSync(folder, { recursive: true }));
test.before.each(() => rmSync(path, { force: true }));

test("what is saved is loaded", () => {
  keys.saveIdentity(path, identity);
  assert.equal(keys.loadIdentity(path), identity);
  assert.equal(keys.parseIdentity(readFileSync(path, "utf8")), identity);
});

test("an existing identity is not overwritten unless that is asked for, and then whole", () => {
  keys.saveIdentity(path, identity);
  const rotated = keys.rotateStaticKey(identity);
  assert.throws(() => keys.saveIdentity(path, rotated), /EEXIST/);
  assert.equal(keys.loadIdentity(path), identity);
  keys.saveIdentity(path, rotated, { replace: true });
  assert.equal(keys.loadIdentity(path), rotated);
  assert.equal(readdirSync(folder), ["server.identity.json"], "nothing is left beside it");
  assert.throws(() => keys.saveIdentity(path, rotated, { force: true } as object), /unknown option "force"/);
});

test("a file that is none says so with its path; a missing one keeps the file system's code, and says what makes one", () => {
  const missing = isIdentityError(
    /^ENOENT: there is no identity at .*server\.identity\.json; `zgen keygen --out .*server\.identity\.json` makes one$/,
  );
  assert.throws(
    () => keys.loadIdentity(path),
    (error: NodeJS.ErrnoException) => missing(error) && error.code === "ENOENT",
  );
  writeFileSync(path, "{}", { mode: 0o600 });
  assert.throws(() => keys.loadIdentity(path), isIdentityError(/server\.identity\.json: .*"format" is missing/));
  writeFileSync(path, " ".repeat(65_537));
  assert.throws(() => keys.loadIdentity(path), isIdentityError(/server\.identity\.json: 65537 bytes; an identity has at most 65536/));
});

if (process.platform === "win32") skipWithReason("permissions of an identity file", "Windows has no Unix permissions");
else {
  test("the file is for its owner only, whatever the umask", () => {
    for (const umask of [0o000, 0o022, 0o777]) {
      const before = process.umask(umask);
      keys.saveIdentity(path, identity, { replace: true });
      process.umask(before);
      assert.is(statSync(path).mode & 0o777, 0o600, umask.toString(8));
    }
  });

  test("a file that others can use is refused, with the remedy", () => {
    keys.saveIdentity(path, identity);
    for (const mode of [0o640, 0o604, 0o660, 0o602, 0o601, 0o777]) {
      chmodSync(path, mode);
      assert.throws(
        () => keys.loadIdentity(path),
        isIdentityError(new RegExp(`mode 0${mode.toString(8)} .*chmod 600 .*server\\.identity`)),
      );
    }
    chmodSync(path, 0o400);
    assert.equal(keys.loadIdentity(path), identity);
  });

  test("behind a symbolic link it is the file that counts", () => {
    keys.saveIdentity(path, identity);
    const link = join(folder, "link");
    symlinkSync(path, link);
    assert.equal(keys.loadIdentity(link), identity);
    chmodSync(path, 0o644);
    assert.throws(() => keys.loadIdentity(link), isIdentityError(/mode 0644/));
  });
}

test.run();
