import type { Diagnostic } from "../../model/diagnostic.ts";
import { hashOf, LOCK_END, LOCK_FILE, LOCK_FORMAT, type LockedFile, type Release } from "./lock.ts";
import { compareVersions, parseVersion } from "./version.ts";

/** The releases, oldest first, or why the file is not to be trusted. */
export type LockResult =
  | { readonly releases: readonly Release[]; readonly problem?: undefined }
  | { readonly releases?: undefined; readonly problem: Diagnostic };

/** Reads zgen.lock, and believes nothing that `zgen release` did not write. Line ends may be those of Windows. */
export function parseLock(text: string): LockResult {
  try {
    return { releases: new LockParser(text.replaceAll("\r\n", "\n").split("\n")).parse() };
  } catch (error) {
    if (!(error instanceof LockProblem)) throw error;
    return { problem: error.diagnostic };
  }
}

class LockProblem extends Error {
  readonly diagnostic: Diagnostic;

  constructor(rule: string, line: number, message: string, remedy: string) {
    super(message);
    this.diagnostic = { position: { file: LOCK_FILE, line, column: 1 }, rule, message, remedy };
  }
}

const restore = `\`git checkout HEAD -- ${LOCK_FILE}\` brings it back as it was committed`;
const merge = `keep one side whole, with \`git checkout --ours -- ${LOCK_FILE}\` or --theirs, and release the other's changes with \`zgen release\``;
const upgrade = "`npm install --save-dev zgen@latest` brings a zgen that reads it";

const release = /^\/\/ release (\S+) root ([0-9a-f]{32}) sha256 ([0-9a-f]{64})$/;

class LockParser {
  readonly #lines: readonly string[];

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  parse(): readonly Release[] {
    this.#checkConflict();
    this.#checkHead();
    const end = this.#lines.indexOf(LOCK_END);
    if (end < 0) throw new LockProblem("LOCK_CUT", this.#lines.length, "the file ends before its last line", restore);
    const behind = this.#lines.findIndex((line, at) => at > end && line !== "");
    if (behind >= 0) throw this.#edited(behind, "something stands behind the end");
    const starts = this.#lines.flatMap((line, at) => (at < end && line.startsWith("// release ") ? [at] : []));
    if (end > 1 && starts[0] !== 1) throw this.#edited(1, "a release has to begin here");
    const releases = starts.map((start, index) => this.#release(start, starts[index + 1] ?? end));
    this.#checkOrder(releases, starts);
    return releases;
  }

  #checkConflict(): void {
    const at = this.#lines.findIndex((line) => /^(<{7}|={7}|>{7}|\|{7})( |$)/.test(line));
    if (at >= 0) throw new LockProblem("LOCK_CONFLICT", at + 1, "a merge left both sides here", merge);
  }

  #checkHead(): void {
    const format = /^\/\/ zgen\.lock ([1-9]\d*)\b/.exec(this.#lines[0] ?? "")?.[1];
    if (format === undefined) throw this.#edited(0, `a ${LOCK_FILE} does not begin so`);
    if (Number(format) > LOCK_FORMAT)
      throw new LockProblem("LOCK_FORMAT", 1, `format ${format} is a newer zgen's; this one reads ${LOCK_FORMAT}`, upgrade);
  }

  #release(start: number, end: number): Release {
    const [, version, root, hash] = release.exec(this.#lines[start]!) ?? [];
    if (version === undefined || root === undefined || parseVersion(version) === undefined)
      throw this.#edited(start, "no release begins so");
    const body = this.#lines.slice(start + 1, end);
    if (hashOf({ version, root }, body.map((line) => `${line}\n`).join("")) !== hash)
      throw this.#edited(start, `release ${version}, lines ${start + 1} to ${end}, is not what was written at its release`);
    return { version, root, files: filesOf(body) };
  }

  #checkOrder(releases: readonly Release[], starts: readonly number[]): void {
    const at = releases.findIndex(
      ({ version }, index) => index > 0 && compareVersions(parseVersion(releases[index - 1]!.version)!, parseVersion(version)!) >= 0,
    );
    if (at > 0) throw this.#edited(starts[at]!, `release ${releases[at]!.version} stands behind ${releases[at - 1]!.version}`);
  }

  #edited(at: number, message: string): LockProblem {
    return new LockProblem("LOCK_EDITED", at + 1, message, restore);
  }
}

function filesOf(body: readonly string[]): readonly LockedFile[] {
  const files: { name: string; requested: boolean; text: string }[] = [];
  for (const line of body) {
    const [, kind, name] = /^\/\/ (file|import) (.+)$/.exec(line) ?? [];
    const last = files.at(-1);
    if (name !== undefined) files.push({ name, requested: kind === "file", text: "" });
    else if (last !== undefined) last.text += `${line}\n`;
  }
  return files;
}
