/** Events with a buffer, over WebSocket from the start. It has no backpressure but acknowledgements: so many bytes are on their way without one. */
import { createServer } from "node:http";
import { Server } from "socket.io";
import { io } from "socket.io-client";
import { type BulkContender, repeated } from "../../bulk/contender.ts";
import { listening } from "../../rpc/stream-wires.ts";

/** Bytes without an acknowledgement. */
const WINDOW = 4 * 1_048_576;

export const contender: BulkContender = {
  name: "socket.io",
  serve() {
    const http = createServer();
    const options = { transports: ["websocket" as const], perMessageDeflate: false, httpCompression: false, maxHttpBufferSize: WINDOW };
    new Server(http, options).on("connection", (socket) => {
      let bytes = 0;
      socket.on("chunk", (content: Buffer, reply: () => void) => {
        bytes += content.length;
        reply();
      });
      socket.on("tally", (reply: (bytes: number) => void) => {
        reply(bytes);
        bytes = 0;
      });
    });
    return listening(http).then(String);
  },
  async connect(port) {
    const socket = io(`http://127.0.0.1:${port}`, { transports: ["websocket"] });
    await new Promise<void>((resolve) => void socket.on("connect", resolve));
    return {
      async pour(chunk, count) {
        const chunks = repeated(chunk, count);
        const sender = async (): Promise<void> => {
          for (const content of chunks) await socket.emitWithAck("chunk", content);
        };
        await Promise.all(Array.from({ length: WINDOW / chunk.length }, sender));
        return (await socket.emitWithAck("tally")) as number;
      },
    };
  },
};
