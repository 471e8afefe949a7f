import { connect } from "node:net";
import { WebSocket } from "ws";
import { systemClock } from "../../../runtime/time/system-clock.ts";
import { parseEndpoint, parseListenEndpoint, type WebSocketEndpoint } from "../../../runtime/transport/endpoint.ts";
import { originRules } from "../../../runtime/transport/origin.ts";
import type { Listener, Transport, TransportEvents } from "../../../runtime/transport/transport.ts";
import { type BrowserWebSocketClass, dialBrowserWebSocket } from "../../../runtime/transport/websocket-browser.ts";
import { listenWebSocket } from "../../../runtime/transport/websocket-server.ts";

export const webSocketEndpoint = (url: string): WebSocketEndpoint => parseEndpoint(url) as WebSocketEndpoint;

/** Takes what comes and does nothing. */
export const ignore: TransportEvents = { onBytes: () => {}, onDrain: () => {}, onClose: () => {} };

/** Starts a transport and tells how it ended. */
export function ending(transport: Transport, onBytes: (bytes: Uint8Array) => void = () => {}): Promise<string> {
  return new Promise((resolve) => transport.start({ ...ignore, onBytes, onClose: ({ kind, message }) => resolve(`${kind}: ${message}`) }));
}

/** Hands out transports in the order in which they are asked for. */
export function arrivals(): { accept(transport: Transport): void; next(): Promise<Transport> } {
  const waiting: ((transport: Transport) => void)[] = [];
  return {
    accept: (transport: Transport): void => waiting.shift()?.(transport),
    next: (): Promise<Transport> => new Promise((resolve) => waiting.push(resolve)),
  };
}

export const failOnError = (error: Error): never => {
  throw error;
};

export interface Listening {
  readonly listener: Listener;
  /** The next transport that comes in. */
  accepted(): Promise<Transport>;
  readonly endpoint: WebSocketEndpoint;
}

/** A WebSocket listener with an http server of its own. */
export async function listening(where = "ws://127.0.0.1:0"): Promise<Listening> {
  const { accept, next } = arrivals();
  const options = { origins: originRules(), accept, onError: failOnError };
  const listener = await listenWebSocket(parseListenEndpoint(where) as WebSocketEndpoint, options);
  return { listener, accepted: next, endpoint: webSocketEndpoint(listener.endpoints[0]!) };
}

/** Dials as a page does: ws has the platform's interface as well. */
export function dialAsPage(endpoint: WebSocketEndpoint, options: { readonly signal?: AbortSignal } = {}): Promise<Transport> {
  return dialBrowserWebSocket(endpoint, { ...options, clock: systemClock, WebSocket: WebSocket as unknown as BrowserWebSocketClass });
}

/** What a raw client gets for an upgrade with these headers: the status line, and the rest of the answer. */
export function upgrade(port: number, headers: Record<string, string>, path = "/"): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    const all = {
      Host: `127.0.0.1:${port}`,
      Upgrade: "websocket",
      Connection: "Upgrade",
      "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
      "Sec-WebSocket-Version": "13",
      ...headers,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
    socket.setEncoding("latin1");
    socket.end(`GET ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
    socket.on("error", reject);
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("close", () => resolve({ status: Number(/^HTTP\/1.1 (\d+)/.exec(text)?.[1]), text }));
  });
}
