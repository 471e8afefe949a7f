/** A mutation over wsLink. */
import { createTRPCClient, createWSClient, wsLink } from "@trpc/client";
import { initTRPC } from "@trpc/server";
import { applyWSSHandler } from "@trpc/server/adapters/ws";
import { createServer } from "node:http";
import { WebSocket, WebSocketServer } from "ws";
import { lowOfNumber, sumEvent } from "../../codec/sums.ts";
import { event, plain } from "../../codec/values.ts";
import { type RpcContender, turnOfSum } from "../../rpc/contender.ts";
import { listening } from "../../rpc/stream-wires.ts";

type PlainEvent = ReturnType<typeof event<number>>;

const t = initTRPC.create();
const router = t.router({
  echo: t.procedure
    .input((value: unknown) => value as PlainEvent)
    .mutation(({ input }) => event(turnOfSum(sumEvent(input, lowOfNumber)), plain)),
});

export const contender: RpcContender = {
  name: "trpc",
  serve() {
    const http = createServer();
    applyWSSHandler({ wss: new WebSocketServer({ server: http, perMessageDeflate: false }), router });
    return listening(http).then(String);
  },
  async connect(port) {
    const ws = createWSClient({ url: `ws://127.0.0.1:${port}`, WebSocket: WebSocket as never });
    const client = createTRPCClient<typeof router>({ links: [wsLink({ client: ws })] });
    return {
      call: async (turn) => sumEvent(await client.echo.mutate(event(turn, plain)), lowOfNumber),
      close: () => ws.close(),
    };
  },
};
