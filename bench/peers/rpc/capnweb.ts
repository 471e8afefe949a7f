/** A target whose methods are called over one WebSocket; several calls of a turn leave as several messages, as it does by itself. */
import { newWebSocketRpcSession, RpcTarget } from "capnweb";
import { WebSocket, WebSocketServer } from "ws";
import { once } from "node:events";
import { createServer } from "node:http";
import { lowOfNumber, sumEvent } from "../../codec/sums.ts";
import { event, plain } from "../../codec/values.ts";
import { type RpcContender, turnOfSum } from "../../rpc/contender.ts";
import { listening } from "../../rpc/stream-wires.ts";

// It looks for the platform's own, which Node 20 has not.
Object.assign(globalThis, { WebSocket });

type PlainEvent = ReturnType<typeof event<number>>;

class Desk extends RpcTarget {
  echo(request: PlainEvent): PlainEvent {
    return event(turnOfSum(sumEvent(request, lowOfNumber)), plain);
  }
}

export const contender: RpcContender = {
  name: "capnweb",
  serve() {
    const http = createServer();
    new WebSocketServer({ server: http, perMessageDeflate: false }).on("connection", (socket) => {
      newWebSocketRpcSession(socket as never, new Desk());
    });
    return listening(http).then(String);
  },
  async connect(port) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
    await once(socket, "open");
    const desk = newWebSocketRpcSession<Desk>(socket as never);
    return {
      call: async (turn) => sumEvent((await desk.echo(event(turn, plain))) as PlainEvent, lowOfNumber),
      close: () => socket.terminate(),
    };
  },
};
