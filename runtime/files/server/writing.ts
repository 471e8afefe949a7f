import type {
  AbortReplyInit,
  AbortRequest,
  BeginReplyInit,
  BeginRequest,
  CommitRequest,
  FileInfoInit,
  RemoveReplyInit,
  RemoveRequest,
  WritePiece,
  WriteReplyInit,
} from "../../../generated/zserver/files/v1/files.ts";
import { toHex } from "../../bytes/hex.ts";
import type { Context } from "../../command/context.ts";
import { CommandError } from "../../errors/command-error.ts";
import { DIGEST_BYTES, sameBytes } from "../digest.ts";
import { digestMismatch, notFound, quoted, systemError, uploadTaken } from "../errors.ts";
import type { Folder } from "../folder.ts";
import { cutOf } from "../partial-file.ts";
import { stateOf } from "../version.ts";
import { type Access, atParent, type Place } from "./access.ts";
import type { FilesLimits } from "./limits.ts";
import { infoOf } from "./reading.ts";
import type { Slot, Slots } from "./slots.ts";
import type { Upload, UploadHeader } from "./upload.ts";
import type { Uploads } from "./uploads.ts";
import { rangeParts, readHead } from "./write-pieces.ts";

/** The longest name of a source, in UTF-16 units. */
const MAX_SOURCE = 256;

export interface WritingOptions {
  readonly access: Access;
  readonly limits: FilesLimits;
  readonly uploads: Uploads;
  readonly reads: Slots;
  readonly writes: Slots;
}

/** The commands that change files. */
export class Writing {
  readonly #options: WritingOptions;

  constructor(options: WritingOptions) {
    this.#options = options;
  }

  async begin(request: BeginRequest, context: Context): Promise<BeginReplyInit> {
    const { access, uploads, reads } = this.#options;
    const place = await access.allow(context, "write", request.path);
    const header = this.#headerOf(request, place, context);
    await checkTarget(place, request.replace);
    const usage = await place.root.usage(place.home);
    // Before there is an upload: one without a place would count as open, and nobody could go on with it.
    const slot = reads.take(context);
    let upload: Upload | undefined;
    try {
      upload = uploads.claim(place.root, header, usage);
      return await this.#start(upload, slot);
    } catch (error) {
      throw systemError(error, request.path);
    } finally {
      slot.release();
      if (upload !== undefined) uploads.forget(upload);
    }
  }

  async write(requests: AsyncIterable<WritePiece>, context: Context): Promise<WriteReplyInit> {
    const { uploads, writes } = this.#options;
    const pieces = requests[Symbol.asyncIterator]();
    const head = await readHead(pieces);
    const upload = uploads.get(head.upload, context.principal.id);
    const { size, rangeBytes, path } = upload.header;
    const index = Number(head.offset) / rangeBytes;
    if (!Number.isInteger(index) || head.offset >= BigInt(size))
      throw new CommandError("OUT_OF_RANGE", `${quoted(path)}: no range of ${rangeBytes} bytes begins at ${head.offset}`);
    const slot = writes.take(context);
    return this.#workOn(upload, slot, async () => {
      const bytes = await upload.write(index, (signal) => rangeParts(pieces, AbortSignal.any([signal, slot.signal])));
      return { verifiedBytes: BigInt(bytes) };
    });
  }

  async commit({ upload: id, digest }: CommitRequest, context: Context): Promise<FileInfoInit> {
    const { access, uploads, reads } = this.#options;
    const upload = uploads.get(id, context.principal.id);
    const { root, path } = upload.header;
    const place = await access.allow(context, "write", `${root}/${path}`);
    const slot = reads.take(context);
    return this.#workOn(upload, slot, () =>
      upload.alone(async () => {
        // Somebody else may have begun it anew while this waited.
        uploads.get(id, context.principal.id);
        await verify(upload, digest, slot.signal);
        return await put(upload, place);
      }),
    );
  }

  async abort({ upload }: AbortRequest, context: Context): Promise<AbortReplyInit> {
    const { uploads } = this.#options;
    await uploads.discard(uploads.get(upload, context.principal.id));
    return {};
  }

  async remove({ path }: RemoveRequest, context: Context): Promise<RemoveReplyInit> {
    const place = await this.#options.access.allow(context, "remove", path);
    const usage = await place.root.usage(place.home);
    const remove = async (folder: Folder, name: string): Promise<void> => {
      const entry = await folder.entry(name);
      if (!entry?.isFile() && !entry?.isDirectory()) throw notFound(path);
      await folder.remove(name);
      if (entry.isFile()) usage.changed(-entry.size, -1);
    };
    await usage.inTurn(place.path.below, () => atParent(place, remove));
    return {};
  }

  /** Gives the upload to whoever begins it, and says how far it came. */
  #start(upload: Upload, slot: Slot): Promise<BeginReplyInit> {
    return upload.alone(async () => {
      const id = this.#options.uploads.lease(upload);
      const file = await upload.open(slot.signal);
      await upload.checkRoom(file);
      const verified = file.verified().map(({ offset, length }) => ({ offset: BigInt(offset), length: BigInt(length) }));
      return { upload: id, rangeBytes: upload.header.rangeBytes, verified };
    }, uploadTaken());
  }

  /** Does something for an upload that goes on; its time to be idle begins anew. */
  async #workOn<T>(upload: Upload, slot: Slot, work: () => Promise<T>): Promise<T> {
    const { uploads } = this.#options;
    try {
      return await work();
    } catch (error) {
      throw systemError(error, upload.header.path);
    } finally {
      slot.release();
      uploads.touch(upload);
      uploads.forget(upload);
    }
  }

  #headerOf(request: BeginRequest, { root, path }: Place, { principal }: Context): UploadHeader {
    const { digest, source, replace } = request;
    if (digest.length !== 0 && digest.length !== DIGEST_BYTES)
      throw new CommandError("INVALID_ARGUMENT", `digest has ${digest.length} bytes; SHA-256 has ${DIGEST_BYTES}`);
    if (source.length > MAX_SOURCE) throw new CommandError("INVALID_ARGUMENT", `source has more than ${MAX_SOURCE} characters`);
    if (request.size > BigInt(Number.MAX_SAFE_INTEGER))
      throw new CommandError("OUT_OF_RANGE", `${request.size} bytes are more than a file can have`);
    const { size, rangeBytes } = cutOf(Number(request.size), this.#options.limits.rangeBytes);
    return { principal: principal.id, root: root.name, path: path.below, size, rangeBytes, digest: toHex(digest), source, replace };
  }
}

/** What stands where a file is to be. A folder on the way that is not there yet is made at the commit. */
async function checkTarget(place: Place, replace: boolean): Promise<void> {
  const entry = await atParent(place, (folder, name) => folder.entry(name)).catch((error: unknown) => {
    if (CommandError.is(error) && error.code === "NOT_FOUND") return undefined;
    throw error;
  });
  if (entry === undefined) return;
  if (!entry.isFile()) throw new CommandError("FAILED_PRECONDITION", `what is at ${quoted(place.path.text)} is no file`);
  if (!replace) throw new CommandError("ALREADY_EXISTS", `there is a file at ${quoted(place.path.text)}`);
}

/** Throws CommandError DATA_LOSS unless the file is whole. Ranges that are damaged are missing from then on; where none is, what was sent is wrong itself. */
async function verify(upload: Upload, digest: Uint8Array, signal: AbortSignal): Promise<void> {
  const file = await upload.open(signal);
  const { path, size, digest: announced } = upload.header;
  const missing = file.missing().length;
  if (missing > 0) throw new CommandError("FAILED_PRECONDITION", `${quoted(path)}: ${missing} ranges are missing`);
  const found = await file.digest(signal);
  if (sameBytes(found, digest) && (announced === "" || announced === toHex(digest))) return;
  if ((await file.unverify(signal)) === 0) await upload.discard();
  throw digestMismatch(path, 0, size);
}

async function put(upload: Upload, place: Place): Promise<FileInfoInit> {
  const file = await upload.open();
  const usage = await place.root.usage(place.home);
  await file.sync();
  const adopt = async (folder: Folder, name: string): Promise<FileInfoInit> => {
    const before = await folder.entry(name);
    await folder.adopt(upload.part, name, upload.header.replace);
    usage.changed(upload.header.size - (before?.size ?? 0), before === undefined ? 1 : 0);
    // From here on it is over, whatever becomes of the file.
    await upload.discard();
    const placed = await folder.file(name);
    try {
      return infoOf(await stateOf(placed));
    } finally {
      await placed.close();
    }
  };
  return usage.inTurn(place.path.below, () => atParent(place, adopt, true));
}
