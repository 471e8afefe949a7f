import { isIPv6 } from "node:net";

/** What one customer of a network may be behind: an IPv4 address, or the /64 that whoever has IPv6 has at the least. */
export function addressKey(address: string): string {
  return isIPv6(address) ? `${firstGroups(address).join(":")}::/64` : address;
}

/** The first four groups of an IPv6 address, those that `::` stands for included. */
function firstGroups(address: string): string[] {
  const [head = "", tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  if (tail !== undefined) {
    const behind = tail === "" ? [] : tail.split(":");
    // A dotted IPv4 address at the end stands for two groups, none of which is among the first four.
    const count = behind.length + (tail.includes(".") ? 1 : 0);
    while (groups.length + count < 8) groups.push("0");
    groups.push(...behind);
  }
  return groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
}
