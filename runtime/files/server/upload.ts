import { rm, stat, statfs } from "node:fs/promises";
import path from "node:path";
import { diskFull, errorCode, isDiskFull, stagingUnusable, uploadGone } from "../errors.ts";
import { readJournal } from "../journal.ts";
import { PartialFile, type PartialPaths, type RangePart } from "../partial-file.ts";

/** What an upload is about: the first line of its journal. */
export interface UploadHeader {
  readonly principal: string;
  readonly root: string;
  /** Below the root, with slashes. */
  readonly path: string;
  readonly size: number;
  readonly rangeBytes: number;
  /** Of the whole file, in hex; empty while unknown. */
  readonly digest: string;
  /** The client's name for the version at its source; may be empty. */
  readonly source: string;
  readonly replace: boolean;
}

function isUploadHeader(value: object): value is UploadHeader {
  const header = value as Readonly<Record<string, unknown>>;
  const texts = ["principal", "root", "path", "digest", "source"].every((name) => typeof header[name] === "string");
  const counts = Number.isSafeInteger(header.size) && Number.isSafeInteger(header.rangeBytes) && Number(header.rangeBytes) > 0;
  return texts && counts && typeof header.replace === "boolean";
}

/** How many are told that they lost an upload, and not merely that there is none. */
const FORMER_IDS = 8;

interface Write {
  readonly controller: AbortController;
  readonly ended: Promise<unknown>;
}

/** A file that comes: who may write to it, and what is there. */
export class Upload {
  readonly header: UploadHeader;
  /** Its two files, without their endings. */
  readonly #files: string;
  #file: PartialFile<UploadHeader> | undefined;
  /** Whoever began it last knows this; empty while nobody does. */
  id = "";
  /** The latest of those who knew another id, and lost the upload. */
  readonly #formerIds: string[] = [];
  /** When something was last written, in milliseconds since 1970. */
  touchedAt: number;
  #closed = false;
  /** By range. */
  readonly #writes = new Map<number, Write>();
  /** Begin, commit and abort come one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  /** How many of them are under way or wait: nobody writes meanwhile, so that what is hashed is what is put in its place. */
  #turns = 0;

  constructor(header: UploadHeader, files: string, touchedAt: number) {
    this.header = header;
    this.#files = files;
    this.touchedAt = touchedAt;
  }

  /** The one whose journal is there. Undefined when the journal is none; what is left of it is removed. */
  static async find(staging: string, name: string): Promise<Upload | undefined> {
    const files = path.join(staging, name);
    const found = await readJournal(`${files}.journal`, isUploadHeader);
    if (found === undefined) {
      await removeFiles(files);
      return undefined;
    }
    const { mtimeMs } = await stat(`${files}.journal`);
    return new Upload(found.header, files, mtimeMs);
  }

  /** Gives it to somebody else. */
  lease(id: string): void {
    this.#formerIds.unshift(this.id);
    this.#formerIds.splice(FORMER_IDS);
    this.id = id;
  }

  /** Whether this was its id before somebody began it anew. */
  wasCalled(id: string): boolean {
    return this.#formerIds.includes(id);
  }

  get busy(): boolean {
    return this.#writes.size > 0;
  }

  get part(): string {
    return `${this.#files}.part`;
  }

  /** Runs `work` alone, while nobody writes: whoever does is stopped, and told why. */
  async alone<T>(work: () => Promise<T>, why: unknown = uploadGone()): Promise<T> {
    const before = this.#turn;
    this.#turns += 1;
    const turn = (async (): Promise<T> => {
      await before.catch(() => {});
      await this.#stopWrites(why);
      try {
        return await work();
      } catch (error) {
        throw await this.#judge(error);
      } finally {
        this.#turns -= 1;
      }
    })();
    this.#turn = turn;
    return turn;
  }

  /** The file as far as it came, verified when this process has not written it itself. Only {@link alone}. */
  async open(signal?: AbortSignal): Promise<PartialFile<UploadHeader>> {
    if (this.#closed) throw uploadGone();
    if (this.#file !== undefined) return this.#file;
    const { header } = this;
    const paths = { part: this.part, journal: `${this.#files}.journal` };
    const found = await readJournal(paths.journal, isUploadHeader);
    this.#file = await (found === undefined ? this.#create(paths) : PartialFile.load(paths, found, header, signal));
    return this.#file;
  }

  /** An upload whose files cannot be made is none: it must not count as open. */
  async #create(paths: PartialPaths): Promise<PartialFile<UploadHeader>> {
    try {
      return await PartialFile.create(paths, this.header, this.header);
    } catch (error) {
      await this.discard();
      throw isDiskFull(error) ? error : stagingUnusable(path.dirname(this.#files), error);
    }
  }

  /** Throws DiskFull when the rest cannot fit. Uploads that come at the same time may fill the disk all the same: that is found when it happens. */
  async checkRoom(file: PartialFile<UploadHeader>): Promise<void> {
    const { bavail, bsize } = await statfs(path.dirname(this.#files));
    if (this.header.size - file.verifiedBytes > bavail * bsize) throw diskFull();
  }

  /** Writes one range. An earlier write of the same range that is still under way is stopped first: its client has lost it. */
  async write(index: number, parts: (signal: AbortSignal) => AsyncIterable<RangePart>): Promise<number> {
    const file = this.#file;
    if (file === undefined || this.#closed || this.#turns > 0) throw uploadGone();
    const controller = new AbortController();
    const before = this.#writes.get(index);
    before?.controller.abort(uploadGone());
    const work = (async (): Promise<void> => {
      await before?.ended.catch(() => {});
      controller.signal.throwIfAborted();
      await file.write(index, parts(controller.signal), this.header.path);
    })();
    const write = { controller, ended: work };
    this.#writes.set(index, write);
    try {
      await work;
    } catch (error) {
      if (isDiskFull(error)) await this.alone(() => this.discard(), error);
      if (!isLost(error)) throw error;
      await this.alone(() => this.discard());
      throw uploadGone();
    } finally {
      if (this.#writes.get(index) === write) this.#writes.delete(index);
    }
    return file.verifiedBytes;
  }

  /** Removes what there is of it. Only {@link alone}. */
  async discard(): Promise<void> {
    this.#closed = true;
    this.id = "";
    await removeFiles(this.#files);
  }

  get closed(): boolean {
    return this.#closed;
  }

  async #stopWrites(why: unknown): Promise<void> {
    const writes = [...this.#writes.values()];
    for (const { controller } of writes) controller.abort(why);
    await Promise.allSettled(writes.map(({ ended }) => ended));
  }

  /** Where the disk is full, an upload that cannot go on must not keep it so. One whose files somebody else has removed is over, so that it can begin anew. */
  async #judge(error: unknown): Promise<unknown> {
    const lost = isLost(error);
    if (lost || isDiskFull(error)) await this.discard();
    return lost ? uploadGone() : error;
  }
}

/** Whether a file of the upload is not there any more: what is missing at its target is a CommandError by now. */
function isLost(error: unknown): boolean {
  return errorCode(error) === "ENOENT";
}

async function removeFiles(files: string): Promise<void> {
  for (const ending of [".part", ".journal", ".journal.new"]) await rm(files + ending, { force: true });
}
