import { BlobFailure, BlobFailure_Reason as Reason, type BlobInit } from "../../generated/zserver/blob.ts";
import { CommandError } from "../errors/command-error.ts";
import { createDigest } from "./digest.ts";
import { blobError, tooLarge } from "./failure.ts";
import type { BlobProgress } from "./options.ts";
import { type BlobSource, type OpenedSource, openSource } from "./source.ts";

/** The most bytes in one part: as many as one record holds, so that each is opened and read in one piece. */
const CHUNK_BYTES = 61_440;

const done: IteratorResult<BlobInit, undefined> = { done: true, value: undefined };

export interface OutgoingBlobOptions {
  /** Ends a blob that cannot be sent whole with a part that says why: the caller's side, which can only cancel. A handler's side fails with the error itself. */
  readonly tellsFailure: boolean;
  /** The most bytes that may be sent. Default: as many as there are. */
  readonly maxBytes?: number | undefined;
  readonly onProgress?: ((progress: BlobProgress) => void) | undefined;
}

/** The parts of a blob that is sent: its head, its source's bytes in chunks, and the end that its receiver checks them by. */
export class OutgoingBlob implements AsyncIterableIterator<BlobInit> {
  readonly #source: OpenedSource;
  readonly #digest = createDigest();
  readonly #options: OutgoingBlobOptions;
  #chunks: AsyncIterator<unknown> | Iterator<unknown> | undefined;
  /** What is left of a piece that is more than one chunk. */
  #rest: Uint8Array = new Uint8Array();
  #leave: (() => void) | undefined;
  #bytes = 0;
  #state: "head" | "chunks" | "ended" = "head";
  #error: CommandError | undefined;

  /** Throws TypeError for what is no source. */
  constructor(source: BlobSource, options: OutgoingBlobOptions) {
    this.#source = openSource(source);
    this.#options = options;
  }

  async next(): Promise<IteratorResult<BlobInit, undefined>> {
    if (this.#error !== undefined) throw this.#error;
    if (this.#state === "ended") return done;
    // Before its head nobody knows of it.
    const tells = this.#options.tellsFailure && this.#state !== "head";
    try {
      const part = this.#state === "head" ? this.#head() : await this.#chunk();
      return part === undefined ? done : { done: false, value: { part } };
    } catch (error) {
      const broken = this.#broken(error);
      if (!tells) throw broken;
      this.#error = broken;
      return { done: false, value: { part: { case: "failure", value: { reason: reasonOf(broken) } } } };
    }
  }

  async return(): Promise<IteratorResult<BlobInit, undefined>> {
    this.#state = "ended";
    this.#leave?.();
    await (this.#chunks === undefined ? this.#source.leave?.() : this.#chunks.return?.());
    return done;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #head(): BlobInit["part"] {
    const { name, contentType, size } = this.#source;
    this.#bound(size ?? 0);
    this.#state = "chunks";
    return { case: "head", value: { name, contentType, size: size === undefined ? undefined : BigInt(size) } };
  }

  async #chunk(): Promise<BlobInit["part"]> {
    this.#chunks ??= this.#source.iterate();
    while (this.#rest.length === 0) {
      const step = await this.#step(this.#chunks);
      if (step === undefined) return undefined;
      if (step.done) return this.#end();
      if (!(step.value instanceof Uint8Array)) throw new TypeError("the source of a blob gave something that is no Uint8Array");
      this.#rest = step.value;
    }
    const value = this.#rest.subarray(0, CHUNK_BYTES);
    this.#rest = this.#rest.subarray(CHUNK_BYTES);
    const { size } = this.#source;
    this.#bytes += value.length;
    if (size !== undefined && this.#bytes > size)
      throw blobError(Reason.TOO_LONG, `the source of a blob has more than the ${size} bytes that it was said to have`);
    this.#bound(this.#bytes);
    this.#digest.update(value);
    this.#options.onProgress?.({ bytes: this.#bytes, size });
    return { case: "chunk", value };
  }

  /** The source's next step; undefined when nobody waits for it any more, also where the source never answers. */
  #step(chunks: AsyncIterator<unknown> | Iterator<unknown>): Promise<IteratorResult<unknown> | undefined> {
    return new Promise((resolve, reject) => {
      this.#leave = () => resolve(undefined);
      Promise.resolve(chunks.next()).then(resolve, reject);
    });
  }

  #end(): BlobInit["part"] {
    const { size } = this.#source;
    if (size !== undefined && this.#bytes < size)
      throw blobError(Reason.TOO_SHORT, `the source of a blob has ${this.#bytes} of the ${size} bytes that it was said to have`);
    this.#state = "ended";
    return { case: "end", value: { size: BigInt(this.#bytes), sha256: this.#digest.digest() } };
  }

  #bound(bytes: number): void {
    const { maxBytes = Number.POSITIVE_INFINITY } = this.#options;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
  }

  #broken(error: unknown): CommandError {
    this.return().catch(() => {});
    return CommandError.is(error) ? error : blobError(Reason.SOURCE_FAILED, "the source of a blob failed", error);
  }
}

function reasonOf(error: CommandError): Reason {
  return error.detail(BlobFailure)?.reason ?? Reason.SOURCE_FAILED;
}
