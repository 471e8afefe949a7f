import { SocketAddress } from "node:net";
import type { RemoteAddress } from "./transport.ts";

/** Bytes before the part of a header whose length they tell. */
export const PROXY_PREFIX_BYTES = 16;
/** The longest rest: addresses and some extensions, which are passed over. */
const PROXY_REST_BYTES = 1_024;

const signature: readonly number[] = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];

/** A proxy's header is none of version 2, or says what is not so. */
export class ProxyHeaderError extends Error {
  override readonly name = "ProxyHeaderError";
}

/** How many bytes follow these first 16. Throws ProxyHeaderError for anything but a header of version 2 (PROXY protocol, section 2.2). */
export function proxyRestBytes(prefix: Uint8Array): number {
  if (!signature.every((byte, index) => prefix[index] === byte))
    throw new ProxyHeaderError("a connection of a proxy begins with no header");
  if (prefix[12]! >> 4 !== 2) throw new ProxyHeaderError(`a proxy's header has version ${prefix[12]! >> 4}; this side reads version 2`);
  const length = (prefix[14]! << 8) | prefix[15]!;
  if (length > PROXY_REST_BYTES) throw new ProxyHeaderError(`a proxy's header has ${length} bytes, at most ${PROXY_REST_BYTES} may`);
  return length;
}

/** Where the client is; undefined when the connection is the proxy's own, or has no address. Throws ProxyHeaderError. */
export function proxiedAddress(prefix: Uint8Array, rest: Uint8Array): RemoteAddress | undefined {
  const command = prefix[12]! & 0xf;
  if (command === 0) return undefined;
  if (command !== 1) throw new ProxyHeaderError(`a proxy's header has command ${command}`);
  // The family, and how bytes travel: 1 is a stream.
  const [family, transport] = [prefix[13]! >> 4, prefix[13]! & 0xf];
  if (transport > 1) throw new ProxyHeaderError("a proxy's header is about datagrams");
  if (family === 1) return addressAt(rest, 4, (bytes) => bytes.join("."));
  if (family === 2) return addressAt(rest, 16, ipv6);
  return undefined;
}

/** Source, then destination, then the ports of both. */
function addressAt(rest: Uint8Array, bytes: number, format: (address: Uint8Array) => string): RemoteAddress {
  if (rest.length < 2 * bytes + 4) throw new ProxyHeaderError("a proxy's header is too short for its addresses");
  const port = (rest[2 * bytes]! << 8) | rest[2 * bytes + 1]!;
  return { address: format(rest.subarray(0, bytes)), port };
}

function ipv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, index) => ((bytes[2 * index]! << 8) | bytes[2 * index + 1]!).toString(16));
  const { address } = new SocketAddress({ address: groups.join(":"), family: "ipv6" });
  return address.replace(/^::ffff:(?=\d+\.)/, "");
}
