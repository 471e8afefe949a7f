import { closeSync, fchmodSync, fstatSync, fsyncSync, openSync, readFileSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { checkOptions } from "../errors/options.ts";
import type { Identity } from "./identity.ts";
import { IdentityError } from "./identity-error.ts";
import { parseIdentity, serializeIdentity } from "./identity-text.ts";
import type { CryptoProvider } from "./provider.ts";

/** The largest file that is read as an identity; the largest that is written has about 2 KiB. */
const MAX_IDENTITY_FILE_BYTES = 65_536;

/** Permissions of an identity file: its owner reads and writes, nobody else does anything. */
const IDENTITY_FILE_MODE = 0o600;

/**
 * Reads an identity file that `zgen keygen` or {@link saveIdentity} wrote. Throws IdentityError when others than the owner may read or change
 * it (not checked on Windows, which has other permissions), when it is not one, and with the code ENOENT when there is none; other errors of the file
 * system (EACCES) come as they are.
 */
export function loadIdentity(crypto: CryptoProvider, path: string): Identity {
  const text = readSecret(path, process.platform !== "win32");
  try {
    return parseIdentity(crypto, text);
  } catch (error) {
    throw error instanceof IdentityError ? new IdentityError(`${path}: ${error.message}`) : error;
  }
}

/** The text of a file that is for its owner only. */
function readSecret(path: string, checkPermissions: boolean): string {
  // One descriptor for the checks and for reading, so that nothing can be put in between.
  const file = openIdentity(path);
  try {
    const { mode, size } = fstatSync(file);
    if (checkPermissions) checkMode(path, mode);
    if (size > MAX_IDENTITY_FILE_BYTES)
      throw new IdentityError(`${path}: ${size} bytes; an identity has at most ${MAX_IDENTITY_FILE_BYTES}`);
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}

function openIdentity(path: string): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT") throw error;
    const message = `ENOENT: there is no identity at ${resolve(path)}; \`zgen keygen --out ${path}\` makes one`;
    throw Object.assign(new IdentityError(message, { cause: error }), { code });
  }
}

/** How an identity is written. */
export interface SaveIdentityOptions {
  /** Replaces an existing file, all of it or nothing. Default false: an existing file is EEXIST, as its identity would be lost. */
  readonly replace?: boolean | undefined;
}

/** Writes an identity file that only its owner can read, and returns when it is on disk. */
export function saveIdentity(crypto: CryptoProvider, path: string, identity: Identity, options: SaveIdentityOptions = {}): void {
  checkOptions("saveIdentity", options, ["replace"]);
  const text = serializeIdentity(crypto, identity);
  if (!options.replace) {
    writeNew(path, text);
    return;
  }
  const temporary = `${path}.${process.pid}.new`;
  writeNew(temporary, text);
  try {
    renameSync(temporary, path);
  } catch (error) {
    unlinkSync(temporary);
    throw error;
  }
}

function writeNew(path: string, text: string): void {
  const file = openSync(path, "wx", IDENTITY_FILE_MODE);
  try {
    // A umask may have taken the owner's own rights from the mode above.
    fchmodSync(file, IDENTITY_FILE_MODE);
    writeFileSync(file, text);
    fsyncSync(file);
  } catch (error) {
    unlinkSync(path);
    throw error;
  } finally {
    closeSync(file);
  }
}

function checkMode(path: string, mode: number): void {
  if ((mode & 0o077) === 0) return;
  const octal = (mode & 0o777).toString(8).padStart(4, "0");
  throw new IdentityError(`${path}: mode ${octal} lets others than its owner at this secret; run: chmod 600 ${path}`);
}
