import { pathRefused } from "./errors.ts";

/** The longest path, in bytes of UTF-8: Linux's own limit. */
export const MAX_PATH_BYTES = 4_096;
/** The longest name, in bytes of UTF-8: what all common file systems take. */
export const MAX_NAME_BYTES = 255;
/** How deep folders may lie: each level costs a handle while a path is walked. */
export const MAX_DEPTH = 64;

/** A path that came through {@link parsePath}. */
export interface FilePath {
  /** As it was asked for. */
  readonly text: string;
  readonly root: string;
  /** Below the root; none for the root itself. */
  readonly names: readonly string[];
  /** The same with slashes: what `authorize` is asked about. */
  readonly below: string;
}

/** Splits a peer's path, `root/folder/name`. Throws CommandError INVALID_ARGUMENT with PathRefused for one that could mean something else somewhere. */
export function parsePath(text: string): FilePath {
  if (Buffer.byteLength(text) > MAX_PATH_BYTES) throw pathRefused(text, `has more than ${MAX_PATH_BYTES} bytes`);
  const [root = "", ...names] = text.split("/");
  if (names.length > MAX_DEPTH) throw pathRefused(text, `lies deeper than ${MAX_DEPTH} folders`);
  for (const name of [root, ...names]) {
    const why = refusedName(name);
    if (why !== undefined) throw pathRefused(text, why);
  }
  return { text, root, names, below: names.join("/") };
}

/** What Windows takes for a device, whatever its case, its extension and the spaces before that. */
const device = /^(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)\d) *(?:\..*)?$/i;

/**
 * Why a name is refused; undefined when it is not. A name is refused everywhere that means something else on any system: a server that moves from
 * Linux to Windows, or a client there, must not be the one that finds out.
 */
export function refusedName(name: string): string | undefined {
  if (name === "") return "has an empty name: a slash too many";
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return `has a name of more than ${MAX_NAME_BYTES} bytes`;
  if (/\p{Cs}/u.test(name)) return "has a name that is no text";
  if (/\p{Cc}/u.test(name)) return "has a control character";
  // A colon names a drive, or a stream of its own; a backslash is a slash.
  if (/[\\/:*?"<>|]/.test(name)) return 'has one of \\ : * ? " < > | in a name';
  if (name !== name.normalize("NFC")) return "is not in Unicode's form NFC";
  if (/[\u202a-\u202e\u2066-\u2069]/.test(name)) return "has a character that turns the direction of text";
  // What looks like a dot, a slash or a letter is one for whoever simplifies names.
  const plain = name.normalize("NFKC");
  if (/^\.+$/.test(plain)) return "has a name of dots alone";
  if (/[\\/]/.test(plain)) return "has a character that stands for a slash";
  if (/[. ]$/.test(plain)) return "has a name that ends in a dot or a space";
  if (device.test(plain)) return "has the name of a device";
  return undefined;
}
