import type { IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import { systemRandom } from "../crypto/random.ts";
import type { WebSocketEndpoint } from "./endpoint.ts";
import { knownAddress } from "./lookup-node.ts";
import { remoteOf } from "./remote.ts";
import { openSocket } from "./socket-attempt.ts";
import { type TlsClientOptions, tlsClientOptions } from "./tls-options.ts";
import type { Transport } from "./transport.ts";
import { type RawSocket, WebSocketTransport, wsOptions } from "./websocket-transport.ts";

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

/** Opens a WebSocket from Node. Rejects when it cannot, with the server's own words where it said why. */
export function dialWebSocket(endpoint: WebSocketEndpoint, options: WebSocketDialOptions = {}): Promise<Transport> {
  const { signal, address, zeroMask = true, tls } = options;
  signal?.throwIfAborted();
  let sealed = false;
  const socket = new WebSocket(endpoint.url, {
    ...(endpoint.scheme === "wss" && tlsClientOptions(tls)),
    ...wsOptions,
    followRedirects: false,
    ...(address !== undefined && { lookup: knownAddress(address) }),
    ...(zeroMask && { generateMask: (mask: Buffer) => void (sealed ? mask.fill(0) : mask.set(systemRandom(mask.length))) }),
  });
  let raw: RawSocket | undefined;
  const seal = (): void => {
    sealed = true;
    if (zeroMask) raw!.zeroMask = true;
  };
  return openSocket<Transport>(
    socket,
    signal,
    () => socket.terminate(),
    ({ opened, failed }) => {
      socket.on("unexpected-response", (_request, response) => {
        refusal(response).then((words) => failed(new Error(`${endpoint.url} refused the WebSocket: ${words}`)));
      });
      socket.on("upgrade", (response) => {
        raw = { socket: response.socket, zeroMask: false };
        const remote = remoteOf(response.socket);
        socket.once("open", () => opened(new WebSocketTransport(socket, endpoint.scheme, remote, raw!, seal)));
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
