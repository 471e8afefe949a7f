import { type Entry, Kind, type ListPage } from "../../../generated/zserver/files/v1/files.ts";
import { CommandError } from "../../errors/command-error.ts";
import { type Folder, within } from "../folder.ts";
import { MAX_DEPTH, refusedName } from "../path.ts";
import type { Sessions } from "./session.ts";

/** What is below a folder, by its path with slashes. */
export interface Tree {
  /** With their sizes in bytes. */
  readonly files: ReadonlyMap<string, number>;
  /** Each before what it holds. */
  readonly folders: readonly string[];
  /** What is there and can be no file of a server: links, devices, names that {@link refusedName} refuses. */
  readonly skipped: readonly string[];
}

export const emptyTree: Tree = { files: new Map(), folders: [], skipped: [] };

/** A server that lists ever more, or ever deeper, fills nobody's memory. */
const MAX_TREE_FILES = 1_000_000;

class Growing implements Tree {
  readonly files = new Map<string, number>();
  readonly folders: string[] = [];
  readonly skipped: string[] = [];

  check(): void {
    checkCount(this.files.size + this.folders.length);
  }
}

const join = (folder: string, name: string): string => (folder === "" ? name : `${folder}/${name}`);

/** The tree at a server. Rejects with NOT_FOUND where there is none. */
export async function remoteTree(sessions: Sessions, root: string, signal: AbortSignal | undefined): Promise<Tree> {
  const tree = new Growing();
  const waiting = [""];
  for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
    const path = at === "" ? root : `${root}/${at}`;
    const entries = await sessions.call((files) => entriesOf(files.list({ path }, { signal })));
    for (const { name, kind, size } of entries) {
      // A server's names lead to files here: they are held to the same rules as a client's.
      const why = refusedName(name);
      if (why !== undefined) throw new CommandError("INVALID_ARGUMENT", `the server lists a name in ${JSON.stringify(path)} that ${why}`);
      const below = join(at, name);
      if (kind === Kind.FILE) tree.files.set(below, Number(size));
      else if (kind === Kind.FOLDER && below.split("/").length < MAX_DEPTH) {
        tree.folders.push(below);
        waiting.push(below);
      }
      tree.check();
    }
  }
  return tree;
}

async function entriesOf(pages: AsyncIterable<ListPage>): Promise<readonly Entry[]> {
  const all: Entry[] = [];
  for await (const { entries } of pages) {
    for (const entry of entries) all.push(entry);
    checkCount(all.length);
  }
  return all;
}

function checkCount(count: number): void {
  if (count > MAX_TREE_FILES)
    throw new CommandError("RESOURCE_EXHAUSTED", `a folder with more than ${MAX_TREE_FILES} files is none to keep in step`);
}

/** The tree here. Links are not followed. */
export async function localTree(root: Folder): Promise<Tree> {
  const tree = new Growing();
  const walk = async (folder: Folder, at: string, depth: number): Promise<void> => {
    for await (const name of folder.names()) {
      const below = join(at, name);
      const entry = refusedName(name) === undefined ? await folder.entry(name) : undefined;
      if (entry?.isFile()) tree.files.set(below, entry.size);
      else if (entry?.isDirectory() && depth < MAX_DEPTH) {
        tree.folders.push(below);
        await within(folder, [name], (child) => walk(child, below, depth + 1));
      } else tree.skipped.push(below);
      tree.check();
    }
  };
  await walk(root, "", 1);
  return tree;
}
