import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { WebSocket } from "ws";
import type { WebSocketEndpoint } from "./endpoint.ts";
import { knownAddress } from "./lookup-node.ts";
import { remoteOf } from "./remote.ts";
import { openSocket } from "./socket-attempt.ts";
import { type TlsClientOptions, tlsClientOptions } from "./tls-options.ts";
import type { Transport } from "./transport.ts";
import { clientEnd, maskingClientEnd } from "./websocket-end.ts";
import { WebSocketTransport } from "./websocket-transport.ts";

/** How much of a refusal's text ends up in the error. */
const MAX_REFUSAL_CHARACTERS = 300;

export interface WebSocketDialOptions {
  /** Aborting ends the attempt; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** The IP address of the endpoint's host, where it is known; the request still names the host. */
  readonly address?: string | undefined;
  /**
   * Masks ciphertext with zeros, which costs nothing: masking keeps pages from writing chosen bytes into a proxy's cache, and this is no page,
   * nor are the bytes chosen (WIRE: the door). Bytes before {@link Transport.sealed} are masked at random. Default true.
   */
  readonly zeroMask?: boolean | undefined;
  /** How the certificate of a `wss:` server is judged. */
  readonly tls?: TlsClientOptions | undefined;
}

/** Has ws do the opening handshake (RFC 6455, section 4.1) and takes the connection over before ws makes its own reader and writer of frames for it. */
class Handshake extends WebSocket {
  #upgraded: ((socket: Socket, head: Buffer) => void) | undefined;

  whenUpgraded(upgraded: (socket: Socket, head: Buffer) => void): void {
    this.#upgraded = upgraded;
  }

  /** Called by ws once the server's answer was found to be right. */
  setSocket(socket: Socket, head: Buffer): void {
    socket.setTimeout(0).setNoDelay(true);
    this.#upgraded!(socket, head);
  }
}

/** Opens a WebSocket from Node. Rejects when it cannot, with the server's own words where it said why. */
export function dialWebSocket(endpoint: WebSocketEndpoint, options: WebSocketDialOptions = {}): Promise<Transport> {
  const { signal, address, zeroMask = true, tls } = options;
  signal?.throwIfAborted();
  const handshake = new Handshake(endpoint.url, {
    ...(endpoint.scheme === "wss" && tlsClientOptions(tls)),
    perMessageDeflate: false,
    followRedirects: false,
    ...(address !== undefined && { lookup: knownAddress(address) }),
  });
  return openSocket<Transport>(
    handshake,
    signal,
    () => handshake.terminate(),
    ({ opened, failed }) => {
      handshake.on("unexpected-response", (_request, response) => {
        refusal(response).then((words) => failed(new Error(`the server refused the WebSocket: ${words}`)));
      });
      handshake.whenUpgraded((socket, head) => {
        const end = zeroMask ? clientEnd : maskingClientEnd;
        opened(new WebSocketTransport(socket, { end, scheme: endpoint.scheme, remote: remoteOf(socket), head }));
      });
    },
  );
}

/** Status and text of an answer that is no upgrade, in one line. */
async function refusal(response: IncomingMessage): Promise<string> {
  let text = "";
  try {
    for await (const chunk of response) {
      text += String(chunk);
      if (text.length >= MAX_REFUSAL_CHARACTERS) break;
    }
  } catch {
    // The status says enough.
  }
  const line = text.slice(0, MAX_REFUSAL_CHARACTERS).replace(/\s+/g, " ").trim();
  return `${response.statusCode} ${line || response.statusMessage}`;
}
