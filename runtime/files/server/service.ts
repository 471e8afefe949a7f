import { Files } from "../../../generated/zserver/files/v1/files.ts";
import { type Implementation, implement } from "../../command/handlers.ts";
import { consoleLog, type Log } from "../../command/log.ts";
import { type RandomSource, systemRandom } from "../../crypto/random.ts";
import { checkOptions } from "../../errors/options.ts";
import type { Clock } from "../../time/clock.ts";
import { systemClock } from "../../time/system-clock.ts";
import type { Timer } from "../../time/timers.ts";
import { timersOf } from "../../time/timers-of.ts";
import { Access, type Authorize } from "./access.ts";
import { type FilesLimits, resolveFilesLimits } from "./limits.ts";
import { Reading } from "./reading.ts";
import { checkApart, Root, type RootOptions } from "./root.ts";
import { Slots } from "./slots.ts";
import { Uploads } from "./uploads.ts";
import { Writing } from "./writing.ts";

/** What `fileService` takes. */
export interface FileServiceOptions {
  /** The folders that are shown, by the names under which clients find them: `{ public: { directory: "/srv/files" } }`. */
  readonly roots: Readonly<Record<string, RootOptions>>;
  /** Says who may do what. What it does not answer with `true` is denied. */
  readonly authorize: Authorize;
  readonly limits?: Partial<FilesLimits> | undefined;
  /** Gets what whoever runs this process should know. Default: warnings and errors on the console. */
  readonly log?: Log | undefined;
  /** Default: the platform's. */
  readonly clock?: Clock | undefined;
  /** Default: the platform's cryptographically secure source. */
  readonly random?: RandomSource | undefined;
}

/** A file service that is ready. */
export interface FileService {
  /** For `serve({ handlers })`. */
  readonly implementation: Implementation;
  /** Gives up the uploads that are too old, as happens by itself now and then. */
  sweep(): Promise<void>;
  /** Closes the roots. Uploads that are open are kept for the next start. Call it when the server is closed. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** How often uploads are swept, in milliseconds; more often where they may be no older than that. */
const SWEEP_MS = 600_000;

/** Opens the roots, and takes up the uploads that are there. Rejects with TypeError for options that cannot be, with the system's error for a root that cannot be had. */
export async function fileService(options: FileServiceOptions): Promise<FileService> {
  checkOptions("fileService", options, ["roots", "authorize", "limits", "log", "clock", "random"]);
  if (typeof options.authorize !== "function") throw new TypeError("fileService: `authorize` is a function that says who may do what");
  const { clock = systemClock, random = systemRandom, log = consoleLog } = options;
  const limits = resolveFilesLimits(options.limits);
  const roots = new Map<string, Root>();
  try {
    for (const [name, root] of Object.entries(options.roots)) roots.set(name, await Root.open(name, root));
    checkApart([...roots.values()]);
    const uploads = new Uploads({ limits, clock, random });
    for (const staging of new Set([...roots.values()].map((root) => root.staging))) await uploads.recover(staging);
    await uploads.sweep();
    const implementation = implementFiles(new Access(roots, options.authorize), limits, uploads, clock);
    return new OpenService(implementation, roots, uploads, { clock, log, everyMs: Math.min(SWEEP_MS, limits.uploadAgeMs) });
  } catch (error) {
    await closeAll(roots);
    throw error;
  }
}

function implementFiles(access: Access, limits: FilesLimits, uploads: Uploads, clock: Clock): Implementation {
  const { parallelReads, parallelWrites, readsPerPrincipal } = limits;
  const each = { name: "readsPerPrincipal", most: readsPerPrincipal };
  const reads = new Slots({ name: "parallelReads", most: parallelReads }, each, clock);
  const writes = new Slots({ name: "parallelWrites", most: parallelWrites }, each, clock);
  const reading = new Reading(access, limits, reads);
  const writing = new Writing({ access, limits, uploads, reads, writes });
  return implement(Files, {
    stat: (request, context) => reading.stat(request, context),
    list: (request, context) => reading.list(request, context),
    digest: (request, context) => reading.digest(request, context),
    read: (request, context) => reading.read(request, context),
    begin: (request, context) => writing.begin(request, context),
    write: (requests, context) => writing.write(requests, context),
    commit: (request, context) => writing.commit(request, context),
    abort: (request, context) => writing.abort(request, context),
    remove: (request, context) => writing.remove(request, context),
  });
}

interface Sweeping {
  readonly clock: Clock;
  readonly log: Log;
  readonly everyMs: number;
}

class OpenService implements FileService {
  readonly implementation: Implementation;
  readonly #roots: ReadonlyMap<string, Root>;
  readonly #uploads: Uploads;
  readonly #sweeping: Sweeping;
  #timer: Timer | undefined;
  #closed = false;

  constructor(implementation: Implementation, roots: ReadonlyMap<string, Root>, uploads: Uploads, sweeping: Sweeping) {
    this.implementation = implementation;
    this.#roots = roots;
    this.#uploads = uploads;
    this.#sweeping = sweeping;
    this.#wait();
  }

  sweep(): Promise<void> {
    return this.#uploads.sweep();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer?.cancel();
    await closeAll(this.#roots);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #wait(): void {
    const { clock, log, everyMs } = this.#sweeping;
    this.#timer = timersOf(clock).after(everyMs, () => {
      this.sweep()
        .catch((error: unknown) => log({ level: "error", message: "old uploads could not be removed", error }))
        .finally(() => {
          if (!this.#closed) this.#wait();
        });
    });
  }
}

async function closeAll(roots: ReadonlyMap<string, Root>): Promise<void> {
  for (const { folder } of roots.values()) await folder.close();
}
