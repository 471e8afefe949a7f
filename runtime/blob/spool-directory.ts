import { accessSync, constants } from "node:fs";
import path from "node:path";

/** Throws {@link unusable} for a folder in which this process can make no files: better when a server starts than when a large blob comes. */
export function checkDirectory(directory: string): void {
  try {
    // What is no folder has nothing below it.
    accessSync(`${directory}${path.sep}.`, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unusable(directory, error);
  }
}

/** Why a large blob finds no place, for whoever runs this process: it names a path, so no peer is told. */
export function unusable(directory: string, cause: unknown): Error {
  const remedy = "make that folder, let this process write there, or name another one as `directory`";
  return new Error(`large blobs cannot be kept in ${directory}: ${remedy}`, { cause });
}
