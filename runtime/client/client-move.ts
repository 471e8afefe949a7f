import type { ListedEndpoint } from "../discovery/endpoint-list.ts";
import type { Finder, Found } from "../discovery/finder.ts";
import type { Attempt } from "../discovery/target.ts";
import type { Timers } from "../time/timers.ts";
import type { ProvenConnection } from "./client-dialer.ts";

/** A move that begins sooner after the last one waits, longer each time. */
const REST_MS = 10_000;

/** The session that goes over. */
export interface ClientMoveHost {
  readonly timers: Pick<Timers, "now">;
  readonly finder: Finder;
  /** Whether it has a connection. Without one it looks for another anyway. */
  connected(): boolean;
  /** Whether the server would rather have it at this endpoint than where it is. */
  wants(listed: ListedEndpoint): boolean;
  readonly prove: Attempt<ProvenConnection>;
  discard(proven: ProvenConnection): void;
  /** Whether the session went over to this connection, when that is settled. */
  resume(found: Found<ProvenConnection>): Promise<boolean>;
  /** It begins to look. */
  moving(): void;
  failed(error: unknown): void;
}

/**
 * A client's way to another entrance, while the connection in use goes on working: it looks for one, as long as it takes, proves the server there, and
 * has the session go over. When the connection in use is lost first, the search for any other takes over.
 */
export class ClientMove {
  readonly #host: ClientMoveHost;
  #underWay = false;
  /** Something changed: where the session is may not be where it should be. */
  #again = false;
  #search: AbortController | undefined;
  #finder: Finder | undefined;
  #searchedAt = Number.NEGATIVE_INFINITY;

  constructor(host: ClientMoveHost) {
    this.#host = host;
  }

  /** The server asks for it. One that is under way looks at the newest list. */
  begin(): void {
    this.#again = true;
    if (this.#underWay) this.#search?.abort();
    else void this.#run();
  }

  /** There is a newer list: a move that is under way goes by it. */
  listChanged(): void {
    if (this.#underWay) this.begin();
  }

  /** The connection in use is lost, or the session over. */
  stop(): void {
    this.#again = false;
    this.#search?.abort();
  }

  async #run(): Promise<void> {
    this.#underWay = true;
    try {
      while (this.#again) {
        this.#again = false;
        await this.#goOver();
      }
    } catch (error) {
      this.#host.failed(error);
    } finally {
      this.#underWay = false;
    }
  }

  async #goOver(): Promise<void> {
    const host = this.#host;
    this.#finder ??= host.finder.among((listed) => host.wants(listed));
    const finder = this.#finder;
    if (!host.connected() || !finder.hasEndpoints) return;
    const now = host.timers.now();
    if (now - this.#searchedAt < REST_MS) finder.tooSoon();
    else finder.rested();
    this.#searchedAt = now;
    host.moving();
    while (host.connected() && finder.hasEndpoints) {
      const found = await this.#find(finder);
      if (found === undefined || (await host.resume(found))) return;
      finder.lost({ target: found.target, livedMs: 0, useful: false });
    }
  }

  /** Undefined when the search is of no use any more. */
  async #find(finder: Finder): Promise<Found<ProvenConnection> | undefined> {
    const { prove, discard } = this.#host;
    this.#search = new AbortController();
    const { signal } = this.#search;
    try {
      const found = await finder.find({ attempt: prove, discard, retry: "always", signal });
      if (!signal.aborted) return found;
      discard(found.value);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#search = undefined;
    }
    return undefined;
  }
}
