/** Events with acknowledgements, over WebSocket from the start; messages are plain objects in JSON, as its documentation has them. */
import { createServer } from "node:http";
import { Server } from "socket.io";
import { io } from "socket.io-client";
import { lowOfNumber, sumEvent } from "../../codec/sums.ts";
import { event, plain } from "../../codec/values.ts";
import { type RpcContender, turnOfSum } from "../../rpc/contender.ts";
import { listening } from "../../rpc/stream-wires.ts";

type PlainEvent = ReturnType<typeof event<number>>;

export const contender: RpcContender = {
  name: "socket.io",
  serve(noted) {
    const http = createServer();
    new Server(http, { transports: ["websocket"], perMessageDeflate: false, httpCompression: false }).on("connection", (socket) => {
      socket.on("echo", (request: PlainEvent, reply: (answer: PlainEvent) => void) =>
        reply(event(turnOfSum(sumEvent(request, lowOfNumber)), plain)),
      );
      socket.on("note", (request: PlainEvent) => {
        turnOfSum(sumEvent(request, lowOfNumber));
        noted();
      });
    });
    return listening(http).then(String);
  },
  async connect(port) {
    const socket = io(`http://127.0.0.1:${port}`, { transports: ["websocket"] });
    await new Promise<void>((resolve) => void socket.on("connect", resolve));
    return {
      call: async (turn) => sumEvent((await socket.emitWithAck("echo", event(turn, plain))) as PlainEvent, lowOfNumber),
      note: (turn) => void socket.emit("note", event(turn, plain)),
      close: () => void socket.close(),
    };
  },
};
