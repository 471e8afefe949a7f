/** A subscription over wsLink, which the server's events feed as its documentation shows. */
import { createTRPCClient, createWSClient, wsLink } from "@trpc/client";
import { initTRPC } from "@trpc/server";
import { applyWSSHandler } from "@trpc/server/adapters/ws";
import { EventEmitter, on } from "node:events";
import { createServer } from "node:http";
import { WebSocket, WebSocketServer } from "ws";
import type { BroadcastContender } from "../../broadcast/contender.ts";
import { lowOfNumber, sumEvent } from "../../codec/sums.ts";
import { event, plain } from "../../codec/values.ts";
import { listening } from "../../rpc/stream-wires.ts";

type PlainEvent = ReturnType<typeof event<number>>;

const events = new EventEmitter().setMaxListeners(0);
const t = initTRPC.create();
const router = t.router({
  watch: t.procedure.subscription(async function* ({ signal }) {
    for await (const [message] of on(events, "heard", { signal: signal! })) yield message as PlainEvent;
  }),
});

export const contender: BroadcastContender = {
  name: "trpc",
  async serve() {
    const http = createServer();
    applyWSSHandler({ wss: new WebSocketServer({ server: http, perMessageDeflate: false }), router });
    return {
      address: String(await listening(http)),
      get listeners() {
        return events.listenerCount("heard");
      },
      broadcast: (turn) => void events.emit("heard", event(turn, plain)),
    };
  },
  async connect(port, heard) {
    const ws = createWSClient({ url: `ws://127.0.0.1:${port}`, WebSocket: WebSocket as never });
    const client = createTRPCClient<typeof router>({ links: [wsLink({ client: ws })] });
    await new Promise<void>((resolve) => {
      client.watch.subscribe(undefined, {
        onStarted: () => resolve(),
        onData: (message) => heard(sumEvent(message as PlainEvent, lowOfNumber)),
      });
    });
  },
};
