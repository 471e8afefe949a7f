import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { checkOptions } from "../errors/options.ts";
import { sinkError } from "./failure.ts";
import { checkBytes } from "./options.ts";
import { bounded, type ReadableBlob } from "./readable-blob.ts";
import { spoolDefaults } from "./spool-blob.ts";

/** How much is written to a file. */
export interface SaveOptions {
  /** A larger blob fails with RESOURCE_EXHAUSTED and a `BlobFailure`, TOO_LARGE. Default: 1 GiB, so that one peer alone does not fill a disk. */
  readonly maxBytes?: number | undefined;
}

/** Files that are being written, under names that only they have. */
const unfinished = new Set<string>();

function removeUnfinished(): void {
  for (const file of unfinished) rmSync(file, { force: true });
}

/**
 * Writes a blob into a file, which is there under its name, in place of what was there before, when all of it has come, was verified and is on the disk; until then nothing
 * is. Rejects with CommandError, and leaves nothing. The path is the program's own affair: a blob's `name` is no part of one.
 */
export async function saveBlob(blob: ReadableBlob, path: string, options: SaveOptions = {}): Promise<void> {
  checkOptions("saveBlob", options, ["maxBytes"]);
  checkBytes(options, ["maxBytes"]);
  // Not a longer form of its name, which may be as long as names are.
  const temporary = join(dirname(path), `${randomBytes(16).toString("hex")}.part`);
  if (unfinished.size === 0) process.on("exit", removeUnfinished);
  unfinished.add(temporary);
  try {
    const file = await open(temporary, "wx");
    await writeAll(file, bounded(blob, options.maxBytes ?? spoolDefaults.maxBytes));
    await rename(temporary, path);
  } catch (error) {
    // Where the file could not even be made, nobody has begun to read.
    blob.cancel();
    await rm(temporary, { force: true }).catch(() => {});
    throw sinkError(error);
  } finally {
    unfinished.delete(temporary);
    if (unfinished.size === 0) process.off("exit", removeUnfinished);
  }
}

async function writeAll(file: FileHandle, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const chunk of chunks) await file.appendFile(chunk);
    await file.sync();
  } finally {
    await file.close();
  }
}
