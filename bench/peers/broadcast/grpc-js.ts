/** A server stream for each client; each writes the event by itself. */
import {
  type Client,
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
  makeGenericClientConstructor,
  Server,
  ServerCredentials,
  type ServerWritableStream,
  type ServiceClientConstructor,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { fileURLToPath } from "node:url";
import type { BroadcastContender } from "../../broadcast/contender.ts";
import { lowOfNumber, sumEvent } from "../../codec/sums.ts";
import { event, plain } from "../../codec/values.ts";

type PlainEvent = ReturnType<typeof event<number>>;

const schemas = fileURLToPath(new URL("../../../schemas", import.meta.url));
const loaded = loadPackageDefinition(
  loadSync("example/bench/v1/bench.proto", { includeDirs: [schemas], keepCase: false, longs: Number, defaults: true }),
);
const { Desk } = (loaded as unknown as { example: { bench: { v1: { Desk: ServiceClientConstructor } } } }).example.bench.v1;
// What `rpc Watch(Event) returns (stream Event)` is: the schema's services are zserver's.
const service = { watch: { ...Desk.service["Echo"]!, path: "/example.bench.v1.Desk/Watch", responseStream: true } };
const Watcher = makeGenericClientConstructor(service as never, "Desk");

export const contender: BroadcastContender = {
  name: "grpc-js",
  async serve() {
    const calls = new Set<ServerWritableStream<PlainEvent, PlainEvent>>();
    const server = new Server();
    server.addService(service as never, { watch: (call: ServerWritableStream<PlainEvent, PlainEvent>) => void calls.add(call) });
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    return {
      address: String(port),
      get listeners() {
        return calls.size;
      },
      broadcast(turn) {
        const message = event(turn, plain);
        for (const call of calls) call.write(message);
      },
    };
  },
  async connect(port, heard) {
    const client = new Watcher(`127.0.0.1:${port}`, credentials.createInsecure(), {
      // Else all clients of a process are one connection.
      "grpc.use_local_subchannel_pool": 1,
    }) as unknown as Client & { watch(request: PlainEvent): ClientReadableStream<PlainEvent> };
    client.watch(event(0, plain)).on("data", (message: PlainEvent) => heard(sumEvent(message, lowOfNumber)));
  },
};
