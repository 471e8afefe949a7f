import type { Log } from "../command/log.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { type ListedEndpoint, MAX_PRIORITY } from "../discovery/endpoint-list.ts";
import {
  EntranceListError,
  formatEntranceList,
  parseEntranceList,
  readEntranceList,
  type SignedEntranceList,
} from "../discovery/entrance-list.ts";
import type { Finder } from "../discovery/finder.ts";
import { ProtocolError } from "../session/protocol-error.ts";
import type { Endpoint } from "../transport/endpoint.ts";

/** Keeps a list of entrances from one run of the program to the next: `saved` goes into the `entrances` of the next `connect`. */
export type OnEntrances = (saved: string) => void | Promise<void>;

export interface ClientEntrancesOptions {
  readonly crypto: CryptoProvider;
  readonly finder: Finder;
  readonly log: Log;
  /** What this platform can dial; undefined: everything. */
  readonly schemes: ReadonlySet<Endpoint["scheme"]> | undefined;
  readonly onEntrances: OnEntrances | undefined;
}

/** The endpoints of a client: those of its server's newest list first, and those that it was configured with as the last resort. */
export class ClientEntrances {
  readonly #options: ClientEntrancesOptions;
  readonly #configured: readonly ListedEndpoint[];
  #version = 0n;
  /** Priorities of the list's entrances, by URL. */
  #listed: ReadonlyMap<string, number> = new Map();
  /** What the program is to keep next. A newer list takes its place while the program is busy with an older one. */
  #unsaved: string | undefined;
  #saving = false;

  constructor(options: ClientEntrancesOptions) {
    this.#options = options;
    this.#configured = options.finder.pool.endpoints;
  }

  /** Of the list that is in use; 0 without one. */
  get version(): bigint {
    return this.#version;
  }

  /** The version of the list that this endpoint is in; 0 when it is in none. */
  versionOf({ url }: Endpoint): bigint {
    return this.#listed.has(url) ? this.#version : 0n;
  }

  /** Whether the list puts this endpoint before the one in use; one that is not in it comes last. */
  ranksBefore({ endpoint }: ListedEndpoint, present: Endpoint): boolean {
    const priority = this.#listed.get(endpoint.url);
    return priority !== undefined && priority < (this.#listed.get(present.url) ?? MAX_PRIORITY + 1);
  }

  /** Takes a list that the program kept, if it is this server's. One that is not is no reason not to connect. */
  restore(identity: Uint8Array, saved: string): void {
    const { crypto, log } = this.#options;
    try {
      this.#adopt(parseEntranceList(crypto, identity, saved));
    } catch (error) {
      if (!(error instanceof EntranceListError)) throw error;
      log({ level: "warn", message: "connect: `entrances` is not used", error });
    }
  }

  /**
   * The server sent a list. True when it is newer and was adopted. Throws ProtocolError.
   *
   * @param identity the one that the server proved; undefined where nothing is sealed
   */
  receive(identity: Uint8Array | undefined, bytes: Uint8Array): boolean {
    if (identity === undefined) throw new ProtocolError("a list of entrances came from a server without an identity");
    const list = this.#read(identity, bytes);
    if (list === undefined) return false;
    this.#adopt(list);
    this.#unsaved = formatEntranceList(list);
    if (!this.#saving) void this.#save();
    return true;
  }

  #read(identity: Uint8Array, bytes: Uint8Array): SignedEntranceList | undefined {
    try {
      return readEntranceList(this.#options.crypto, identity, bytes, this.#version);
    } catch (error) {
      throw error instanceof EntranceListError ? new ProtocolError(error.message) : error;
    }
  }

  #adopt({ version, endpoints }: SignedEntranceList): void {
    const usable = endpoints.filter(({ endpoint }) => this.#canDial(endpoint));
    this.#version = version;
    this.#listed = new Map(usable.map(({ endpoint, priority }) => [endpoint.url, priority]));
    const last = this.#configured.filter(({ endpoint }) => !this.#listed.has(endpoint.url));
    const behind = last.map(({ endpoint, priority }) => ({ endpoint, priority: MAX_PRIORITY + 1 + priority }));
    this.#options.finder.replace([...usable, ...behind]);
  }

  /** A server's list leads only clients to this machine's own sockets that were configured for such. */
  #canDial({ scheme }: Endpoint): boolean {
    const local = scheme === "unix" || scheme === "memory";
    if (local && !this.#configured.some(({ endpoint }) => endpoint.scheme === scheme)) return false;
    return this.#options.schemes?.has(scheme) ?? true;
  }

  async #save(): Promise<void> {
    const { onEntrances, log } = this.#options;
    this.#saving = true;
    while (this.#unsaved !== undefined) {
      const saved = this.#unsaved;
      this.#unsaved = undefined;
      try {
        await onEntrances?.(saved);
      } catch (error) {
        log({ level: "error", message: "onEntrances failed; the list is used but was not kept", error });
      }
    }
    this.#saving = false;
  }
}
