import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Why a request for an upgrade is refused. */
export interface UpgradeFault {
  readonly status: number;
  readonly title: string;
  readonly line: string;
  /** One more header line of the answer. */
  readonly header?: string;
}

const VERSION = "13";
/** Sixteen bytes in base64. */
const KEY = /^[+/0-9A-Za-z]{22}==$/;
/** What a server appends to the key, so that only one that knows WebSocket answers right (RFC 6455, section 1.3). */
const KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** What a client's opening handshake lacks (RFC 6455, section 4.2.1); undefined where it is in order. Its origin is judged elsewhere. */
export function upgradeFault({ method, headers }: Pick<IncomingMessage, "method" | "headers">): UpgradeFault | undefined {
  if (method !== "GET") return { status: 405, title: "Method Not Allowed", line: "a WebSocket begins with GET", header: "Allow: GET" };
  if (headers.upgrade?.toLowerCase() !== "websocket") return badRequest("`Upgrade` must be `websocket`");
  if (!/(?:^|,)\s*upgrade\s*(?:,|$)/i.test(headers.connection ?? "")) return badRequest("`Connection` must contain `Upgrade`");
  if (!KEY.test(headers["sec-websocket-key"] ?? "")) return badRequest("`Sec-WebSocket-Key` must be 16 bytes in base64");
  if (headers["sec-websocket-version"] === VERSION) return undefined;
  const line = `\`Sec-WebSocket-Version\` must be ${VERSION}`;
  return { status: 426, title: "Upgrade Required", line, header: `Upgrade: websocket\r\nSec-WebSocket-Version: ${VERSION}` };
}

/** The answer that ends HTTP on a connection. Neither subprotocols nor extensions are in use: whatever is offered, none is chosen. */
export function switching(key: string): string {
  const accept = createHash("sha1")
    .update(key + KEY_SUFFIX)
    .digest("base64");
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
}

function badRequest(line: string): UpgradeFault {
  return { status: 400, title: "Bad Request", line };
}
