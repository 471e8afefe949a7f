/** A unary call of a service that @grpc/proto-loader read, over one channel. */
import { type Client, credentials, loadPackageDefinition, Server, ServerCredentials, type ServiceClientConstructor } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { fileURLToPath } from "node:url";
import { lowOfNumber, sumEvent } from "../../codec/sums.ts";
import { event, plain } from "../../codec/values.ts";
import { type RpcContender, turnOfSum } from "../../rpc/contender.ts";

type PlainEvent = ReturnType<typeof event<number>>;
type Answered = (error: Error | null, reply: PlainEvent) => void;

const schemas = fileURLToPath(new URL("../../../schemas", import.meta.url));
const loaded = loadPackageDefinition(
  loadSync("example/bench/v1/bench.proto", { includeDirs: [schemas], keepCase: false, longs: Number, defaults: true }),
);
const { Desk } = (loaded as unknown as { example: { bench: { v1: { Desk: ServiceClientConstructor } } } }).example.bench.v1;

export const contender: RpcContender = {
  name: "grpc-js",
  serve() {
    const server = new Server();
    server.addService(Desk.service, {
      echo: ({ request }: { readonly request: PlainEvent }, answer: Answered) =>
        answer(null, event(turnOfSum(sumEvent(request, lowOfNumber)), plain)),
      note: (_: unknown, answer: (error: null, reply: object) => void) => answer(null, {}),
    });
    return new Promise((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
        error === null ? resolve(String(port)) : reject(error),
      );
    });
  },
  async connect(port) {
    const client = new Desk(`127.0.0.1:${port}`, credentials.createInsecure()) as unknown as Client & {
      echo(request: PlainEvent, answered: Answered): void;
    };
    return {
      call: (turn) =>
        new Promise((resolve, reject) => {
          client.echo(event(turn, plain), (error, reply) => (error === null ? resolve(sumEvent(reply, lowOfNumber)) : reject(error)));
        }),
      close: () => client.close(),
    };
  },
};
