import { Blobs, type BlobsProxy, type Collection } from "../../generated/example/probe/v1/blobs.ts";
import type { IncomingBlob } from "../../runtime/blob/incoming-blob.ts";
import type { ReadableBlob } from "../../runtime/blob/readable-blob.ts";
import type { DescribedBlob } from "../../runtime/blob/source.ts";
import type { Context } from "../../runtime/command/context.ts";
import type { Implementation } from "../../runtime/command/handlers.ts";
import type { Session } from "../../runtime/command/session-type.ts";
import { CommandError } from "../../runtime/errors/command-error.ts";
import { offerStaging } from "../../runtime/staging/offer-staging.ts";
import { stage } from "../../runtime/staging/stage.ts";
import { blobs } from "../support/command/blobs.ts";
import type { Model, Sent } from "./model.ts";
import type { SimProcess } from "./process.ts";
import type { SimRandom } from "./random.ts";

/** Commands with blobs, which are known by the names of their blobs. */
export type BlobKind = "put" | "get" | "swap";

/** The byte at a place of a command's blob: no other's is the same for long. */
function byteAt(id: string, at: number): number {
  return (id.charCodeAt(at % id.length) + Math.imul(at, 31)) & 0xff;
}

function pieceOf(id: string, at: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, place) => byteAt(id, at + place));
}

/** What is wrong with a piece of a command's blob; undefined when nothing is. */
function wrong(id: string, at: number, piece: Uint8Array): string | undefined {
  const place = piece.findIndex((byte, offset) => byte !== byteAt(id, at + offset));
  return place < 0 ? undefined : `${id}: byte ${at + place} of its blob is another`;
}

export interface BlobSourceOptions {
  readonly process: SimProcess;
  readonly random: SimRandom;
  readonly pieceLength: number;
}

/** A blob of a random length, in pieces that take their time; `sent.items` counts its bytes. */
function sourceOf(sent: Sent, { process, random, pieceLength }: BlobSourceOptions): DescribedBlob {
  const source = random.fork();
  const pieces = source.chance(0.5) ? source.below(4) : source.below(20);
  async function* body(): AsyncGenerator<Uint8Array> {
    for (let piece = 0; piece < pieces; piece++) {
      if (source.chance(0.2)) await process.sleep(source.skewed(200));
      const length = source.between(1, pieceLength);
      const at = sent.items;
      sent.items += length;
      yield pieceOf(sent.id, at, length);
    }
  }
  return { body: body(), name: sent.id };
}

/** Reads a blob to its end, and tells the model what is wrong with it. Returns how many bytes it had. */
async function check(model: Model, id: string, blob: ReadableBlob): Promise<number> {
  let bytes = 0;
  for await (const piece of blob) {
    const what = wrong(id, bytes, piece);
    if (what !== undefined) model.violation(what);
    bytes += piece.length;
  }
  return bytes;
}

export interface BlobHandlersOptions {
  readonly process: SimProcess;
  readonly model: Model;
  readonly random: SimRandom;
  readonly pieceLength: number;
  /** A handler was called for the command of this id. */
  readonly begin: (kind: BlobKind | "collect", id: string, context: Context) => Sent | undefined;
  /** Does as the command's plan says. */
  readonly work: (sent: Sent, context: Context) => Promise<void>;
}

/** Handlers of blobs and of staged ones, that tell the model what happens to them. */
export function blobHandlers({ process, model, random, pieceLength, begin, work }: BlobHandlersOptions): readonly Implementation[] {
  const staging = offerStaging({ clock: process, random: random.fork().bytes, memoryBytes: 1_000_000_000 });

  const take = async (sent: Sent, blob: IncomingBlob): Promise<void> => {
    const bytes = await check(model, sent.id, blob);
    if (bytes !== sent.items) model.violation(`${sent.id}: its blob came with ${bytes} of ${sent.items} bytes`);
  };

  async function* after(sent: Sent | undefined, context: Context, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    if (sent === undefined) return;
    await work(sent, context);
    yield* body;
    model.handled(sent, "ok");
  }

  const collect = async ({ blobs: refs }: Collection, context: Context): Promise<{ text: string; number: number }> => {
    const open = refs.map((ref) => staging.open(context.session, ref));
    const sent = begin("collect", open[0]!.name, context);
    if (sent === undefined) return { text: "", number: 0 };
    await work(sent, context);
    let number = 0;
    for (const blob of open) number += await check(model, blob.name, blob);
    model.handled(sent, "ok");
    return { text: sent.id, number };
  };

  const implementation = blobs({
    put: async (blob, context) => {
      const sent = begin("put", blob.name, context);
      if (sent === undefined) return {};
      await work(sent, context);
      await take(sent, blob);
      model.handled(sent, "ok");
      return { text: sent.id };
    },
    get: ({ text }, context) => {
      const sent = begin("get", text, context);
      const source = sent && sourceOf(sent, { process, random, pieceLength });
      return { body: after(sent, context, (source?.body ?? []) as AsyncIterable<Uint8Array>), name: text };
    },
    swap: (blob, context) => ({ body: after(begin("swap", blob.name, context), context, blob), name: blob.name }),
    collect,
  });
  return [implementation, staging.implementation];
}

export interface BlobCallsOptions extends BlobSourceOptions {
  readonly model: Model;
  readonly session: Session;
}

/** Calls commands with blobs on one session. */
export class BlobCalls {
  readonly #options: BlobCallsOptions;
  readonly #proxy: BlobsProxy;

  constructor(options: BlobCallsOptions) {
    this.#options = options;
    this.#proxy = options.session.use(Blobs);
  }

  put(sent: Sent, call: Parameters<BlobsProxy["put"]>[1]): Promise<unknown> {
    return this.#proxy.put(sourceOf(sent, this.#options), call);
  }

  async get(sent: Sent, call: Parameters<BlobsProxy["get"]>[1]): Promise<void> {
    await this.#read(sent, await this.#proxy.get({ text: sent.id }, call));
  }

  async swap(sent: Sent, call: Parameters<BlobsProxy["swap"]>[1]): Promise<void> {
    await this.#read(sent, await this.#proxy.swap(sourceOf(sent, this.#options), call));
  }

  /** Stages blobs, then calls a command about them, unless there is nobody to call any more. `send` tells the model of it. */
  async collect(id: string, send: () => Sent | undefined): Promise<Sent | undefined> {
    const { session, random, pieceLength } = this.#options;
    const lengths = Array.from({ length: random.between(1, 3) }, () => random.below(4 * pieceLength));
    const staged = await Promise.all(lengths.map((length) => stage(session, { body: pieces(id, length, pieceLength), name: id })));
    const sent = send();
    if (sent === undefined) return undefined;
    const { text, number } = await this.#proxy.collect({ blobs: staged });
    for (const one of staged) one.release().catch(() => {});
    const all = lengths.reduce((sum, length) => sum + length, 0);
    if (text !== sent.id || number !== all) this.#options.model.violation(`${sent.id} was about ${number} of ${all} staged bytes`);
    return sent;
  }

  async #read(sent: Sent, blob: IncomingBlob): Promise<void> {
    const { model } = this.#options;
    const bytes = await check(model, sent.id, blob);
    if (bytes !== sent.items) model.violation(`${sent.id}: a blob came with ${bytes} of ${sent.items} bytes`);
    if (blob.name !== sent.id) model.violation(`${sent.id}: a blob came called ${blob.name}`);
  }
}

function* pieces(id: string, length: number, pieceLength: number): Generator<Uint8Array> {
  for (let at = 0; at < length; at += pieceLength) yield pieceOf(id, at, Math.min(pieceLength, length - at));
}

/** DEADLINE_EXCEEDED: on a slow path, what is bulky waits for more than a minute behind what was sent before it. */
const mayFail: readonly string[] = ["SESSION_LOST", "UNAVAILABLE", "RESOURCE_EXHAUSTED", "DEADLINE_EXCEEDED"];

/** Whether staging came to nothing in a way that a world may bring about. */
export function mayFailToStage(error: unknown): boolean {
  return CommandError.is(error) && mayFail.includes(error.code);
}
