import { createHash } from "node:crypto";
import { mkdir, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { type Principal, anonymousPrincipal } from "../../command/context.ts";
import { checkCounts } from "../../common-options.ts";
import { CommandError } from "../../errors/command-error.ts";
import { checkOptions } from "../../errors/options.ts";
import { Folder } from "../folder.ts";
import { refusedName } from "../path.ts";
import { Usage } from "./usage.ts";

/** A folder of this machine that a file service shows, under a name of its own. */
export interface RootOptions {
  readonly directory: string;
  /** Each principal sees a folder of its own there, and nobody else's. Anonymous clients have none. Default false: everybody sees the same. */
  readonly private?: boolean | undefined;
  /** The most bytes that its files may have, open uploads included; of a private root, those of each principal. Default 1 TiB, or 1 GiB if it is private. */
  readonly maxBytes?: number | undefined;
  /** The most files, counted alike. Default 1,000,000, or 10,000 if it is private. */
  readonly maxFiles?: number | undefined;
  /**
   * Where uploads are until they are whole: a folder on the same file system that no root shows, made when it is missing. Default: `.NAME.uploads` beside
   * the directory.
   */
  readonly staging?: string | undefined;
}

/** How many principals' folders are remembered as counted. */
const MAX_USAGES = 10_000;
const TIB = 2 ** 40;
const GIB = 2 ** 30;

/** A root that is open. */
export class Root {
  readonly name: string;
  /** The directory itself, by its real path. */
  readonly directory: string;
  readonly folder: Folder;
  readonly staging: string;
  readonly isPrivate: boolean;
  readonly maxBytes: number;
  readonly maxFiles: number;
  /** By scope. */
  readonly #usages = new Map<string, Promise<Usage>>();

  private constructor(name: string, options: RootOptions, directory: string, folder: Folder, staging: string) {
    this.name = name;
    this.directory = directory;
    this.folder = folder;
    this.staging = staging;
    this.isPrivate = options.private ?? false;
    this.maxBytes = options.maxBytes ?? (this.isPrivate ? GIB : TIB);
    this.maxFiles = options.maxFiles ?? (this.isPrivate ? 10_000 : 1_000_000);
  }

  /** Rejects with TypeError for options that cannot be, with the system's error when the directory cannot be had. */
  static async open(name: string, options: RootOptions): Promise<Root> {
    checkOptions(`roots.${name}`, options, ["directory", "private", "maxBytes", "maxFiles", "staging"]);
    const { directory } = options;
    checkCounts(options, ["maxBytes", "maxFiles"]);
    const why = refusedName(name);
    if (why !== undefined) throw new TypeError(`roots: the name ${JSON.stringify(name)} ${why}`);
    const real = await realpath(directory);
    const staging = options.staging ?? path.join(path.dirname(real), `.${path.basename(real)}.uploads`);
    await mkdir(staging, { recursive: true, mode: 0o700 });
    const [own, other] = await Promise.all([stat(real), stat(staging)]);
    if (own.dev !== other.dev)
      throw new TypeError(`roots.${name}: ${staging} is on another file system than ${real}; name a folder on the same one as \`staging\``);
    return new Root(name, options, real, await Folder.open(real), await realpath(staging));
  }

  /** The folders below the directory in which a principal's files are. Throws CommandError PERMISSION_DENIED for whoever can have none. */
  home(principal: Principal): readonly string[] {
    if (!this.isPrivate) return [];
    if (principal.id === anonymousPrincipal.id) throw new CommandError("PERMISSION_DENIED", `${this.name} is for clients that are known`);
    // An id may be any text: its hash is a name on every system, and two ids that differ in case are two.
    return [createHash("sha256").update(principal.id).digest("hex")];
  }

  /** What is in use of a home; counted when it is asked for first, and kept up from then on. */
  usage(home: readonly string[]): Promise<Usage> {
    const key = home.join("/");
    let usage = this.#usages.get(key);
    if (usage === undefined) {
      // Whoever writes next is counted again.
      if (this.#usages.size >= MAX_USAGES) this.#usages.clear();
      usage = Usage.count(this.folder, home, this.maxFiles);
      usage.catch(() => this.#usages.delete(key));
      this.#usages.set(key, usage);
    }
    return usage;
  }
}

/** Throws TypeError when a folder of uploads can be seen through a root. */
export function checkApart(roots: readonly Root[]): void {
  for (const { name, staging } of roots) {
    const shown = roots.find(({ directory }) => `${staging}${path.sep}`.startsWith(`${directory}${path.sep}`));
    if (shown !== undefined) throw new TypeError(`roots.${name}: its uploads in ${staging} could be seen through the root ${shown.name}`);
  }
}
