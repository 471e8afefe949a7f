import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import {
  type BeginReply,
  type FilesProxy,
  type Range,
  UploadGone,
  type WritePieceInit,
} from "../../../generated/zserver/files/v1/files.ts";
import { CommandError } from "../../errors/command-error.ts";
import { digestOf, sameBytes, sha256, slices } from "../digest.ts";
import { fileChanged, quoted } from "../errors.ts";
import { MAX_RANGES } from "../partial-file.ts";
import { type FileState, stateOf } from "../version.ts";
import type { Transferred } from "./download.ts";
import { Lanes } from "./lanes.ts";
import { type ResolvedTransfer, resolveTransfer, Tally, type TransferOptions } from "./options.ts";

/** Which file `upload` sends, and where to. */
export interface UploadOptions extends TransferOptions {
  /** The file here. */
  readonly from: string;
  /** At the server: "public/photos/1.jpg". Folders on the way are made. */
  readonly path: string;
  /** Whether a file that is there is replaced; otherwise the upload fails with ALREADY_EXISTS. Default true. */
  readonly replace?: boolean | undefined;
}

/** How often an upload is begun again that the server lost, or found damaged. */
const MAX_ROUNDS = 3;

/**
 * Sends a file. It appears at the server when every byte of it was verified there; until then, also after an end of either process, the next upload of the same
 * file goes on with what is there. Rejects with CommandError: FAILED_PRECONDITION with FileChanged when the file changes here meanwhile (nothing is left of the
 * upload then), and with what the server answers; with the system's error when the file cannot be read.
 */
export async function upload(options: UploadOptions): Promise<Transferred> {
  const transfer = resolveTransfer("upload", options, ["from", "path", "replace"]);
  // Without NONBLOCK a named pipe would wait for somebody to write.
  const file = await open(options.from, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    if (!(await file.stat()).isFile()) throw new CommandError("FAILED_PRECONDITION", `${quoted(options.from)} is no file`);
    return await new UploadRun(options, transfer, file, await stateOf(file)).run();
  } finally {
    await file.close();
  }
}

class UploadRun {
  readonly #options: UploadOptions;
  readonly #transfer: ResolvedTransfer;
  readonly #file: FileHandle;
  readonly #state: FileState;
  /** Ends what hashes the file when nobody needs its digest any more. */
  readonly #over = new AbortController();

  constructor(options: UploadOptions, transfer: ResolvedTransfer, file: FileHandle, state: FileState) {
    this.#options = options;
    this.#transfer = transfer;
    this.#file = file;
    this.#state = state;
  }

  async run(): Promise<Transferred> {
    // The whole file is hashed beside the transfer, and not before it: the server knows it by its source until then.
    const digest = digestOf(this.#file, 0, this.#state.size, this.#over.signal);
    digest.catch(() => {});
    try {
      return await this.#rounds(digest);
    } finally {
      this.#over.abort();
      await digest.catch(() => {});
    }
  }

  async #rounds(digest: Promise<Uint8Array>): Promise<Transferred> {
    let resumedBytes: number | undefined;
    for (let round = 1; ; round += 1) {
      const begun = await this.#begin();
      resumedBytes ??= begun.verified.reduce((sum, { length }) => sum + Number(length), 0);
      try {
        await this.#send(begun);
        await this.#checkSame(begun);
        await this.#commit(begun, await digest);
        return { size: this.#state.size, resumedBytes, digest: await digest };
      } catch (error) {
        // The answer of a commit may have been lost with its session, or somebody else was faster with the same file: then it is in its place.
        if (isGone(error) && (await this.#isThere(await digest))) return { size: this.#state.size, resumedBytes, digest: await digest };
        if (!isRepairable(error) || round === MAX_ROUNDS) throw error;
      }
    }
  }

  #begin(): Promise<BeginReply> {
    const { path, replace = true } = this.#options;
    const { size, version } = this.#state;
    const request = { path, size: BigInt(size), source: version, replace };
    return this.#transfer.sessions.call((files) => files.begin(request, { signal: this.#transfer.signal, timeoutMs: 0 }));
  }

  async #send(begun: BeginReply): Promise<void> {
    const { upload: id, rangeBytes, verified } = begun;
    const { sessions, parallel, timers, signal, onProgress } = this.#transfer;
    const { path } = this.#options;
    const { size } = this.#state;
    const missing = missingRanges(size, rangeBytes, verified);
    const there = verified.reduce((sum, { length }) => sum + Number(length), 0);
    const tally = new Tally(there, (bytes) => onProgress({ path, bytes, size }));
    const move = async (files: FilesProxy, index: number, stop: AbortSignal): Promise<void> => {
      const offset = index * rangeBytes;
      let done = false;
      try {
        const pieces = this.#pieces(id, offset, Math.min(rangeBytes, size - offset), (bytes) => tally.add(index, bytes));
        await files.write(pieces, { signal: stop, timeoutMs: 0 });
        done = true;
      } catch (error) {
        // A range of a file that has become shorter is none, however often it is sent.
        await this.#checkSame(begun);
        throw error;
      } finally {
        tally.settle(index, done);
      }
    };
    await new Lanes({ sessions, parallel, timers, signal, move }).run(missing);
  }

  /** They share one buffer: each was sent when the next is asked for. */
  async *#pieces(upload: string, offset: number, length: number, onBytes: (bytes: number) => void): AsyncGenerator<WritePieceInit> {
    yield { part: { case: "head", value: { upload, offset: BigInt(offset) } } };
    const hash = sha256();
    for await (const value of slices(this.#file, offset, length)) {
      hash.update(value);
      yield { part: { case: "content", value } };
      onBytes(value.length);
    }
    yield { part: { case: "digest", value: hash.digest() } };
  }

  async #checkSame({ upload: id }: BeginReply): Promise<void> {
    const { version } = await stateOf(this.#file);
    if (version === this.#state.version) return;
    await this.#transfer.sessions.call((files) => files.abort({ upload: id })).catch(() => {});
    throw fileChanged(this.#options.from, version);
  }

  async #commit({ upload: id }: BeginReply, digest: Uint8Array): Promise<void> {
    const { signal, sessions } = this.#transfer;
    await sessions.call((files) => files.commit({ upload: id, digest }, { signal, timeoutMs: 0 }));
  }

  async #isThere(digest: Uint8Array): Promise<boolean> {
    const { signal, sessions } = this.#transfer;
    const { path } = this.#options;
    try {
      const whole = { path, offset: 0n, length: BigInt(this.#state.size) };
      const { size } = await sessions.call((files) => files.stat({ path }, { signal }));
      if (size !== whole.length) return false;
      return sameBytes((await sessions.call((files) => files.digest(whole, { signal, timeoutMs: 0 }))).digest, digest);
    } catch {
      // Who may write need not be allowed to read.
      return false;
    }
  }
}

/** The ranges that are not there. Throws CommandError INTERNAL for more of them than a server makes: the client would fill its memory with them. */
function missingRanges(size: number, rangeBytes: number, verified: readonly Range[]): readonly number[] {
  const count = Math.ceil(size / rangeBytes);
  if (!(count <= MAX_RANGES)) throw new CommandError("INTERNAL", `the server wants ${size} bytes in ranges of ${rangeBytes}`);
  const there = new Set<number>();
  // They come in order: what goes back says nothing new, however often a server says it. Of a range that is there in part all is missing.
  let next = 0;
  for (const { offset, length } of verified) {
    const first = Math.max(next, Math.ceil(Number(offset) / rangeBytes));
    const reached = Number(offset + length);
    next = Math.max(next, reached >= size ? count : Math.floor(reached / rangeBytes));
    for (let index = first; index < next; index += 1) there.add(index);
  }
  return Array.from({ length: count }, (_, index) => index).filter((index) => !there.has(index));
}

function isGone(error: unknown): boolean {
  return CommandError.is(error) && error.detail(UploadGone) !== undefined;
}

/** Whether beginning anew may end better. Two who took an upload from each other without end would both come to nothing: who lost it leaves it. */
function isRepairable(error: unknown): boolean {
  if (!CommandError.is(error)) return false;
  return error.code === "DATA_LOSS" || error.detail(UploadGone)?.taken === false;
}
