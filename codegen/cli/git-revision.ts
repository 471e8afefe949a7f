import { spawnSync } from "node:child_process";
import path from "node:path";
import { UsageError } from "./terminal.ts";

/** The files of a git revision, as they would lie in the work tree, which is not touched. */
export class GitRevision {
  /** Objects of git by absolute path. Symbolic links and submodules are left out. */
  readonly #objects: ReadonlyMap<string, string>;
  readonly #folder: string;

  /**
   * @param folder in the repository
   * @throws UsageError where git has no such revision, or is missing
   */
  constructor(folder: string, revision: string) {
    this.#folder = folder;
    const prefix = this.#git(["rev-parse", "--show-prefix"]);
    if (prefix === undefined)
      throw new UsageError(`${revision} is no folder, and ${folder} is in no git repository that could have such a revision`);
    // A leading dash would be an option to git.
    const tree = revision.startsWith("-") ? undefined : this.#git(["rev-parse", "--verify", "--quiet", `${revision}^{tree}`]);
    if (tree === undefined)
      throw new UsageError(`${revision} is neither a folder nor a revision that git knows here (in a shallow clone, fetch it first)`);
    this.#objects = this.#list(tree.toString().trim(), prefix.toString().replace(/\n$/, ""));
  }

  get paths(): readonly string[] {
    return [...this.#objects.keys()];
  }

  /** The texts of those of the files that the revision has, by path. */
  read(paths: readonly string[]): ReadonlyMap<string, string> {
    const there = paths.filter((file) => this.#objects.has(file));
    const output = this.#git(["cat-file", "--batch"], there.map((file) => `${this.#objects.get(file)}\n`).join(""));
    const texts = new Map<string, string>();
    let at = 0;
    for (const file of there) {
      const line = output?.indexOf("\n", at) ?? -1;
      const size = /^\S+ blob (\d+)$/.exec(output?.toString("utf8", at, line) ?? "")?.[1];
      if (output === undefined || size === undefined) throw new UsageError(`git cannot read ${file} as it was: fetch the revision whole`);
      texts.set(file, output.toString("utf8", line + 1, line + 1 + Number(size)));
      at = line + 1 + Number(size) + 1;
    }
    return texts;
  }

  /** Lines of `ls-tree -z`: mode, kind, object, a tab, and the path from the repository's top. */
  #list(tree: string, prefix: string): ReadonlyMap<string, string> {
    const objects = new Map<string, string>();
    const lines = this.#git(["ls-tree", "-r", "-z", "--full-tree", tree])?.toString().split("\0") ?? [];
    for (const line of lines) {
      const [, object, name] = /^100\d+ blob (\S+)\t([\s\S]+)$/.exec(line) ?? [];
      if (object !== undefined && name !== undefined)
        objects.set(path.resolve(this.#folder, path.posix.relative(`/${prefix}`, `/${name}`)), object);
    }
    return objects;
  }

  /** What git prints; undefined where it fails. */
  #git(args: readonly string[], input = ""): Buffer | undefined {
    // Hooks set these; with them git would take the folder that it is called in for the top of the repository.
    const env = { ...process.env, GIT_DIR: undefined, GIT_WORK_TREE: undefined };
    const { error, status, stdout } = spawnSync("git", args, { cwd: this.#folder, env, input, maxBuffer: Number.POSITIVE_INFINITY });
    if (error !== undefined) throw new UsageError(`git cannot be run: ${error.message}`);
    return status === 0 ? stdout : undefined;
  }
}
