import { addressFamily } from "../transport/lookup.ts";

/**
 * Addresses without repetition and with the families taking turns, IPv6 first. Within a family they keep their order. What is no IP address is
 * left out.
 *
 * Source: RFC 8305, section 4, with a First Address Family Count of 1.
 */
export function interleaveFamilies(addresses: readonly string[]): readonly string[] {
  const distinct = [...new Set(addresses.map((address) => address.toLowerCase()))];
  const six = distinct.filter((address) => addressFamily(address) === 6);
  const four = distinct.filter((address) => addressFamily(address) === 4);
  const turns = Array.from({ length: Math.max(six.length, four.length) }, (_, turn) => [
    ...six.slice(turn, turn + 1),
    ...four.slice(turn, turn + 1),
  ]);
  return turns.flat();
}
