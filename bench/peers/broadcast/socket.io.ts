/** `io.emit`, which encodes once; over WebSocket from the start. */
import { createServer } from "node:http";
import { Server } from "socket.io";
import { io } from "socket.io-client";
import type { BroadcastContender } from "../../broadcast/contender.ts";
import { lowOfNumber, sumEvent } from "../../codec/sums.ts";
import { event, plain } from "../../codec/values.ts";
import { listening } from "../../rpc/stream-wires.ts";

export const contender: BroadcastContender = {
  name: "socket.io",
  async serve() {
    const http = createServer();
    const server = new Server(http, { transports: ["websocket"], perMessageDeflate: false, httpCompression: false });
    return {
      address: String(await listening(http)),
      get listeners() {
        return server.of("/").sockets.size;
      },
      broadcast: (turn) => void server.emit("heard", event(turn, plain)),
    };
  },
  async connect(port, heard) {
    const socket = io(`http://127.0.0.1:${port}`, { transports: ["websocket"], forceNew: true });
    socket.on("heard", (message: ReturnType<typeof event<number>>) => heard(sumEvent(message, lowOfNumber)));
    await new Promise<void>((resolve) => void socket.on("connect", resolve));
  },
};
