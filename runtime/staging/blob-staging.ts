import { Staging } from "../../generated/zserver/staging/v1/staging.ts";
import type { BlobRefInit } from "../../generated/zserver/blob.ts";
import type { IncomingBlob } from "../blob/incoming-blob.ts";
import type { ReadableBlob } from "../blob/readable-blob.ts";
import { type BlobStorage, type StoredBlob, storeBlob } from "../blob/stored-blob.ts";
import { toHex } from "../bytes/hex.ts";
import { type Implementation, implement } from "../command/handlers.ts";
import type { Session } from "../command/session-type.ts";
import { CommandError } from "../errors/command-error.ts";
import { ClaimedStorage } from "./claimed-storage.ts";
import type { ResolvedStaging } from "./options.ts";
import { Claim, Quota } from "./quota.ts";

/** Bytes of an id: nobody guesses one of them. */
const ID_BYTES = 16;

/** What is asked of a session, whatever its data are. */
export type StagingSession = Pick<Session, "id" | "state" | "closed">;

/** One staged blob. */
interface Entry {
  readonly key: string;
  readonly blob: StoredBlob;
  readonly owner: StagingSession;
  readonly granted: WeakSet<StagingSession>;
  readonly expiresAt: number;
}

/** What one session has staged here. */
class Owned {
  readonly keys = new Set<string>();
  readonly blobs: Quota;
  readonly bytes: Quota;

  constructor({ blobsPerSession, bytesPerSession }: ResolvedStaging) {
    this.blobs = new Quota("blobsPerSession", blobsPerSession);
    this.bytes = new Quota("bytesPerSession", bytesPerSession);
  }
}

/**
 * Keeps blobs that peers stage for the commands that they will send. Pass its `implementation` among the handlers of `serve` or `connect`, and open what commands name.
 * A blob belongs to the session that staged it: nobody else can open it unless it is granted, and it is gone when the session has ended, when it is released and when
 * its time is over.
 */
export class BlobStaging {
  /** For `serve({ handlers })` and `connect({ handlers })`. */
  readonly implementation: Implementation;
  readonly #options: ResolvedStaging;
  readonly #storage: () => BlobStorage;
  /** In the order in which they were staged, which is that in which they expire. */
  readonly #entries = new Map<string, Entry>();
  readonly #sessions = new Map<StagingSession, Owned>();
  readonly #blobs: Quota;
  readonly #bytes: Quota;
  #cancelTimer: (() => void) | undefined;

  constructor(options: ResolvedStaging, storage: () => BlobStorage) {
    this.#options = options;
    this.#storage = storage;
    this.#blobs = new Quota("blobs", options.blobs);
    this.#bytes = new Quota("bytes", options.bytes);
    this.implementation = implement(Staging, {
      stage: (blob, { session }) => this.#stage(blob, session),
      release: ({ blobs }, { session }) => {
        for (const { id } of blobs) this.#release(toHex(id), session);
      },
    });
  }

  /** How much is staged here, what is still coming included. */
  get stats(): { readonly blobs: number; readonly bytes: number } {
    return { blobs: this.#blobs.used, bytes: this.#bytes.used };
  }

  /**
   * The blob that a message of this session names, to be read any number of times while it is there. Throws CommandError NOT_FOUND, the same for what is gone, what
   * was never there and what is another session's.
   */
  open(session: StagingSession, ref: BlobRefInit | undefined): ReadableBlob {
    return this.#find(session, ref).blob;
  }

  /** Lets another session open a blob as well, for as long as the one that staged it keeps it. Throws as {@link open} does. */
  grant(session: StagingSession, ref: BlobRefInit | undefined, to: StagingSession): void {
    this.#find(session, ref).granted.add(to);
  }

  /** Lets go of a blob, as its session may by itself. Throws as {@link open} does, also for a session to which it was only granted. */
  release(session: StagingSession, ref: BlobRefInit | undefined): void {
    const { key, owner } = this.#find(session, ref);
    if (!this.#release(key, session)) throw notFound(owner.id);
  }

  #find(session: StagingSession, ref: BlobRefInit | undefined): Entry {
    const entry = this.#entries.get(toHex(ref?.id ?? new Uint8Array()));
    if (entry === undefined || (entry.owner !== session && !entry.granted.has(session))) throw notFound(session.id);
    return entry;
  }

  async #stage(incoming: IncomingBlob, session: StagingSession): Promise<{ readonly id: Uint8Array }> {
    const owned = this.#ownedBy(session);
    const blobs = new Claim(owned.blobs, this.#blobs);
    const bytes = new Claim(owned.bytes, this.#bytes);
    blobs.check(1);
    // What does not fit need not come.
    bytes.check(incoming.size ?? 0);
    blobs.take(1);
    const blob = await storeBlob(incoming, new ClaimedStorage(this.#storage(), blobs, bytes), Number.POSITIVE_INFINITY);
    if (session.state === "ended") {
      await blob.close();
      throw new CommandError("SESSION_LOST", "the session ended before its blob was staged");
    }
    const id = this.#options.random(ID_BYTES);
    const key = toHex(id);
    const expiresAt = this.#options.clock.now() + this.#options.ageMs;
    this.#entries.set(key, { key, blob, owner: session, granted: new WeakSet(), expiresAt });
    owned.keys.add(key);
    this.#awaitExpiry();
    return { id };
  }

  #ownedBy(session: StagingSession): Owned {
    const known = this.#sessions.get(session);
    if (known !== undefined) return known;
    const owned = new Owned(this.#options);
    this.#sessions.set(session, owned);
    session.closed.then(() => {
      for (const key of owned.keys) this.#remove(key);
      this.#sessions.delete(session);
    });
    return owned;
  }

  #release(key: string, session: StagingSession): boolean {
    const owns = this.#entries.get(key)?.owner === session;
    if (owns) this.#remove(key);
    return owns;
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#sessions.get(entry.owner)?.keys.delete(key);
    if (this.#entries.size === 0) {
      this.#cancelTimer?.();
      this.#cancelTimer = undefined;
    }
    // A handler that reads it just now is told; a file that cannot be closed is nobody's.
    entry.blob.close().catch(() => {});
  }

  /** One timer for all: those that were staged first expire first. */
  #awaitExpiry(): void {
    if (this.#cancelTimer !== undefined) return;
    const [oldest] = this.#entries.values();
    if (oldest === undefined) return;
    const { clock } = this.#options;
    this.#cancelTimer = clock.setTimer(Math.max(0, oldest.expiresAt - clock.now()), () => {
      this.#cancelTimer = undefined;
      const now = clock.now();
      for (const { key, expiresAt } of this.#entries.values()) {
        if (expiresAt > now) break;
        this.#remove(key);
      }
      this.#awaitExpiry();
    });
  }
}

function notFound(session: string): CommandError {
  return new CommandError("NOT_FOUND", `no such blob is staged for the session ${session}`);
}
