import type { FileHandle } from "node:fs/promises";
import {
  type DigestReplyInit,
  type DigestRequest,
  type EntryInit,
  type FileInfoInit,
  Kind,
  type ListPageInit,
  type ListRequest,
  type ReadPieceInit,
  type ReadRequest,
  type StatRequest,
} from "../../../generated/zserver/files/v1/files.ts";
import type { Context } from "../../command/context.ts";
import { CommandError } from "../../errors/command-error.ts";
import { digestOf, sha256, slices } from "../digest.ts";
import { fileChanged, notFound, quotaExceeded, quoted } from "../errors.ts";
import type { Folder } from "../folder.ts";
import { refusedName } from "../path.ts";
import { type FileState, stateOf } from "../version.ts";
import { type Access, atFolder, atParent, type Place } from "./access.ts";
import type { FilesLimits } from "./limits.ts";
import { SlotStream } from "./slot-stream.ts";
import type { Slots } from "./slots.ts";

/** Entries of one page of a list: about 32 KiB. */
const PAGE_ENTRIES = 512;

const folderInfo: FileInfoInit = { kind: Kind.FOLDER };

/** The commands that change nothing. */
export class Reading {
  readonly #access: Access;
  readonly #limits: FilesLimits;
  readonly #slots: Slots;

  constructor(access: Access, limits: FilesLimits, slots: Slots) {
    this.#access = access;
    this.#limits = limits;
    this.#slots = slots;
  }

  async stat({ path }: StatRequest, context: Context): Promise<FileInfoInit> {
    const place = await this.#access.allow(context, "read", path);
    if (place.path.names.length === 0) return folderInfo;
    return atParent(place, async (folder, name) => {
      const entry = await folder.entry(name);
      if (entry?.isDirectory()) return folderInfo;
      if (!entry?.isFile()) throw notFound(path);
      const file = await folder.file(name);
      try {
        return infoOf(await stateOf(file));
      } finally {
        await file.close();
      }
    });
  }

  async *list({ path }: ListRequest, context: Context): AsyncGenerator<ListPageInit> {
    const place = await this.#access.allow(context, "list", path);
    const slot = this.#slots.take(context);
    yield* new SlotStream(slot, this.#pages(place, slot.signal));
  }

  async digest(request: DigestRequest, context: Context): Promise<DigestReplyInit> {
    const place = await this.#access.allow(context, "read", request.path);
    const slot = this.#slots.take(context);
    try {
      const file = await openFile(place);
      try {
        const { state, offset, length } = await this.#rangeOf(file, request, Number.MAX_SAFE_INTEGER);
        const digest = await digestOf(file, offset, length, slot.signal);
        await checkSame(file, state, request.path);
        return { digest };
      } finally {
        await file.close();
      }
    } finally {
      slot.release();
    }
  }

  async *read(request: ReadRequest, context: Context): AsyncGenerator<ReadPieceInit> {
    const place = await this.#access.allow(context, "read", request.path);
    const slot = this.#slots.take(context);
    yield* new SlotStream(slot, this.#pieces(place, request, slot.signal));
  }

  async *#pages(place: Place, signal: AbortSignal): AsyncGenerator<ListPageInit> {
    const entries = await this.#entries(place, signal);
    for (let from = 0; from < entries.length; from += PAGE_ENTRIES) yield { entries: entries.slice(from, from + PAGE_ENTRIES) };
  }

  /** They share one buffer: each was sent when the next is asked for. */
  async *#pieces(place: Place, request: ReadRequest, signal: AbortSignal): AsyncGenerator<ReadPieceInit> {
    const file = await openFile(place);
    try {
      const { state, offset, length } = await this.#rangeOf(file, request, this.#limits.readBytes);
      const hash = sha256();
      for await (const value of slices(file, offset, length)) {
        signal.throwIfAborted();
        hash.update(value);
        yield { part: { case: "content", value } };
      }
      await checkSame(file, state, request.path);
      yield { part: { case: "digest", value: hash.digest() } };
    } finally {
      await file.close();
    }
  }

  async #entries(place: Place, signal: AbortSignal): Promise<readonly EntryInit[]> {
    try {
      return await atFolder(place, (folder) => this.#entriesOf(folder, signal));
    } catch (error) {
      // A home is made at its first upload.
      if (place.root.isPrivate && place.path.names.length === 0 && CommandError.is(error) && error.code === "NOT_FOUND") return [];
      throw error;
    }
  }

  async #entriesOf(folder: Folder, signal: AbortSignal): Promise<readonly EntryInit[]> {
    const { listEntries } = this.#limits;
    const entries: (EntryInit & { readonly name: string })[] = [];
    for await (const name of folder.names()) {
      signal.throwIfAborted();
      // What no path can name cannot be asked for either.
      const entry = refusedName(name) === undefined ? await folder.entry(name) : undefined;
      if (entry?.isFile()) entries.push({ name, kind: Kind.FILE, size: BigInt(entry.size) });
      else if (entry?.isDirectory()) entries.push({ name, kind: Kind.FOLDER });
      if (entries.length > listEntries) throw quotaExceeded("listEntries", listEntries, "the folder has too many entries");
    }
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async #rangeOf(file: FileHandle, { path, version, offset, length }: ReadRequest, most: number): Promise<Range> {
    const state = await stateOf(file);
    if (version !== "" && version !== state.version) throw fileChanged(path, state.version);
    if (offset + length > BigInt(state.size))
      throw new CommandError("OUT_OF_RANGE", `${quoted(path)} has ${state.size} bytes: ${length} at ${offset} are beyond its end`);
    if (length > most) throw quotaExceeded("readBytes", most, `${length} bytes at once`);
    return { state, offset: Number(offset), length: Number(length) };
  }
}

interface Range {
  readonly state: FileState;
  readonly offset: number;
  readonly length: number;
}

export function infoOf({ size, version, modifiedMs }: FileState): FileInfoInit {
  return { kind: Kind.FILE, size: BigInt(size), version, modifiedMs: BigInt(modifiedMs) };
}

function openFile(place: Place): Promise<FileHandle> {
  return atParent(place, (folder, name) => folder.file(name));
}

/** What was read from `before` on is one file only if it has not changed meanwhile. */
async function checkSame(file: FileHandle, before: FileState, path: string): Promise<void> {
  const { version } = await stateOf(file);
  if (version !== before.version) throw fileChanged(path, version);
}
