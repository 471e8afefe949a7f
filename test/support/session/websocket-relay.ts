import { createServer, type Server } from "node:http";
import { type RawData, WebSocket, WebSocketServer } from "ws";
import { Interference } from "./interference.ts";

const LARGEST_MESSAGE_BYTES = 700;

/** A relay that speaks WebSocket itself, as a cloud's entrance does: it takes messages apart and sends on others, cut anew. */
export class WebSocketRelay extends Interference {
  readonly #target: string;
  readonly #http: Server = createServer();
  readonly #sockets = new WebSocketServer({ server: this.#http, perMessageDeflate: false });
  readonly #cut: (limit: number) => number;

  /** @param cut a number below a limit: where the next message ends */
  constructor(target: string, cut: (limit: number) => number) {
    super();
    this.#target = target;
    this.#cut = cut;
    this.#sockets.on("connection", (client) => this.#relay(client));
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#http.listen(0, "127.0.0.1", resolve));
    return this;
  }

  get endpoint(): string {
    return `ws://127.0.0.1:${(this.#http.address() as { readonly port: number }).port}/`;
  }

  override async close(): Promise<void> {
    await super.close();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  #relay(client: WebSocket): void {
    const server = new WebSocket(this.#target, { perMessageDeflate: false });
    const life = this.newLife();
    const end = (): void => {
      this.connections.delete(end);
      for (const socket of [client, server]) socket.terminate();
    };
    this.connections.add(end);
    const early: Uint8Array[] = [];
    const forward = (bytes: Uint8Array, to: WebSocket): void => {
      if (this.silent || life.over) return;
      const part = life.take(bytes);
      const sent = life.over ? end : () => {};
      if (life.over) this.kills++;
      for (let at = 0; at < part.length; ) {
        const next = Math.min(part.length, at + 1 + this.#cut(LARGEST_MESSAGE_BYTES));
        to.send(part.subarray(at, next), next === part.length ? sent : undefined);
        at = next;
      }
    };
    client.on("message", (data: RawData) =>
      server.readyState === WebSocket.OPEN ? forward(data as Buffer, server) : early.push(data as Buffer),
    );
    server.on("message", (data: RawData) => forward(data as Buffer, client));
    server.on("open", () => {
      for (const bytes of early.splice(0)) forward(bytes, server);
    });
    for (const socket of [client, server]) socket.on("error", end).on("close", end);
  }
}
