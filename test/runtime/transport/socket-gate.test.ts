import { connect, type Socket } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Gate, Place } from "../../../runtime/transport/gate.ts";
import type { RemoteAddress, Transport } from "../../../runtime/transport/transport.ts";
import { selfSigned } from "../../support/transport/certificate.ts";
import { dialAt, failure, listeningAt } from "../../support/transport/listening.ts";

const certificate = selfSigned();
const tls = { rejectUnauthorized: false };

const deaf = { onBytes() {}, onDrain() {}, onClose() {} };

/** A gate that lets so many in, and knows who is inside. */
class Turnstile implements Gate {
  readonly inside = new Set<Place>();
  readonly seen: (RemoteAddress | undefined)[] = [];
  readonly #limit: number;
  #woken: () => void = () => {};

  constructor(limit: number) {
    this.#limit = limit;
  }

  enter(remote: RemoteAddress | undefined, cut: () => void): Place | undefined {
    this.seen.push(remote);
    if (this.inside.size >= this.#limit) return undefined;
    const place: Place = {
      cut,
      leave: () => {
        this.inside.delete(place);
        this.#woken();
      },
    };
    this.inside.add(place);
    this.#woken();
    return place;
  }

  count(): boolean {
    return true;
  }

  /** Resolves when so many are inside. */
  async until(inside: number): Promise<void> {
    while (this.inside.size !== inside) {
      await new Promise<void>((resolve) => {
        this.#woken = resolve;
      });
    }
  }
}

const test = suite("transport/socket-gate");

for (const scheme of ["tcp", "tls", "ws", "wss"]) {
  test(`${scheme}: the gate sees a connection before anything is made of it, and its place goes to who takes the transport`, async () => {
    const gate = new Turnstile(1);
    const taken: { transport: Transport; place: Place | undefined }[] = [];
    const accept = (transport: Transport, place?: Place): void => void taken.push({ transport, place });
    const { listener, url } = await listeningAt(`${scheme}://127.0.0.1:0`, { gate, tls: certificate, accept });
    const client = await dialAt(url, { tls });
    await failure(dialAt(url, { tls }).then((transport: Transport) => ended(transport)));
    assert.is(gate.seen.length, 2);
    const [{ transport, place }] = taken as [(typeof taken)[number]];
    assert.is(gate.seen[0]?.address, "127.0.0.1");
    assert.equal(transport.remote, gate.seen[0]);
    assert.equal([...gate.inside], [place]);
    const over = failure(ended(transport));
    client.destroy();
    await over;
    assert.is(gate.inside.size, 1);
    place!.leave();
    await listener.close();
  });

  test(`${scheme}: a connection that never says anything has its place until it ends, also when the gate ends it`, async () => {
    const gate = new Turnstile(2);
    const accept = (transport: Transport, place?: Place): void => transport.start({ ...deaf, onClose: () => place!.leave() });
    const { listener, url } = await listeningAt(`${scheme}://127.0.0.1:0`, { gate, tls: certificate, accept });
    const { port } = new URL(url.replace(/^\w+/, "http"));
    const silent = [connect(Number(port), "127.0.0.1"), connect(Number(port), "127.0.0.1")];
    for (const socket of silent) socket.on("error", () => {});
    await gate.until(2);
    silent[0]!.resetAndDestroy();
    await gate.until(1);
    const cut = closed(silent[1]!);
    for (const place of gate.inside) place.cut();
    await cut;
    await gate.until(0);
    await listener.close();
  });
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on("close", () => resolve());
  });
}

/** Rejects when the transport ends. */
function ended(transport: Transport): Promise<never> {
  return new Promise((_resolve, reject) => {
    transport.start({ onBytes() {}, onDrain() {}, onClose: ({ message }) => reject(new Error(message)) });
  });
}

test("two connections from one port, to two addresses of the server, leave no place behind", async () => {
  const gate = new Turnstile(2);
  const { listener, url } = await listeningAt("ws://0.0.0.0:0", { gate });
  const port = Number(new URL(url).port);
  const first = connect({ host: "127.0.0.1", port, localAddress: "127.0.0.1" });
  await gate.until(1);
  const second = connect({ host: "127.0.0.2", port, localAddress: "127.0.0.1", localPort: first.localPort! });
  second.on("error", () => {});
  await new Promise((resolve) => second.on("close", resolve));
  assert.is(gate.seen.length, 1, "nothing but the port tells the second from the first");
  first.destroy();
  await gate.until(0);
  await listener.close();
});

test.run();
