import { MessageChannel, type MessagePort } from "node:worker_threads";
import type { CustomEndpoint } from "../../../runtime/transport/custom.ts";
import type { MessagePortLike } from "../../../runtime/transport/message-port.ts";
import { messagePortEndpoint } from "../../../runtime/transport/message-port-endpoint.ts";
import { Interference } from "./interference.ts";

/** Hands ports on to ports: both ends of a connection see one that another page or thread might hold. */
export class PortRelay extends Interference {
  readonly #accept: (port: MessagePortLike) => void;
  readonly endpoint: CustomEndpoint = messagePortEndpoint(() => this.#connect(), `port relay ${++relays}`);

  /** @param accept takes the server's end of each connection */
  constructor(accept: (port: MessagePortLike) => void) {
    super();
    this.#accept = accept;
  }

  #connect(): MessagePort {
    const [client, server] = [new MessageChannel(), new MessageChannel()];
    const life = this.newLife();
    const end = (): void => {
      this.connections.delete(end);
      for (const port of [client.port2, server.port1]) port.close();
    };
    this.connections.add(end);
    const forward = (from: MessagePort, to: MessagePort): void => {
      from.on("message", (message: unknown) => {
        if (this.silent || life.over) return;
        if (!(message instanceof ArrayBuffer)) return to.postMessage(message);
        const bytes = life.take(new Uint8Array(message)).slice().buffer;
        to.postMessage(bytes, [bytes]);
        if (!life.over) return;
        this.kills++;
        end();
      });
      from.on("close", end);
    };
    forward(client.port2, server.port1);
    forward(server.port1, client.port2);
    this.#accept(server.port2);
    return client.port1;
  }
}

let relays = 0;
