import { BlockList, isIP } from "node:net";

export type AddressTest = (address: string) => boolean;

/**
 * Whether an address is one of these, or in one of these networks (CIDR: `10.0.0.0/8`, `2001:db8::/32`).
 *
 * @param option What messages call the list.
 * @throws TypeError for what is neither address nor network.
 */
export function addressTest(option: string, networks: readonly string[]): AddressTest {
  const list = new BlockList();
  for (const network of networks) add(list, option, network);
  return (address) => list.check(address, familyOf(address));
}

function add(list: BlockList, option: string, network: string): void {
  const [address = "", prefix] = String(network).split("/");
  try {
    if (prefix === undefined) list.addAddress(address, familyOf(address));
    else if (/^\d{1,3}$/.test(prefix)) list.addSubnet(address, Number(prefix), familyOf(address));
    else throw new TypeError("the prefix is no number");
  } catch (cause) {
    const said = JSON.stringify(network);
    throw new TypeError(`\`${option}\`: ${said} is neither an address nor a network; a network looks like "10.0.0.0/8"`, { cause });
  }
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
