import { execFileSync } from "node:child_process";

/** Runs git in a folder, as somebody who has no settings. Throws when it fails. */
export function git(folder: string, ...args: readonly string[]): void {
  const identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main", "-c", "commit.gpgsign=false"];
  // Not the repository of a hook that these tests may run in.
  const env = { ...process.env, GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined };
  execFileSync("git", [...identity, ...args], { cwd: folder, env, stdio: ["ignore", "ignore", "pipe"] });
}

/** Commits all that there is. */
export function commit(folder: string): void {
  git(folder, "add", "-A");
  git(folder, "commit", "-qm", "state");
}
