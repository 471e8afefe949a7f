import { open, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { FileChanged, type FileInfo, type FilesProxy, Kind } from "../../../generated/zserver/files/v1/files.ts";
import { checkCounts } from "../../common-options.ts";
import { CommandError } from "../../errors/command-error.ts";
import { sameBytes, sha256 } from "../digest.ts";
import { digestMismatch, isDiskFull, quoted, systemError } from "../errors.ts";
import { readJournal } from "../journal.ts";
import { cutOf, PartialFile, type PartialPaths, type RangePart } from "../partial-file.ts";
import { MAX_NAME_BYTES } from "../path.ts";
import { both } from "./both.ts";
import { claimFile } from "./claim.ts";
import { Lanes } from "./lanes.ts";
import { type ResolvedTransfer, resolveTransfer, Tally, type TransferOptions } from "./options.ts";

/** Which file `download` fetches, and where to. */
export interface DownloadOptions extends TransferOptions {
  /** At the server: "public/photos/1.jpg". */
  readonly path: string;
  /** The file here. Until it is whole it is `NAME.part` (where names have no room for that, the SHA-256 of the name instead), with a journal and a claim beside it. One that is there is replaced. */
  readonly to: string;
  /** What travels again after a mishap, in bytes. Default 8 MiB; large files have larger ones. */
  readonly rangeBytes?: number | undefined;
}

/** What came of a transfer. */
export interface Transferred {
  /** Of the file, in bytes. */
  readonly size: number;
  /** How many of them were there already. */
  readonly resumedBytes: number;
  /** SHA-256 of the whole file, the same at both sides. */
  readonly digest: Uint8Array;
}

/** The first line of a download's journal. */
interface DownloadHeader {
  readonly path: string;
  readonly version: string;
  readonly size: number;
  readonly rangeBytes: number;
}

const DEFAULT_RANGE_BYTES = 8_388_608;
/** Bytes of the longest ending that a file has here until it is whole: `.part.journal.new`. */
const ENDING_BYTES = 17;
/** What this process downloads just now: two that write one file would each take what the other has for damaged. */
const underWay = new Set<string>();
/** How often ranges are fetched again that the digest of the whole file finds damaged. */
const MAX_ROUNDS = 3;

/**
 * Fetches a file. It appears under its name when every byte of it was verified; until then, also after an end of this process, the next download goes on with
 * what is there. Rejects with CommandError: FAILED_PRECONDITION with FileChanged when the file changes meanwhile, DATA_LOSS with DigestMismatch when what comes is
 * not what the server has, RESOURCE_EXHAUSTED with DiskFull; and with what the server answers. Nothing is kept after these three.
 * FAILED_PRECONDITION, too, while this process or another one of this machine downloads to the same file.
 */
export async function download(options: DownloadOptions): Promise<Transferred> {
  const transfer = resolveTransfer("download", options, ["path", "to", "rangeBytes"]);
  checkCounts(options, ["rangeBytes"]);
  const target = path.resolve(options.to);
  if (underWay.has(target)) throw new CommandError("FAILED_PRECONDITION", `${quoted(options.to)} is being downloaded already`);
  underWay.add(target);
  try {
    await checkTarget(options.to);
    const info = await transfer.sessions.call((files) => files.stat({ path: options.path }, { signal: transfer.signal }));
    if (info.kind !== Kind.FILE) throw new CommandError("FAILED_PRECONDITION", `${quoted(options.path)} is no file`);
    return await new Download(options, transfer, info).run();
  } finally {
    underWay.delete(target);
  }
}

class Download {
  readonly #to: string;
  readonly #transfer: ResolvedTransfer;
  readonly #header: DownloadHeader;
  readonly #paths: PartialPaths;

  constructor(
    { path: name, to, rangeBytes = DEFAULT_RANGE_BYTES }: DownloadOptions,
    transfer: ResolvedTransfer,
    { size, version }: FileInfo,
  ) {
    this.#to = to;
    this.#transfer = transfer;
    this.#header = { path: name, version, ...cutOf(Number(size), rangeBytes) };
    this.#paths = partialPaths(to);
  }

  async run(): Promise<Transferred> {
    const release = await this.#claim();
    try {
      const file = await this.#open();
      const resumedBytes = file.verifiedBytes;
      const digest = await this.#fill(file);
      await this.#place(file);
      return { size: this.#header.size, resumedBytes, digest };
    } catch (error) {
      if (isFinal(error)) for (const left of [this.#paths.part, this.#paths.journal]) await rm(left, { force: true }).catch(() => {});
      throw systemError(error, this.#to);
    } finally {
      await release();
    }
  }

  /** From other processes, which would each take what this one has for damaged. */
  async #claim(): Promise<() => Promise<void>> {
    try {
      return await claimFile(this.#to, `${this.#paths.part}.claim`);
    } catch (error) {
      throw systemError(error, this.#to);
    }
  }

  /** What an earlier download left, if it is of the same version; it is verified first. */
  async #open(): Promise<PartialFile<DownloadHeader>> {
    const found = await readJournal(this.#paths.journal, isDownloadHeader);
    const { path: name, version, size } = this.#header;
    if (found !== undefined && found.header.path === name && found.header.version === version && found.header.size === size)
      return PartialFile.load(this.#paths, found, found.header, this.#transfer.signal);
    return PartialFile.create(this.#paths, this.#header, this.#header);
  }

  /** Fetches what is missing until the whole file is what the server has. Returns its digest. */
  async #fill(file: PartialFile<DownloadHeader>): Promise<Uint8Array> {
    const { signal, sessions } = this.#transfer;
    const { path: name, version, size } = this.#header;
    for (let round = 1; ; round += 1) {
      await this.#fetch(file);
      const whole = { path: name, version, offset: 0n, length: BigInt(size) };
      const [theirs, ours] = await both(
        (stop) => sessions.call((files) => files.digest(whole, { signal: stop, timeoutMs: 0 })),
        (stop) => file.digest(stop),
        signal,
      );
      if (sameBytes(theirs.digest, ours)) return ours;
      // Where every range still is what came, the server gave out one file and has another one.
      if ((await file.unverify(signal)) === 0 || round === MAX_ROUNDS) throw digestMismatch(name, 0, size);
    }
  }

  async #fetch(file: PartialFile<DownloadHeader>): Promise<void> {
    const { sessions, parallel, timers, signal, onProgress } = this.#transfer;
    const { path: name, size } = this.#header;
    const tally = new Tally(file.verifiedBytes, (bytes) => onProgress({ path: name, bytes, size }));
    const move = async (files: FilesProxy, index: number, stop: AbortSignal): Promise<void> => {
      try {
        await file.write(index, this.#parts(files, file, index, stop), name, (bytes) => tally.add(index, bytes));
      } finally {
        tally.settle(index, file.has(index));
      }
    };
    await new Lanes({ sessions, parallel, timers, signal, move }).run(file.missing());
  }

  async *#parts(files: FilesProxy, file: PartialFile<DownloadHeader>, index: number, signal: AbortSignal): AsyncGenerator<RangePart> {
    const { path: name, version } = this.#header;
    const { offset, length } = file.range(index);
    const range = { path: name, version, offset: BigInt(offset), length: BigInt(length) };
    for await (const { part } of files.read(range, { signal })) if (part !== undefined) yield part;
  }

  async #place(file: PartialFile<DownloadHeader>): Promise<void> {
    await file.sync();
    await rename(this.#paths.part, this.#to);
    await file.forget();
    await syncFolder(path.dirname(this.#to));
  }
}

/** A file takes the place of a file, also of one at the end of a link; never that of a folder, nor of a device. */
async function checkTarget(to: string): Promise<void> {
  const there = await stat(to).catch(() => undefined);
  if (there !== undefined && !there.isFile())
    throw new CommandError(
      "FAILED_PRECONDITION",
      `${quoted(to)} is ${there.isDirectory() ? "a folder: say what the file is to be called in it" : "no file"}`,
    );
}

/** `NAME.part` and its journal; where a name has no room for the endings, its digest has. */
function partialPaths(to: string): PartialPaths {
  const name = path.basename(to);
  const fits = Buffer.byteLength(name) + ENDING_BYTES <= MAX_NAME_BYTES;
  const part = `${fits ? to : path.join(path.dirname(to), Buffer.from(sha256().update(name).digest()).toString("hex"))}.part`;
  return { part, journal: `${part}.journal` };
}

/** A rename is on disk when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders, and syncs renames by itself.
  if (process.platform === "win32") return;
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Whether what has come is of no use to a later download. */
function isFinal(error: unknown): boolean {
  if (isDiskFull(error)) return true;
  return CommandError.is(error) && (error.code === "DATA_LOSS" || error.detail(FileChanged) !== undefined);
}

function isDownloadHeader(value: object): value is DownloadHeader {
  const { path: name, version, size, rangeBytes } = value as Readonly<Record<string, unknown>>;
  return (
    typeof name === "string" && typeof version === "string" && [size, rangeBytes].every(Number.isSafeInteger) && Number(rangeBytes) > 0
  );
}
