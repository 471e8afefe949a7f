/**
 * All addresses of a name, IPv4 and IPv6, in the platform's order of preference. Rejects when it has none. Passed in: Node has one, and in
 * browsers the platform resolves names by itself.
 */
export type Lookup = (host: string) => Promise<readonly string[]>;

/** 4 or 6 for an IP address, undefined for a name. Endpoints hold IPv6 without brackets, and no name has a colon. */
export function addressFamily(host: string): 4 | 6 | undefined {
  if (host.includes(":")) return 6;
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host) ? 4 : undefined;
}
