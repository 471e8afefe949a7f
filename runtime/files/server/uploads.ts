import { readdir } from "node:fs/promises";
import path from "node:path";
import { toHex } from "../../bytes/hex.ts";
import type { RandomSource } from "../../crypto/random.ts";
import type { Clock } from "../../time/clock.ts";
import { quotaExceeded, uploadGone, uploadTaken } from "../errors.ts";
import type { FilesLimits } from "./limits.ts";
import type { Root } from "./root.ts";
import { Upload, type UploadHeader } from "./upload.ts";

export interface UploadsOptions {
  readonly limits: FilesLimits;
  readonly clock: Clock;
  readonly random: RandomSource;
}

/** Bytes of an upload's id, and of its files' name: nobody guesses one. */
const ID_BYTES = 16;

/** The uploads that are open, those of earlier processes too. */
export class Uploads {
  readonly #options: UploadsOptions;
  readonly #open = new Set<Upload>();

  constructor(options: UploadsOptions) {
    this.#options = options;
  }

  /** Takes up what lies in a folder of uploads; what is none is removed. Those of a root that is no more are swept like others. */
  async recover(staging: string): Promise<void> {
    const names = new Set((await readdir(staging)).flatMap((file) => /^([0-9a-f]{32})\.(?:part|journal)/.exec(file)?.[1] ?? []));
    for (const name of names) {
      const upload = await Upload.find(staging, name);
      if (upload !== undefined) this.#open.add(upload);
    }
  }

  /** Gives up those that nobody has written to for `uploadAgeMs`. */
  async sweep(): Promise<void> {
    const { clock, limits } = this.#options;
    const oldest = clock.wallNow() - limits.uploadAgeMs;
    const old = [...this.#open].filter((upload) => upload.touchedAt < oldest && !upload.busy);
    // One whose files cannot be removed keeps no other.
    const settled = await Promise.allSettled(old.map((upload) => this.discard(upload)));
    for (const one of settled) if (one.status === "rejected") throw one.reason;
  }

  /** The upload that the same principal left behind, of the same content for the same place; or a new one. Throws CommandError RESOURCE_EXHAUSTED. */
  claim(root: Root, wanted: UploadHeader, used: { readonly bytes: number; readonly files: number }): Upload {
    const found = [...this.#open].find((upload) => !upload.closed && isSame(upload.header, wanted));
    if (found !== undefined) return found;
    this.#checkQuotas(root, wanted, used);
    const { clock, random } = this.#options;
    const upload = new Upload(wanted, path.join(root.staging, toHex(random(ID_BYTES))), clock.wallNow());
    this.#open.add(upload);
    return upload;
  }

  /** A new id for an upload that somebody begins: whoever had the earlier one has lost it. */
  lease(upload: Upload): string {
    this.touch(upload);
    upload.lease(toHex(this.#options.random(ID_BYTES)));
    return upload.id;
  }

  touch(upload: Upload): void {
    upload.touchedAt = this.#options.clock.wallNow();
  }

  /** Throws CommandError with UploadGone: ABORTED where somebody else has begun it anew, NOT_FOUND for an id that is none, and for another principal's. */
  get(id: string, principal: string): Upload {
    if (id === "") throw uploadGone();
    const own = [...this.#open].filter(({ header, closed }) => header.principal === principal && !closed);
    const found = own.find((upload) => upload.id === id);
    if (found === undefined) throw own.some((upload) => upload.wasCalled(id)) ? uploadTaken() : uploadGone();
    return found;
  }

  /** It is over: nothing is kept of it. */
  async discard(upload: Upload): Promise<void> {
    try {
      await upload.alone(() => upload.discard());
    } finally {
      this.forget(upload);
    }
  }

  /** Drops those that are closed. */
  forget(upload: Upload): void {
    if (upload.closed) this.#open.delete(upload);
  }

  #checkQuotas(root: Root, { principal, size, root: name }: UploadHeader, used: { readonly bytes: number; readonly files: number }): void {
    const { openUploads, uploadsPerPrincipal } = this.#options.limits;
    const all = [...this.#open];
    const own = all.filter(({ header }) => header.principal === principal);
    if (all.length >= openUploads) throw quotaExceeded("openUploads", openUploads, "too many uploads are open");
    if (own.length >= uploadsPerPrincipal)
      throw quotaExceeded("uploadsPerPrincipal", uploadsPerPrincipal, "too many of your uploads are open");
    // What is promised to uploads that are open counts as used.
    const beside = (root.isPrivate ? own : all).filter(({ header }) => header.root === name);
    const bytes = beside.reduce((sum, { header }) => sum + header.size, used.bytes + size);
    if (bytes > root.maxBytes) throw quotaExceeded("maxBytes", root.maxBytes, `${bytes} bytes would be in ${name}`);
    if (used.files + beside.length >= root.maxFiles) throw quotaExceeded("maxFiles", root.maxFiles, `too many files in ${name}`);
  }
}

/** Whether one goes on with the other. What is not known of either says nothing. */
function isSame(a: UploadHeader, b: UploadHeader): boolean {
  const place = a.principal === b.principal && a.root === b.root && a.path === b.path && a.replace === b.replace;
  if (!place || a.size !== b.size || a.rangeBytes !== b.rangeBytes) return false;
  if (a.digest !== "" && b.digest !== "") return a.digest === b.digest;
  return a.source !== "" && a.source === b.source;
}
