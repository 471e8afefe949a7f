import { randomBytes } from "node:crypto";
import { stat } from "node:fs/promises";
import path from "node:path";
import { type BlobSource, type BlobStaging, CommandError, type Context, fileSource, saveBlob } from "zserver";
import type {
  AddRequest,
  AlbumHandlers,
  DownloadRequest,
  PhotoInit,
  ThumbnailInit,
  WatchRequest,
} from "../../generated/example/album/v1/album.ts";

const MAX_THUMBNAIL_BYTES = 100_000;

/** Keeps photos in a folder, under names of its own, and shows thumbnails to all who watch. */
export class Album implements AlbumHandlers {
  readonly #folder: string;
  readonly #staging: BlobStaging;
  readonly #thumbnails: ThumbnailInit[] = [];
  readonly #watchers = new Set<() => void>();

  constructor(folder: string, staging: BlobStaging) {
    this.#folder = folder;
    this.#staging = staging;
  }

  async add({ name, photo, thumbnail }: AddRequest, { session }: Context): Promise<PhotoInit> {
    const jpeg = await this.#staging.open(session, thumbnail).bytes({ maxBytes: MAX_THUMBNAIL_BYTES });
    const id = randomBytes(16).toString("hex");
    await saveBlob(this.#staging.open(session, photo), this.#file(id));
    const { size } = await stat(this.#file(id));
    const added = { id, name, size: BigInt(size) };
    this.#thumbnails.push({ photo: added, jpeg });
    for (const wake of this.#watchers) wake();
    return added;
  }

  async *watch(_request: WatchRequest, { signal }: Context): AsyncIterable<ThumbnailInit> {
    for (let next = 0; !signal.aborted; ) {
      if (next < this.#thumbnails.length) yield this.#thumbnails[next++]!;
      else await this.#change(signal);
    }
  }

  async download({ id }: DownloadRequest): Promise<BlobSource> {
    const found = this.#thumbnails.find(({ photo }) => photo?.id === id)?.photo;
    if (found?.id === undefined) throw new CommandError("NOT_FOUND", "there is no such photo");
    return fileSource(this.#file(found.id), { name: found.name });
  }

  #file(id: string): string {
    return path.join(this.#folder, id);
  }

  /** Resolves when there is another thumbnail, or nobody looks any more. */
  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#watchers.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      this.#watchers.add(wake);
      signal.addEventListener("abort", wake);
    });
  }
}
