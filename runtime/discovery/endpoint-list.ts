import { checkOptions } from "../errors/options.ts";
import type { CustomEndpoint } from "../transport/custom.ts";
import { type Endpoint, parseEndpoint } from "../transport/endpoint.ts";

/** Endpoints in one list: each may become many addresses, and each address a socket. */
export const MAX_ENDPOINTS = 64;
/** As in SRV records (RFC 2782). */
export const MAX_PRIORITY = 65_535;

/** An endpoint as a program writes it: a URL, or a URL with the rank among the others. */
export type EndpointInit =
  | string
  | CustomEndpoint
  | {
      readonly url: string | CustomEndpoint;
      /** Lower is tried first, as in SRV records; whole, 0 to 65,535. Those of equal priority share the load. Default 0. */
      readonly priority?: number | undefined;
    };

/** An endpoint of a list, parsed. */
export interface ListedEndpoint {
  readonly endpoint: Endpoint;
  readonly priority: number;
}

/** Reads a list of endpoints. Throws TypeError that names the entry and what is wrong with it. */
export function parseEndpointList(entries: readonly EndpointInit[], option = "endpoints"): readonly ListedEndpoint[] {
  if (!Array.isArray(entries) || entries.length === 0)
    throw new TypeError(`\`${option}\` is a list of at least one URL, for example ["ws://localhost:7000"]`);
  if (entries.length > MAX_ENDPOINTS) throw new TypeError(`\`${option}\` has ${entries.length} entries; ${MAX_ENDPOINTS} are the most`);
  const seen = new Set<string>();
  return entries.map((entry: EndpointInit) => {
    const listed = parseEntry(entry, option);
    const { url } = listed.endpoint;
    if (seen.has(url)) throw new TypeError(`\`${option}\`: ${url} is there twice`);
    seen.add(url);
    return listed;
  });
}

function parseEntry(entry: EndpointInit, option: string): ListedEndpoint {
  if (typeof entry !== "object" || entry === null || "dial" in entry) return { endpoint: parseEndpoint(entry, option), priority: 0 };
  checkOptions(`\`${option}\``, entry, ["url", "priority"]);
  const { url, priority = 0 } = entry;
  const endpoint = parseEndpoint(url, option);
  if (!Number.isInteger(priority) || priority < 0 || priority > MAX_PRIORITY)
    throw new TypeError(`\`${option}\`: ${endpoint.url}: priority is a whole number from 0 to ${MAX_PRIORITY}, not ${priority}`);
  return { endpoint, priority };
}
