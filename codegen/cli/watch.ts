import { existsSync, statSync, watch as watchPath } from "node:fs";
import path from "node:path";

/** Tells when one of the files, or something below one of the folders, changes. The returned function ends it. */
export type Watcher = (paths: readonly string[], changed: () => void) => () => void;

/** How long the paths have to be quiet before work begins, in milliseconds: editors write a file in several steps. */
const SETTLE_MS = 20;

export interface WatchOptions {
  /** What to watch at first. */
  readonly paths: readonly string[];
  /** Does the work and says what to watch from now on. Called at once, then after each change. */
  readonly run: (paths: readonly string[]) => readonly string[];
  readonly watcher?: Watcher;
  /** Ends the watch. */
  readonly signal: AbortSignal;
}

/** Runs now and after each change, until the signal fires. */
export function watch({ paths, run, watcher = systemWatcher, signal }: WatchOptions): Promise<void> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    let watched = paths;
    let stop: (() => void) | undefined;
    const changed = (): void => {
      clearTimeout(timer);
      timer = setTimeout(work, SETTLE_MS);
    };
    const work = (): void => {
      const before = watched;
      watched = run(before);
      if (stop !== undefined && watched.join("\n") === before.join("\n")) return;
      stop?.();
      stop = watcher(watched, changed);
    };
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      stop?.();
      resolve();
    });
    work();
  });
}

const systemWatcher: Watcher = (paths, changed) => {
  // What is not there yet may come.
  const watchers = paths
    .filter((each) => existsSync(path.dirname(each)))
    .map((each) => (statSync(each, { throwIfNoEntry: false })?.isDirectory() ? watchFolder(each, changed) : watchFile(each, changed)));
  return () => {
    for (const each of watchers) each.close();
  };
};

/** By way of its folder: editors replace a file, and a watch on the file itself would stay with the old one. */
function watchFile(file: string, changed: () => void): ReturnType<typeof watchPath> {
  return watchPath(path.dirname(file), (_, name) => {
    if (name === null || name === path.basename(file)) changed();
  });
}

/** Only what can change the output counts: the output itself may lie below a watched folder. */
function watchFolder(folder: string, changed: () => void): ReturnType<typeof watchPath> {
  return watchPath(folder, { recursive: true }, (_, name) => {
    if (name === null || [".proto", ".hbs"].includes(path.extname(name))) changed();
  });
}
