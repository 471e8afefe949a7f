import type { Context, Principal } from "../../command/context.ts";
import { CommandError } from "../../errors/command-error.ts";
import { quoted, systemError } from "../errors.ts";
import { type Folder, within } from "../folder.ts";
import { type FilePath, parsePath } from "../path.ts";
import type { Root } from "./root.ts";

/** What somebody wants to do. `read` is Stat, Read and Digest; `write` is an upload, asked for at its begin and again at its commit. */
export type FileAction = "read" | "write" | "list" | "remove";

/** What a server is asked about. */
export interface FileAccess {
  readonly principal: Principal;
  readonly action: FileAction;
  /** The root's name. */
  readonly root: string;
  /** Below the root, of a private one below the principal's own folder; names with slashes between, empty for the root itself. No other spelling leads there. */
  readonly path: string;
}

/** Who may do what: nothing but `true` allows it. */
export type Authorize = (access: FileAccess) => boolean | Promise<boolean>;

/** A place below a root where somebody may do what was asked. */
export interface Place {
  readonly root: Root;
  readonly path: FilePath;
  /** In which a principal's own files are; empty in a root that everybody shares. */
  readonly home: readonly string[];
}

/** Who may go where. */
export class Access {
  readonly #roots: ReadonlyMap<string, Root>;
  readonly #authorize: Authorize;

  constructor(roots: ReadonlyMap<string, Root>, authorize: Authorize) {
    this.#roots = roots;
    this.#authorize = authorize;
  }

  /** Throws CommandError: INVALID_ARGUMENT for a path that is none, NOT_FOUND for no root, PERMISSION_DENIED. Nothing of the disk is looked at before. */
  async allow({ principal }: Pick<Context, "principal">, action: FileAction, text: string): Promise<Place> {
    const path = parsePath(text);
    const root = this.#roots.get(path.root);
    if (root === undefined) throw new CommandError("NOT_FOUND", `there is no root ${quoted(path.root)}`);
    const allowed: unknown = await this.#authorize({ principal, action, root: root.name, path: path.below });
    if (allowed !== true) throw new CommandError("PERMISSION_DENIED", `${quoted(principal.id)} may not ${action} ${quoted(text)}`);
    return { root, path, home: root.home(principal) };
  }
}

/** Goes to the folder that holds a place. Throws CommandError for what the file system says, and for a root itself. */
export async function atParent<T>(
  { root, path, home }: Place,
  use: (folder: Folder, name: string) => Promise<T>,
  create = false,
): Promise<T> {
  const name = path.names.at(-1);
  if (name === undefined) throw new CommandError("FAILED_PRECONDITION", `${quoted(path.text)} is a root`);
  return told(path, () => within(root.folder, [...home, ...path.names.slice(0, -1)], (folder) => use(folder, name), create));
}

/** Goes to the folder that is a place. */
export function atFolder<T>({ root, path, home }: Place, use: (folder: Folder) => Promise<T>): Promise<T> {
  return told(path, () => within(root.folder, [...home, ...path.names], use));
}

async function told<T>(path: FilePath, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw systemError(error, path.text);
  }
}
