import path from "node:path";
import type { BlobFiles } from "../call/invoke.ts";
import { blobSides } from "../model/blob.ts";
import type { Command } from "../model/schema.ts";
import { UsageError } from "./terminal.ts";

/** The files of a call's blobs. Throws UsageError where a command wants one that is not named, or has no use for one that is. */
export function blobFiles(command: Command, text: string | undefined, out: string | undefined, cwd: string): BlobFiles {
  const blobs = blobSides(command);
  if (blobs?.request && !text?.startsWith("@")) throw new UsageError(`${command.fullName} takes a blob: name its file, @photo.jpg`);
  if (blobs?.reply && out === undefined) throw new UsageError(`${command.fullName} returns a blob: say where it goes, --out photo.jpg`);
  if (!blobs?.reply && out !== undefined) throw new UsageError(`${command.fullName} returns no blob, so there is nothing for --out`);
  return {
    source: blobs?.request ? path.resolve(cwd, text!.slice(1)) : undefined,
    target: out === undefined ? undefined : path.resolve(cwd, out),
  };
}
