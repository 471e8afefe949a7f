/** A unary call over HTTP/2 with the binary format; messages by protobuf-es. */
import { create } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { connectNodeAdapter, createConnectTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { createServer } from "node:http2";
import { lowOfBigint, sumEvent } from "../../codec/sums.ts";
import { bigints, event } from "../../codec/values.ts";
import { type RpcContender, turnOfSum } from "../../rpc/contender.ts";
import { listening } from "../../rpc/stream-wires.ts";
import { Desk } from "../dist/es/example/bench/v1/bench_pb.ts";
import { EventSchema } from "../dist/es/example/shop/v1/order_pb.ts";

export const contender: RpcContender = {
  name: "connect",
  serve() {
    const handler = connectNodeAdapter({
      routes: (router) =>
        void router.service(Desk, {
          echo: (request) => create(EventSchema, event(turnOfSum(sumEvent(request, lowOfBigint)), bigints)),
        }),
    });
    return listening(createServer(handler)).then(String);
  },
  async connect(port) {
    const baseUrl = `http://127.0.0.1:${port}`;
    const sessionManager = new Http2SessionManager(baseUrl);
    const client = createClient(Desk, createConnectTransport({ baseUrl, httpVersion: "2", sessionManager, useBinaryFormat: true }));
    return {
      call: async (turn) => sumEvent(await client.echo(create(EventSchema, event(turn, bigints))), lowOfBigint),
      close: () => sessionManager.abort(),
    };
  },
};
