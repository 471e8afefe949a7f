import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, connect as dialTls } from "node:tls";
import { selfSigned } from "../../test/support/transport/certificate.ts";
import type { Wire, WireKind } from "./wire.ts";

export const tcp: WireKind = {
  listen: (accept) => listening(createServer((socket) => accept(wireOf(socket)))),
  dial: (port) => dialed(connect(port, "127.0.0.1"), "connect"),
};

/** TLS 1.3. */
export const tls: WireKind = {
  listen: (accept) => listening(createTlsServer({ ...selfSigned(), minVersion: "TLSv1.3" }, (socket) => accept(wireOf(socket)))),
  dial: (port) => dialed(dialTls({ port, host: "127.0.0.1", rejectUnauthorized: false }), "secureConnect"),
};

/** Has a server listen on a free port of 127.0.0.1; returns the port. */
export async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function dialed(socket: Socket, ready: string): Promise<Wire> {
  await once(socket, ready);
  return wireOf(socket);
}

function wireOf(socket: Socket): Wire {
  socket.setNoDelay(true);
  return {
    write: (bytes) => socket.write(bytes),
    drained: async () => void (socket.writableNeedDrain && (await once(socket, "drain"))),
    onBytes: (receive) => void socket.on("data", receive),
    close: () => void socket.destroy(),
  };
}
