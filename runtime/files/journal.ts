import { createHash } from "node:crypto";
import { appendFile, open, readFile, rename, rm, writeFile } from "node:fs/promises";

/** What a journal says of one range that was verified. */
export interface JournalRange {
  readonly index: number;
  /** SHA-256, in hex. */
  readonly digest: string;
}

/** A journal as it was found. */
export interface FoundJournal<Header> {
  readonly header: Header;
  readonly ranges: readonly JournalRange[];
}

/**
 * The journal beside a partial file: a line that says whose it is, then one for each range that was verified. Each line ends in a checksum over itself and
 * the first, so that a line that is half written, damaged, or of another journal is no line. It is no proof against somebody who computes the checksum
 * too: what a range holds is hashed again before it is trusted, and the whole file before it is put in its place.
 */
export class Journal<Header extends object> {
  readonly #file: string;
  readonly #head: string;

  constructor(file: string, header: Header) {
    this.#file = file;
    this.#head = JSON.stringify(header);
  }

  /** Writes it anew, with these ranges: all of it or nothing. */
  async create(ranges: readonly JournalRange[] = []): Promise<void> {
    const temporary = `${this.#file}.new`;
    try {
      await writeFile(temporary, `${this.#head} ${check(this.#head)}\n${ranges.map((range) => this.#line(range)).join("")}`, {
        mode: 0o600,
      });
      await rename(temporary, this.#file);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
  }

  async append(range: JournalRange): Promise<void> {
    await appendFile(this.#file, this.#line(range));
  }

  #line({ index, digest }: JournalRange): string {
    const text = `${index} ${digest}`;
    return `${text} ${check(this.#head, text)}\n`;
  }
}

/** The largest journal that is read: 65,536 ranges of 90 bytes each, some twice. */
const MAX_JOURNAL_BYTES = 16_777_216;

/** Reads a journal. Undefined when there is none, or its first line is damaged. `judge` says whether what the header holds is one. */
export async function readJournal<Header extends object>(
  file: string,
  judge: (header: object) => header is Header,
): Promise<FoundJournal<Header> | undefined> {
  const text = await bounded(file);
  const [first = "", ...lines] = text?.split("\n") ?? [];
  const head = first.slice(0, -CHECK_LENGTH - 1);
  if (first !== `${head} ${check(head)}`) return undefined;
  const header: unknown = JSON.parse(head);
  if (typeof header !== "object" || header === null || !judge(header)) return undefined;
  return { header, ranges: lines.flatMap((line) => rangeOf(head, line)) };
}

async function bounded(name: string): Promise<string | undefined> {
  try {
    const file = await open(name);
    try {
      return (await file.stat()).size > MAX_JOURNAL_BYTES ? undefined : await readFile(file, "utf8");
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

function rangeOf(head: string, line: string): readonly JournalRange[] {
  const [, text, index, digest, sum] = /^((\d{1,9}) ([0-9a-f]{64})) ([0-9a-f]{16})$/.exec(line) ?? [];
  return text !== undefined && sum === check(head, text) ? [{ index: Number(index), digest: digest! }] : [];
}

/** Hexadecimal digits of a line's checksum. */
const CHECK_LENGTH = 16;

function check(...parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, CHECK_LENGTH);
}
