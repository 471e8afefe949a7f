import { lookup as systemLookup } from "node:dns/promises";
import type { LookupFunction } from "node:net";
import { addressFamily, type Lookup } from "./lookup.ts";

/** Asks the system's resolver, and so knows the hosts file and the search list as well. It cannot be cancelled, and gives up by itself. */
export const lookup: Lookup = async (host) => (await systemLookup(host, { all: true, verbatim: true })).map(({ address }) => address);

/** The option `lookup` of node:net and node:tls for a host whose address is known: what is connected to is the address, all else sees the host. */
export function knownAddress(address: string): LookupFunction {
  const family = addressFamily(address) ?? 0;
  return (_host, { all }, callback) => (all ? callback(null, [{ address, family }]) : callback(null, address, family));
}
