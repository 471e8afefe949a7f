/** A server stream over HTTP/2 for each client; each is fed by a queue of its own. */
import { create } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { connectNodeAdapter, createConnectTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { EventEmitter, on } from "node:events";
import { createServer } from "node:http2";
import type { BroadcastContender } from "../../broadcast/contender.ts";
import { lowOfBigint, sumEvent } from "../../codec/sums.ts";
import { bigints, event } from "../../codec/values.ts";
import { listening } from "../../rpc/stream-wires.ts";
import { Desk } from "../dist/es/example/bench/v1/bench_pb.ts";
import { type Event, EventSchema } from "../dist/es/example/shop/v1/order_pb.ts";

// What `rpc Watch(Event) returns (stream Event)` is: the schema's services are zserver's.
const method = { ...Desk.method.echo, name: "Watch", localName: "watch", methodKind: "server_streaming" } as const;
const service = { ...Desk, methods: [method], method: { watch: method } };
const events = new EventEmitter().setMaxListeners(0);

async function* watch(_: Event, { signal }: { readonly signal: AbortSignal }): AsyncGenerator<Event> {
  for await (const [message] of on(events, "heard", { signal })) yield message as Event;
}

export const contender: BroadcastContender = {
  name: "connect",
  async serve() {
    const handler = connectNodeAdapter({ routes: (router) => void router.service(service as never, { watch } as never) });
    return {
      address: String(await listening(createServer(handler))),
      get listeners() {
        return events.listenerCount("heard");
      },
      broadcast: (turn) => void events.emit("heard", create(EventSchema, event(turn, bigints))),
    };
  },
  async connect(port, heard) {
    const baseUrl = `http://127.0.0.1:${port}`;
    const sessionManager = new Http2SessionManager(baseUrl);
    const transport = createConnectTransport({ baseUrl, httpVersion: "2", sessionManager, useBinaryFormat: true });
    const client = createClient(service as never, transport) as unknown as { watch(request: Event): AsyncIterable<Event> };
    void (async () => {
      for await (const message of client.watch(create(EventSchema, event(0, bigints)))) heard(sumEvent(message, lowOfBigint));
    })();
  },
};
