import type { RemoteAddress } from "./transport.ts";

/** What Node's sockets say of their peers. */
export interface SocketAddresses {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}

/** Where a socket's peer is. Undefined for a socket that has no address, or has lost it. IPv4 addresses in IPv6 form lose their prefix. */
export function remoteOf({ remoteAddress, remotePort }: SocketAddresses): RemoteAddress | undefined {
  if (remoteAddress === undefined) return undefined;
  return { address: remoteAddress.replace(/^::ffff:(?=\d+\.)/, ""), port: remotePort ?? 0 };
}

/** What logs call a peer: `tcp 127.0.0.1:50312` or `ws [::1]:50312`. */
export function peerName(scheme: string, remote: RemoteAddress | undefined): string {
  if (remote === undefined) return `${scheme} unknown`;
  const { address, port } = remote;
  return `${scheme} ${address.includes(":") ? `[${address}]` : address}:${port}`;
}
