import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type RawData, WebSocket, WebSocketServer } from "ws";
import { selfSigned } from "../../test/support/transport/certificate.ts";
import { listening } from "./stream-wires.ts";
import type { Wire, WireKind } from "./wire.ts";

/** Bytes that wait in a WebSocket when a writer is told to wait. */
const HIGH_WATER = 1_048_576;

export const ws: WireKind = {
  listen: (accept) => accepting(createHttpServer(), accept),
  dial: (port) => dialed(`ws://127.0.0.1:${port}`),
};

export const wss: WireKind = {
  listen: (accept) => accepting(createHttpsServer(selfSigned()), accept),
  dial: (port) => dialed(`wss://127.0.0.1:${port}`),
};

function accepting(server: ReturnType<typeof createHttpServer>, accept: (wire: Wire) => void): Promise<number> {
  new WebSocketServer({ server, perMessageDeflate: false }).on("connection", (socket) => accept(wireOf(socket)));
  return listening(server);
}

async function dialed(url: string): Promise<Wire> {
  const socket = new WebSocket(url, { perMessageDeflate: false, rejectUnauthorized: false });
  await once(socket, "open");
  return wireOf(socket);
}

function wireOf(socket: WebSocket): Wire {
  let written = (): void => {};
  let drained = Promise.resolve();
  return {
    write(bytes) {
      if (socket.bufferedAmount < HIGH_WATER) {
        socket.send(bytes);
        return true;
      }
      drained = new Promise((resolve) => {
        written = resolve;
      });
      socket.send(bytes, written);
      return false;
    },
    drained: () => drained,
    onBytes: (receive) => void socket.on("message", (data: RawData) => receive(data as Buffer)),
    close: () => socket.terminate(),
  };
}
