/** Each client passes a target, which the server keeps and calls; nobody waits for what it returns. */
import { newWebSocketRpcSession, RpcTarget, type RpcStub } from "capnweb";
import { WebSocket, WebSocketServer } from "ws";
import { once } from "node:events";
import { createServer } from "node:http";
import type { BroadcastContender } from "../../broadcast/contender.ts";
import { lowOfNumber, sumEvent } from "../../codec/sums.ts";
import { event, plain } from "../../codec/values.ts";
import { listening } from "../../rpc/stream-wires.ts";

// It looks for the platform's own, which Node 20 has not.
Object.assign(globalThis, { WebSocket });

type PlainEvent = ReturnType<typeof event<number>>;

class Watcher extends RpcTarget {
  readonly #heard: (sum: number) => void;

  constructor(heard: (sum: number) => void) {
    super();
    this.#heard = heard;
  }

  heard(message: PlainEvent): void {
    this.#heard(sumEvent(message, lowOfNumber));
  }
}

const watchers = new Set<RpcStub<Watcher>>();

class Desk extends RpcTarget {
  watch(watcher: RpcStub<Watcher>): void {
    watchers.add(watcher.dup());
  }
}

export const contender: BroadcastContender = {
  name: "capnweb",
  async serve() {
    const http = createServer();
    new WebSocketServer({ server: http, perMessageDeflate: false }).on("connection", (socket) => {
      newWebSocketRpcSession(socket as never, new Desk());
    });
    return {
      address: String(await listening(http)),
      get listeners() {
        return watchers.size;
      },
      broadcast(turn) {
        const message = event(turn, plain);
        for (const watcher of watchers) void watcher.heard(message);
      },
    };
  },
  async connect(port, heard) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
    await once(socket, "open");
    const desk = newWebSocketRpcSession<Desk>(socket as never);
    await desk.watch(new Watcher(heard) as never);
  },
};
