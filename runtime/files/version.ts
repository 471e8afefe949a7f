import type { FileHandle } from "node:fs/promises";

/** What tells one state of a file from another. */
export interface FileState {
  readonly size: number;
  /**
   * Size, inode, and the times of content and inode: whoever writes sets the last, also where he sets the others back. A clock of the system's may be too coarse for
   * two writes within milliseconds; digests find what it hides.
   */
  readonly version: string;
  readonly modifiedMs: number;
}

export async function stateOf(file: FileHandle): Promise<FileState> {
  const { size, ino, mtimeNs, ctimeNs, mtimeMs } = await file.stat({ bigint: true });
  const version = [size, ino, mtimeNs, ctimeNs].map((part) => part.toString(36)).join("-");
  return { size: Number(size), version, modifiedMs: Number(mtimeMs) };
}
