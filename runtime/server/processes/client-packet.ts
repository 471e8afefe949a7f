import { LENGTH_BYTES } from "../../channel/limits.ts";
import { packetOf } from "../../channel/preamble.ts";
import type { RemoteAddress, Transport } from "../../transport/transport.ts";
import type { Seen } from "./read-ahead.ts";

/** Whose connection it is that one process leads to another. */
export interface LedClient {
  readonly peer: string;
  readonly remote: RemoteAddress | undefined;
}

/** What a connection between two processes begins with: a length of two bytes, and JSON. Only processes of one server reach each other's socket. */
export function clientPacket({ peer, remote }: Pick<Transport, "peer" | "remote">): Uint8Array {
  return packetOf(new TextEncoder().encode(JSON.stringify({ peer, remote })));
}

/** Undefined until all of it has come. */
export function readClient(bytes: Uint8Array): Seen<LedClient> | undefined {
  if (bytes.length < LENGTH_BYTES) return undefined;
  const end = LENGTH_BYTES + ((bytes[0]! << 8) | bytes[1]!);
  if (bytes.length < end) return undefined;
  const value = JSON.parse(new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, end))) as LedClient;
  return { value, takenBytes: end };
}
