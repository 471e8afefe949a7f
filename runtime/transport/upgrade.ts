import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { Arrival } from "./socket-gate.ts";
import type { Place } from "./gate.ts";
import { type OriginRules, refuseOrigin } from "./origin.ts";
import type { Transport } from "./transport.ts";
import { WebSocketTransport, wsOptions } from "./websocket-transport.ts";

/** What an http server passes to its `upgrade` listeners. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * Turns upgrades into transports, after the checks that a browser's page must pass.
 *
 * @param arrivalOf who asks; undefined when it is to be cut
 */
export function webSocketUpgrades(
  origins: OriginRules,
  arrivalOf: (request: IncomingMessage) => Arrival | undefined,
  accept: (transport: Transport, place?: Place) => void,
): UpgradeHandler {
  const server = new WebSocketServer({
    ...wsOptions,
    noServer: true,
    clientTracking: false,
    // No subprotocols are in use: whatever is offered, none is chosen.
    handleProtocols: () => false,
  });
  return (request, socket, head) => {
    const refused = refuseOrigin({ origin: originOf(request), host: request.headers.host }, origins);
    if (refused !== undefined) return refuseUpgrade(socket, 403, "Forbidden", refused);
    const arrival = arrivalOf(request);
    if (arrival === undefined) return void socket.destroy();
    const scheme = "encrypted" in request.socket ? "wss" : "ws";
    server.handleUpgrade(request, socket, head, (webSocket: WebSocket) => {
      accept(new WebSocketTransport(webSocket, scheme, arrival.remote, { socket, masks: false }), arrival.place);
    });
  };
}

/** Answers an upgrade with a status and one line of text, and ends the connection. */
export function refuseUpgrade(socket: Duplex, status: number, title: string, line: string): void {
  const body = `zserver: ${line}\n`;
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    "Connection: close",
    "Content-Type: text/plain; charset=utf-8",
    "X-Content-Type-Options: nosniff",
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.on("error", () => socket.destroy());
  socket.once("finish", () => socket.destroy());
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

/** Old drafts of the protocol, which ws still speaks, had a header of another name. */
function originOf({ headers }: IncomingMessage): string | undefined {
  return headers.origin ?? headers["sec-websocket-origin"]?.toString();
}
