/** How an answer of HTTP begins, and the records of TLS in which a server refuses (RFC 8446, section 5.1: alert, legacy version). */
const http = "HTTP/";
const tlsAlert = [0x15, 0x03] as const;

/**
 * What a server speaks that has answered a stream with these bytes, and which URL it wants; undefined when they may be of this protocol, whose first packet is never
 * that long.
 */
export function otherProtocol(first: Uint8Array): string | undefined {
  if (String.fromCharCode(...first.subarray(0, http.length)) === http)
    return "HTTP is spoken there; a WebSocket server's URL begins with ws: or wss:";
  if (tlsAlert.every((byte, index) => first[index] === byte)) return "TLS is spoken there; with it the scheme is tls: or wss:";
  return undefined;
}
