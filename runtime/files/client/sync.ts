import { mkdir } from "node:fs/promises";
import nodePath from "node:path";
import type { DigestReply } from "../../../generated/zserver/files/v1/files.ts";
import { CommandError } from "../../errors/command-error.ts";
import { digestOf, sameBytes } from "../digest.ts";
import { systemError } from "../errors.ts";
import { Folder, within } from "../folder.ts";
import { both } from "./both.ts";
import { download } from "./download.ts";
import { each } from "./each.ts";
import { type ResolvedTransfer, resolveTransfer, type TransferOptions } from "./options.ts";
import { emptyTree, localTree, remoteTree, type Tree } from "./tree.ts";
import { upload } from "./upload.ts";

/** Which two folders `sync` makes alike, and which way. */
export interface SyncOptions extends TransferOptions {
  /** Which side is made like the other: `up` the server, `down` this one. */
  readonly direction: "up" | "down";
  /** The folder here. */
  readonly folder: string;
  /** The folder at the server: "public/photos". */
  readonly path: string;
  /** Whether files that only the target has are removed, and folders that are empty then; first what stands where the source has a file for a folder, or the reverse. Default false. */
  readonly remove?: boolean | undefined;
}

/** What was done, by path below the two folders. */
export interface Synced {
  readonly transferred: readonly string[];
  /** Their bytes, those that were there already included. */
  readonly bytes: number;
  readonly unchanged: number;
  readonly removed: readonly string[];
  /** What is here and can be no file of a server, such as links; and what is called as a download calls its files until they are whole. */
  readonly skipped: readonly string[];
}

/** Files that are compared or transferred at once: small ones are nothing but roundtrips. */
const FILES_AT_ONCE = 4;

/** The endings of what a download leaves here until it is whole: no files of anybody's. */
const unfinished = /\.part(\.journal(\.new)?|\.claim)?$/;

/** Makes one folder like the other. Only what differs in size, or else in digest, travels. Rejects as `upload` and `download` do; what was done until then stays. */
export async function sync(options: SyncOptions): Promise<Synced> {
  const transfer = resolveTransfer("sync", options, ["direction", "folder", "path", "remove"]);
  const { direction, folder, path } = options;
  // The server's first: a folder here is made for what is there, and for nothing else.
  const there = await remoteTree(transfer.sessions, path, transfer.signal).catch((error: unknown) => {
    // A target is made. A source that is not there is a mistake, and must not empty its target.
    if (direction === "up" && CommandError.is(error) && error.code === "NOT_FOUND") return emptyTree;
    throw error;
  });
  if (direction === "down") await mkdir(folder, { recursive: true });
  const root = await Folder.open(folder);
  try {
    return await new Sync(options, transfer, root).run(there);
  } finally {
    await root.close();
  }
}

class Sync {
  readonly #options: SyncOptions;
  readonly #transfer: ResolvedTransfer;
  readonly #root: Folder;
  readonly #transferred: string[] = [];
  #bytes = 0;
  #unchanged = 0;

  constructor(options: SyncOptions, transfer: ResolvedTransfer, root: Folder) {
    this.#options = options;
    this.#transfer = transfer;
    this.#root = root;
  }

  /** @param there what the server has */
  async run(there: Tree): Promise<Synced> {
    const { direction, remove = false } = this.#options;
    const here = await localTree(this.#root);
    const [source, target] = direction === "up" ? [here, there] : [there, here];
    const [whole, halves] = apart(source.files);
    const [inTheWay, others] = remove ? conflicts(source, target) : [emptyTree, target];
    const early = await this.#remove(source, inTheWay);
    await each(whole, FILES_AT_ONCE, ([name, size]) => told(name, () => this.#file(name, size, target.files.get(name))));
    const removed = remove ? [...early, ...(await this.#remove(source, others))] : [];
    const skipped = [...here.skipped, ...halves];
    return { transferred: this.#transferred, bytes: this.#bytes, unchanged: this.#unchanged, removed, skipped };
  }

  async #file(name: string, size: number, present: number | undefined): Promise<void> {
    this.#transfer.signal?.throwIfAborted();
    if (present === size && (await this.#isSame(name, size))) {
      this.#unchanged += 1;
      return;
    }
    await (this.#options.direction === "up" ? this.#up(name) : this.#down(name));
    this.#transferred.push(name);
    this.#bytes += size;
  }

  async #isSame(name: string, size: number): Promise<boolean> {
    const { sessions, signal } = this.#transfer;
    const names = name.split("/");
    const ours = (stop: AbortSignal): Promise<Uint8Array> =>
      within(this.#root, names.slice(0, -1), async (folder) => {
        const file = await folder.file(names.at(-1)!);
        try {
          return await digestOf(file, 0, Number.POSITIVE_INFINITY, stop);
        } finally {
          await file.close();
        }
      });
    const whole = { path: this.#remote(name), offset: 0n, length: BigInt(size) };
    const theirs = (stop: AbortSignal): Promise<DigestReply> =>
      sessions.call((files) => files.digest(whole, { signal: stop, timeoutMs: 0 }));
    const [a, b] = await both(ours, theirs, signal);
    return sameBytes(a, b.digest);
  }

  async #up(name: string): Promise<void> {
    await upload({ ...this.#common(), from: this.#local(name), path: this.#remote(name) });
  }

  /** The folders on the way are made one by one, so that none of them leads elsewhere through a link. */
  async #down(name: string): Promise<void> {
    await within(this.#root, name.split("/").slice(0, -1), async () => {}, true);
    await download({ ...this.#common(), path: this.#remote(name), to: this.#local(name) });
  }

  async #remove(source: Tree, target: Tree): Promise<readonly string[]> {
    const removed = [...target.files.keys()].filter((name) => !source.files.has(name) && !unfinished.test(name));
    await each(removed, FILES_AT_ONCE, (name) => told(name, () => this.#removeOne(name)));
    const folders = target.folders.filter((name) => !source.folders.includes(name));
    // The deepest first: a folder is removed when it is empty. Another one holds what is no file of a server, and stays.
    for (const name of folders.sort((a, b) => b.split("/").length - a.split("/").length)) {
      try {
        await told(name, () => this.#removeOne(name));
        removed.push(name);
      } catch (error) {
        if (!CommandError.is(error) || error.code !== "FAILED_PRECONDITION") throw error;
      }
    }
    return removed;
  }

  async #removeOne(name: string): Promise<void> {
    const { sessions, signal } = this.#transfer;
    const names = name.split("/");
    if (this.#options.direction === "down") await within(this.#root, names.slice(0, -1), (folder) => folder.remove(names.at(-1)!));
    else await sessions.call((files) => files.remove({ path: this.#remote(name) }, { signal }));
  }

  #common(): TransferOptions {
    const { sessions, parallel, onProgress, signal, clock } = this.#options;
    return { sessions, parallel, onProgress, signal, clock };
  }

  #local(name: string): string {
    return nodePath.join(this.#options.folder, ...name.split("/"));
  }

  #remote(name: string): string {
    return `${this.#options.path}/${name}`;
  }
}

/** What of a target stands where its source has a folder for a file, or a file for a folder, with all that is below; and the rest. */
function conflicts(source: Tree, target: Tree): readonly [inTheWay: Tree, others: Tree] {
  const folders = new Set(source.folders);
  const roots = new Set([...target.files.keys()].filter((name) => folders.has(name)));
  for (const name of target.folders) if (source.files.has(name)) roots.add(name);
  const inTheWay = (name: string): boolean => name.split("/").some((_, depth, names) => roots.has(names.slice(0, depth + 1).join("/")));
  const part = (wanted: boolean): Tree => ({
    files: new Map([...target.files].filter(([name]) => inTheWay(name) === wanted)),
    folders: target.folders.filter((name) => inTheWay(name) === wanted),
    skipped: [],
  });
  return [part(true), part(false)];
}

/** The files that are somebody's, and the names of those that a download has not finished. */
function apart(files: ReadonlyMap<string, number>): readonly [whole: ReadonlyMap<string, number>, halves: readonly string[]] {
  const whole = new Map([...files].filter(([name]) => !unfinished.test(name)));
  return [whole, [...files.keys()].filter((name) => !whole.has(name))];
}

/** What the file system here says of a file, by the name that it has below both folders. */
async function told<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw systemError(error, name);
  }
}
