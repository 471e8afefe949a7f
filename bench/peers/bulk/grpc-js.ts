/** A client stream of a service that @grpc/proto-loader read; `write` says when to wait for `drain`. */
import {
  type Client,
  type ClientWritableStream,
  credentials,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServerReadableStream,
  type ServiceClientConstructor,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type BulkContender, repeated } from "../../bulk/contender.ts";

interface Crate {
  readonly content: Buffer;
}
interface Tally {
  readonly bytes: number;
}
type Answered = (error: Error | null, reply: Tally) => void;

const schemas = fileURLToPath(new URL("../../../schemas", import.meta.url));
const loaded = loadPackageDefinition(loadSync("example/bench/v1/bench.proto", { includeDirs: [schemas], longs: Number, defaults: true }));
const { Dock } = (loaded as unknown as { example: { bench: { v1: { Dock: ServiceClientConstructor } } } }).example.bench.v1;

function tally(call: ServerReadableStream<Crate, Tally>, answer: Answered): void {
  let bytes = 0;
  call.on("data", ({ content }: Crate) => {
    bytes += content.length;
  });
  call.on("end", () => answer(null, { bytes }));
}

export const contender: BulkContender = {
  name: "grpc-js",
  serve() {
    const server = new Server();
    server.addService(Dock.service, { unload: tally, unloadBehind: tally });
    return new Promise((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
        error === null ? resolve(String(port)) : reject(error),
      );
    });
  },
  async connect(port) {
    const client = new Dock(`127.0.0.1:${port}`, credentials.createInsecure()) as unknown as Client & {
      unload(answered: Answered): ClientWritableStream<Crate>;
    };
    return {
      async pour(content, count) {
        let call!: ClientWritableStream<Crate>;
        const answer = new Promise<number>((resolve, reject) => {
          call = client.unload((error, reply) => (error === null ? resolve(reply.bytes) : reject(error)));
        });
        for (const crate of repeated({ content }, count)) if (!call.write(crate)) await once(call, "drain");
        call.end();
        return answer;
      },
    };
  },
};
