import type { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Place } from "./gate.ts";
import { type OriginRules, refuseOrigin } from "./origin.ts";
import type { SocketGate } from "./socket-gate.ts";
import type { Transport } from "./transport.ts";
import { switching, upgradeFault } from "./upgrade-request.ts";
import { serverEnd } from "./websocket-end.ts";
import { WebSocketTransport } from "./websocket-transport.ts";

/** What an http server passes to its `upgrade` listeners. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * Turns upgrades into transports, after the checks that a browser's page must pass.
 *
 * @param sockets knows who asks
 */
export function webSocketUpgrades(
  origins: OriginRules,
  sockets: SocketGate,
  accept: (transport: Transport, place?: Place) => void,
): UpgradeHandler {
  return (request, socket, head) => {
    const refused = refuseOrigin({ origin: originOf(request), host: request.headers.host }, origins);
    if (refused !== undefined) {
      origins.refused?.(refused);
      return refuseUpgrade(socket, 403, "Forbidden", refused);
    }
    const arrival = sockets.ofRequest(request);
    if (arrival === undefined) return void socket.destroy();
    const fault = upgradeFault(request);
    if (fault !== undefined) return refuseUpgrade(socket, fault.status, fault.title, fault.line, fault.header);
    // Nobody is there any more to be answered.
    if (!socket.readable || !socket.writable) return void socket.destroy();
    if (socket instanceof Socket) socket.setTimeout(0).setNoDelay();
    socket.write(switching(request.headers["sec-websocket-key"]!));
    const scheme = "encrypted" in request.socket ? "wss" : "ws";
    sockets.handOver(request.socket);
    accept(new WebSocketTransport(socket, { end: serverEnd, scheme, remote: arrival.remote, head }), arrival.place);
  };
}

/** Answers an upgrade with a status and one line of text, and ends the connection. */
export function refuseUpgrade(socket: Duplex, status: number, title: string, line: string, header?: string): void {
  const body = `zserver: ${line}\n`;
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    "Connection: close",
    "Content-Type: text/plain; charset=utf-8",
    "X-Content-Type-Options: nosniff",
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(header === undefined ? [] : [header]),
  ];
  socket.on("error", () => socket.destroy());
  socket.once("finish", () => socket.destroy());
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

/** Old drafts of the protocol had a header of another name. They are not spoken, but pages of theirs hear first that they may not connect. */
function originOf({ headers }: IncomingMessage): string | undefined {
  return headers.origin ?? headers["sec-websocket-origin"]?.toString();
}
