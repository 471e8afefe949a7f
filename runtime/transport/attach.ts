import { Socket, type SocketConstructorOpts } from "node:net";
import { peerName } from "./remote.ts";
import { StreamTransport } from "./stream-transport.ts";
import type { Passage, Transport } from "./transport.ts";
import { serverEnd } from "./websocket-end.ts";
import { WebSocketTransport } from "./websocket-transport.ts";

/** Goes on with a connection that another process let go of; it tells what comes from here on. */
export function attach({ scheme, remote }: Passage, handle: object): Transport {
  const socket = new Socket({ handle, allowHalfOpen: true } as SocketConstructorOpts);
  if (scheme === "tcp") return new StreamTransport(socket, peerName(scheme, remote), remote);
  return new WebSocketTransport(socket, { end: serverEnd, scheme, remote, head: Buffer.alloc(0) });
}
