import { createHash } from "node:crypto";

/** A released state of the schemas, as zgen.lock keeps it. */
export interface Release {
  /** `MAJOR.MINOR.PATCH`. */
  readonly version: string;
  /** The root fingerprint of its services, in hex. */
  readonly root: string;
  /** By name. */
  readonly files: readonly LockedFile[];
}

export interface LockedFile {
  readonly name: string;
  /** False when another file only imports it: it is somebody else's, and is kept so that the rest can be read. */
  readonly requested: boolean;
  /** Canonical, as `print/` writes it. */
  readonly text: string;
}

export const LOCK_FILE = "zgen.lock";

/** Of the file itself. A zgen that writes another one raises it. */
export const LOCK_FORMAT = 1;

/**
 * The text of zgen.lock: the releases, oldest first. It is `.proto` text between comments that say what it is, so that a diff of it reads as
 * one of schemas.
 */
export function formatLock(releases: readonly Release[]): string {
  const head = `// ${LOCK_FILE} ${LOCK_FORMAT}: the schemas of each release, written by \`zgen release\`. Do not edit.\n`;
  return `${head}${releases.map(formatRelease).join("")}${LOCK_END}\n`;
}

/** Tells a file that ends here from one that was cut. */
export const LOCK_END = "// end";

function formatRelease(release: Release): string {
  const body = formatFiles(release.files);
  return `// release ${release.version} root ${release.root} sha256 ${hashOf(release, body)}\n${body}`;
}

function formatFiles(files: readonly LockedFile[]): string {
  return files.map(({ name, requested, text }) => `// ${requested ? "file" : "import"} ${name}\n${text}`).join("");
}

/** What an edit by hand does not keep right: SHA-256, in hex, of all that a section says. */
export function hashOf({ version, root }: Pick<Release, "version" | "root">, body: string): string {
  return createHash("sha256").update(`${version} ${root}\n${body}`).digest("hex");
}
