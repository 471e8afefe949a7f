import { addressFamily, type Lookup } from "../transport/lookup.ts";
import { EndError } from "../session/session-end.ts";
import type { ListedEndpoint } from "./endpoint-list.ts";
import { interleaveFamilies } from "./interleave.ts";
import { type Resolution, type ResolutionEvents, type ResolutionOptions, unresolved } from "./resolution.ts";

/** Addresses of one name that are tried: more serve nobody, and whoever answers for the name could list thousands. */
export const MAX_ADDRESSES = 16;
/** Names whose last addresses are kept. */
export const MAX_KNOWN_NAMES = 64;
/** How long a lookup may take before its name counts as one without addresses, in this round. */
const DEFAULT_LOOKUP_TIMEOUT_MS = 10_000;
/** After this long, the addresses that a name had the last time are tried, while its lookup goes on. */
export const KNOWN_AFTER_MS = 250;

export interface ResolverOptions extends ResolutionOptions {
  readonly lookup: Lookup;
}

/**
 * Turns endpoints into targets. Names that cannot be resolved just now keep the addresses they had: connections outlive a broken DNS, so
 * resuming them should as well.
 */
export class Resolver implements Resolution {
  readonly #options: ResolverOptions;
  readonly #known = new Map<string, readonly string[]>();
  /** One lookup a name at a time, however often it is asked for: the system's resolver has few threads, and cannot be interrupted. */
  readonly #running = new Map<string, Promise<readonly string[]>>();

  constructor(options: ResolverOptions) {
    this.#options = options;
  }

  resolve(listed: ListedEndpoint, events: ResolutionEvents): () => void {
    const { endpoint, priority } = listed;
    const { lookup, timers, lookupTimeoutMs = DEFAULT_LOOKUP_TIMEOUT_MS, onStep } = this.#options;
    const host = "host" in endpoint ? endpoint.host : undefined;
    const found = (addresses: readonly (string | undefined)[]): void =>
      events.found(addresses.map((address) => ({ endpoint, address, priority })));
    if (host === undefined || addressFamily(host) !== undefined) return unresolved.resolve(listed, events);

    let open = true;
    const known = timers.after(KNOWN_AFTER_MS, () => found(this.#known.get(host) ?? []));
    const end = (): boolean => {
      const wasOpen = open;
      open = false;
      known.cancel();
      timeout.cancel();
      return wasOpen;
    };
    const failed = (message: string): void => {
      if (!end()) return;
      found(this.#known.get(host) ?? []);
      events.done(new EndError("TRANSPORT_FAILED", `${host} does not resolve: ${message}`));
    };
    const timeout = timers.after(lookupTimeoutMs, () => failed(`no answer within ${lookupTimeoutMs} ms (lookupTimeoutMs)`));
    onStep({ type: "resolving", url: endpoint.url });
    this.#addresses(host, lookup).then(
      (addresses) => {
        if (addresses.length === 0) return failed("it has no address");
        if (!end()) return;
        found(addresses);
        events.done();
      },
      (error: unknown) => failed(error instanceof Error ? error.message : String(error)),
    );
    return () => void end();
  }

  #addresses(host: string, lookup: Lookup): Promise<readonly string[]> {
    const running = this.#running.get(host);
    if (running !== undefined) return running;
    const addresses = this.#lookUp(host, lookup).finally(() => this.#running.delete(host));
    this.#running.set(host, addresses);
    return addresses;
  }

  async #lookUp(host: string, lookup: Lookup): Promise<readonly string[]> {
    const addresses = interleaveFamilies(await lookup(host)).slice(0, MAX_ADDRESSES);
    if (addresses.length === 0) return addresses;
    this.#known.delete(host);
    this.#known.set(host, addresses);
    if (this.#known.size > MAX_KNOWN_NAMES) this.#known.delete(this.#known.keys().next().value!);
    return addresses;
  }
}
