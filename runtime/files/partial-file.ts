import { constants } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import { DIGEST_BYTES, digestOf, sameBytes, sha256 } from "./digest.ts";
import { digestMismatch } from "./errors.ts";
import { type FoundJournal, Journal, type JournalRange } from "./journal.ts";

/** Lines that a journal has at most beside two for each range: ranges that come again and again must not make it grow without end. */
const SPARE_LINES = 1_024;

/** How a file is cut: all ranges have `rangeBytes`, but the last. */
export interface Cut {
  readonly size: number;
  readonly rangeBytes: number;
}

/** The most ranges that a file is cut into: their digests are kept in memory and in the journal. */
export const MAX_RANGES = 65_536;

/** The size of ranges: as wished, or as many times that as {@link MAX_RANGES} ask for. */
export function cutOf(size: number, wishedBytes: number): Cut {
  return { size, rangeBytes: wishedBytes * Math.max(1, Math.ceil(size / (wishedBytes * MAX_RANGES))) };
}

export interface FileRange {
  readonly offset: number;
  readonly length: number;
}

/** Where a partial file and its journal are. */
export interface PartialPaths {
  readonly part: string;
  readonly journal: string;
}

/** What a piece of a range is: content, or the digest of all of it. */
export type RangePart = { readonly case: "content" | "digest"; readonly value: Uint8Array };

/**
 * A file that comes in ranges, in any order, and the journal of those that were verified. Both survive the process that writes them. Whichever range is lost
 * or damaged meanwhile is found: by {@link load} and by {@link unverify}, which hash what is there.
 */
export class PartialFile<Header extends object> {
  readonly cut: Cut;
  readonly paths: PartialPaths;
  readonly #journal: Journal<Header>;
  /** Digests in hex, by range. */
  readonly #verified = new Map<number, string>();
  /** Of the journal, beside its first. */
  #lines = 0;
  /** While the journal is written anew. */
  #compacting: Promise<void> | undefined;

  private constructor(paths: PartialPaths, header: Header, cut: Cut) {
    this.paths = paths;
    this.cut = cut;
    this.#journal = new Journal(paths.journal, header);
  }

  /** A new one. @param mode of the file as it will be: the process's umask applies */
  static async create<Header extends object>(paths: PartialPaths, header: Header, cut: Cut, mode?: number): Promise<PartialFile<Header>> {
    const file = new PartialFile(paths, header, cut);
    // The journal first: a part without one is swept, a journal without its part holds nothing.
    await file.#journal.create();
    await file.#empty(mode);
    return file;
  }

  /** The one that is there, with the ranges whose content is what the journal says. */
  static async load<Header extends object>(
    paths: PartialPaths,
    { header, ranges }: FoundJournal<Header>,
    cut: Cut,
    signal?: AbortSignal,
  ): Promise<PartialFile<Header>> {
    const file = new PartialFile(paths, header, cut);
    for (const { index, digest } of ranges) if (index < file.count) file.#verified.set(index, digest);
    await file.unverify(signal);
    return file;
  }

  /** How many ranges there are. An empty file has none. */
  get count(): number {
    return Math.ceil(this.cut.size / this.cut.rangeBytes);
  }

  get verifiedBytes(): number {
    let bytes = 0;
    for (const index of this.#verified.keys()) bytes += this.range(index).length;
    return bytes;
  }

  range(index: number): FileRange {
    const offset = index * this.cut.rangeBytes;
    return { offset, length: Math.min(this.cut.rangeBytes, this.cut.size - offset) };
  }

  has(index: number): boolean {
    return this.#verified.has(index);
  }

  missing(): number[] {
    return Array.from({ length: this.count }, (_, index) => index).filter((index) => !this.has(index));
  }

  /** What is verified, in order; neighbours are joined. */
  verified(): FileRange[] {
    const joined: { offset: number; length: number }[] = [];
    for (const index of [...this.#verified.keys()].sort((a, b) => a - b)) {
      const { offset, length } = this.range(index);
      const last = joined.at(-1);
      if (last !== undefined && last.offset + last.length === offset) last.length += length;
      else joined.push({ offset, length });
    }
    return joined;
  }

  /**
   * Writes a range as its parts come, and takes it for verified when they end in the digest of what came. Throws CommandError DATA_LOSS with DigestMismatch for
   * another digest or none, and for content of another length; the range is missing then, as it is when `parts` throws.
   *
   * @param name of the file, for errors
   * @param onBytes told how many bytes were written
   */
  async write(index: number, parts: AsyncIterable<RangePart>, name: string, onBytes: (bytes: number) => void = () => {}): Promise<void> {
    const { offset, length } = this.range(index);
    const hash = sha256();
    let written = 0;
    let digest: Uint8Array | undefined;
    this.#verified.delete(index);
    const file = await this.#open(constants.O_WRONLY);
    try {
      for await (const part of parts) {
        if (part.case === "digest" && digest === undefined) {
          digest = part.value;
          continue;
        }
        if (digest !== undefined || part.value.length > length - written) throw digestMismatch(name, offset, length);
        hash.update(part.value);
        await writeAll(file, part.value, offset + written);
        written += part.value.length;
        onBytes(part.value.length);
      }
    } finally {
      await file.close();
    }
    const found = hash.digest();
    if (written !== length || digest?.length !== DIGEST_BYTES || !sameBytes(found, digest)) throw digestMismatch(name, offset, length);
    const entry = { index, digest: found.toString("hex") };
    await this.#note(entry);
    this.#verified.set(index, entry.digest);
  }

  /** Hashes every range again, and forgets those that are not what they were. Returns how many. */
  async unverify(signal?: AbortSignal): Promise<number> {
    const before = this.#verified.size;
    const file = await this.#open(constants.O_RDONLY).catch(() => undefined);
    try {
      for (const [index, digest] of this.#verified) {
        const { offset, length } = this.range(index);
        const found = file && (await digestOf(file, offset, length, signal));
        if (found === undefined || Buffer.from(found).toString("hex") !== digest) this.#verified.delete(index);
      }
    } finally {
      await file?.close();
    }
    if (file === undefined) await this.#empty();
    await this.#rewrite();
    return before - this.#verified.size;
  }

  /** The digest of the whole file, of what is on the disk. */
  async digest(signal?: AbortSignal): Promise<Uint8Array> {
    const file = await this.#open(constants.O_RDONLY);
    try {
      return await digestOf(file, 0, Number.POSITIVE_INFINITY, signal);
    } finally {
      await file.close();
    }
  }

  /** On disk, whatever becomes of the machine. */
  async sync(): Promise<void> {
    const file = await this.#open(constants.O_RDWR);
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** The part was put in its place: only the journal is left to remove. */
  async forget(): Promise<void> {
    await rm(this.paths.journal, { force: true });
  }

  /** Removes what there is. */
  async discard(): Promise<void> {
    await rm(this.paths.part, { force: true });
    await this.forget();
  }

  async #note(range: JournalRange): Promise<void> {
    await this.#compacting;
    if (this.#lines < 2 * this.count + SPARE_LINES) {
      this.#lines += 1;
      return this.#journal.append(range);
    }
    this.#compacting = this.#rewrite(range).finally(() => {
      this.#compacting = undefined;
    });
    return this.#compacting;
  }

  /** Writes the journal anew, with what is verified and these ranges. */
  #rewrite(...more: readonly JournalRange[]): Promise<void> {
    const ranges = [...Array.from(this.#verified, ([index, digest]) => ({ index, digest })), ...more];
    this.#lines = ranges.length;
    return this.#journal.create(ranges);
  }

  async #empty(mode?: number): Promise<void> {
    await (await this.#open(constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, mode)).close();
  }

  #open(flags: number, mode?: number): Promise<FileHandle> {
    return open(this.paths.part, flags | (constants.O_NOFOLLOW ?? 0), mode);
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
  }
}
