import { constants, existsSync, type Stats } from "node:fs";
import { type FileHandle, link, lstat, mkdir, open, opendir, readdir, realpath, rename, rmdir, unlink } from "node:fs/promises";
import path from "node:path";
import { errorCode, pathRefused } from "./errors.ts";
import { isExact } from "./exact-name.ts";

/** Undefined where the system has none: Windows. */
const NOFOLLOW = constants.O_NOFOLLOW ?? 0;
const NONBLOCK = constants.O_NONBLOCK ?? 0;
const DIRECTORY = constants.O_DIRECTORY ?? 0;

/** Whether this system can look names up in a folder that is open, whatever its path leads to by now. */
const anchors: boolean = process.platform === "linux" && existsSync("/proc/self/fd");

/**
 * An open folder, and what is directly in it. Nothing here takes a path: whoever wants to get somewhere goes from folder to folder, by single names that were
 * checked before.
 *
 * What is guaranteed. On Linux each name is looked up in the folder that is open (`/proc/self/fd/N/name`, as openat does) and never through a symbolic link
 * (O_NOFOLLOW), so that nobody who moves or replaces folders meanwhile leads anybody out of the root. Elsewhere Node offers no such lookup: there the path is
 * compared with its real path before it is used, and what was opened with what stands there afterwards. Peers cannot make links through this service; somebody
 * else who may change the root, and does so between the two, can win that race there.
 * Hard links, and file systems that are mounted below a root, are part of it.
 */
export class Folder {
  readonly #handle: FileHandle | undefined;
  readonly #path: string;
  readonly #anchored: boolean;

  private constructor(handle: FileHandle | undefined, real: string, anchored: boolean) {
    this.#handle = handle;
    this.#path = real;
    this.#anchored = anchored;
  }

  /**
   * Opens the folder at a path of this machine's own, which may lead there through links.
   *
   * @param anchored whether names are looked up in the open folder; where the system can by default
   */
  static async open(directory: string, anchored: boolean = anchors): Promise<Folder> {
    const real = await realpath(directory);
    return new Folder(await openFolder(real, 0), real, anchored);
  }

  /** The folder of this name. */
  async folder(name: string): Promise<Folder> {
    await this.#check(name);
    const handle = await openFolder(this.#at(name), NOFOLLOW);
    try {
      if (!this.#anchored) await this.#compare(name, handle);
      return new Folder(handle, path.join(this.#path, name), this.#anchored);
    } catch (error) {
      await handle?.close();
      throw error;
    }
  }

  /** The same, made if it is not there. */
  async make(name: string): Promise<Folder> {
    try {
      await mkdir(this.#at(name));
      await this.#handle?.sync();
    } catch (error) {
      if (errorCode(error) !== "EEXIST") throw error;
    }
    return this.folder(name);
  }

  /** Opens a regular file to read. Whoever gets it closes it. */
  async file(name: string): Promise<FileHandle> {
    await this.#check(name);
    // Without NONBLOCK a named pipe would wait for somebody to write.
    const handle = await open(this.#at(name), constants.O_RDONLY | NOFOLLOW | NONBLOCK);
    try {
      if (!this.#anchored) await this.#compare(name, handle);
      if ((await handle.stat()).isFile()) return handle;
      throw pathRefused(name, "is no file");
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** What stands under a name, a link as a link; undefined for nothing. */
  async entry(name: string): Promise<Stats | undefined> {
    await this.#check(name);
    return absent(lstat(this.#at(name)));
  }

  /** The names of what is in it, as they come. */
  async *names(): AsyncGenerator<string> {
    for await (const { name } of await opendir(this.#here)) yield name;
  }

  /** Puts a file of this machine's own, on the same file system, under a name: all of it at once. Throws EEXIST where there is one that must stay. */
  async adopt(file: string, name: string, replace: boolean): Promise<void> {
    const found = await this.entry(name);
    if (found !== undefined && !found.isFile()) throw pathRefused(name, "leads to what is no file");
    if (replace) {
      await rename(file, this.#at(name));
    } else {
      await link(file, this.#at(name));
      await unlink(file);
    }
    await this.#handle?.sync();
  }

  /** Removes a file, or a folder that is empty. */
  async remove(name: string): Promise<void> {
    const found = await this.entry(name);
    if (found?.isDirectory()) await rmdir(this.#at(name));
    else await unlink(this.#at(name));
  }

  async close(): Promise<void> {
    await this.#handle?.close();
  }

  /** A path of the open folder. */
  get #here(): string {
    return this.#anchored ? `/proc/self/fd/${this.#handle!.fd}` : this.#path;
  }

  #at(name: string): string {
    return path.join(this.#here, name);
  }

  async #check(name: string): Promise<void> {
    const names = {
      identity: async (other: string): Promise<string | undefined> => {
        const found = await absent(lstat(this.#at(other), { bigint: true }));
        return found && `${found.dev}:${found.ino}`;
      },
      list: (): Promise<readonly string[]> => readdir(this.#here),
    };
    if (!(await isExact(name, names))) throw pathRefused(name, "is spelt otherwise where it lies");
    if (this.#anchored || (await absent(lstat(this.#at(name)))) === undefined) return;
    if ((await realpath(this.#at(name))) !== path.join(this.#path, name)) throw pathRefused(name, "leads somewhere else");
  }

  /** That what was opened is what stands there. */
  async #compare(name: string, handle: FileHandle | undefined): Promise<void> {
    const [opened, there] = await Promise.all([handle?.stat(), lstat(this.#at(name))]);
    if (there.isSymbolicLink() || (opened !== undefined && (opened.ino !== there.ino || opened.dev !== there.dev)))
      throw pathRefused(name, "leads somewhere else");
  }
}

/** Undefined on Windows, which opens no folders. */
async function openFolder(target: string, flags: number): Promise<FileHandle | undefined> {
  return process.platform === "win32" ? undefined : open(target, constants.O_RDONLY | DIRECTORY | flags);
}

function absent<T>(found: Promise<T>): Promise<T | undefined> {
  return found.catch((error: unknown) => {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return undefined;
    throw error;
  });
}

/** Goes from a folder to the one below it that `names` lead to, gives it to `use`, and closes what it opened. */
export async function within<T>(from: Folder, names: readonly string[], use: (folder: Folder) => Promise<T>, create = false): Promise<T> {
  let at = from;
  try {
    for (const name of names) {
      const next = await (create ? at.make(name) : at.folder(name));
      if (at !== from) await at.close();
      at = next;
    }
    return await use(at);
  } finally {
    if (at !== from) await at.close();
  }
}
