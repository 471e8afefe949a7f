import { connect, createServer, type Socket } from "node:net";
import { startListening } from "../../../runtime/transport/bind.ts";

/** A header of the PROXY protocol, version 2: this client, towards some server. */
export function proxyHeader(address: string, port: number, extensions: readonly number[] = []): Buffer {
  const source = address.split(".").map(Number);
  const body = [...source, 192, 0, 2, 255, port >> 8, port & 0xff, 0x1b, 0x58, ...extensions];
  return Buffer.from([...signature, 0x21, 0x11, body.length >> 8, body.length & 0xff, ...body]);
}

export const signature: readonly number[] = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];

/** A relay that knows nothing of what it carries, and says first whose it is. */
export async function proxyTo(port: number, header: Buffer): Promise<{ readonly port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const target = connect(port, "127.0.0.1");
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
    }
    target.write(header);
    client.pipe(target).pipe(client);
  });
  await startListening(server, { port: 0, host: "127.0.0.1" });
  const bound = server.address();
  return {
    port: typeof bound === "object" && bound !== null ? bound.port : 0,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
