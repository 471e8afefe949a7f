import { type Client, connectOn, type ConnectOptions } from "../../../runtime/client.ts";
import type { LogEntry } from "../../../runtime/command/log.ts";
import type { Session } from "../../../runtime/command/session-type.ts";
import { createIdentity, type Identity } from "../../../runtime/crypto/identity.ts";
import { nativeCrypto } from "../../../runtime/crypto/native.ts";
import type { CryptoProvider } from "../../../runtime/crypto/provider.ts";
import { systemRandom } from "../../../runtime/crypto/random.ts";
import { type Server, type ServeOptions, serve } from "../../../runtime/server.ts";
import { ManualClock } from "../../../runtime/time/manual-clock.ts";
import { type MemoryNetwork, memoryNetwork } from "../../../runtime/transport/memory-network.ts";
import type { Transport } from "../../../runtime/transport/transport.ts";
import { platform } from "../session/platform.ts";
import { caught } from "./assert-error.ts";

export const native: CryptoProvider = nativeCrypto();
const identity: Identity = createIdentity(native, systemRandom);

/** What a pair is made of, besides the pair's own network and time. */
export interface PeersOptions {
  readonly serve?: Partial<ServeOptions> | undefined;
  readonly connect?: Partial<ConnectOptions> | undefined;
  /** Default: nothing is sealed, which is enough for most of what commands do. */
  readonly sealed?: boolean | undefined;
}

/** A server, its one client, and the time that both live in. */
export class Peers {
  readonly clock: ManualClock;
  readonly server: Server;
  readonly client: Client;
  /** The server's end of the client's session. */
  readonly session: Session;
  readonly log: readonly LogEntry[];
  readonly wires: Wires;

  constructor(clock: ManualClock, server: Server, client: Client, session: Session, log: readonly LogEntry[], wires: Wires) {
    this.clock = clock;
    this.server = server;
    this.client = client;
    this.session = session;
    this.log = log;
    this.wires = wires;
  }

  /** Both ends, for what holds in either direction. */
  get sides(): readonly [caller: Session, handler: Session][] {
    return [
      [this.client, this.session],
      [this.session, this.client],
    ];
  }

  /** Lets time pass until the promise settles; throws when it does not within `ms`. */
  async until<T>(promise: Promise<T>, ms = 0): Promise<T> {
    let settled = false;
    const done = (): void => {
      settled = true;
    };
    promise.then(done, done);
    await this.clock.settle(0);
    const end = this.clock.now() + ms;
    while (!settled && this.clock.now() < end) await this.clock.settle(Math.min(end, this.clock.nextTimerAt ?? end) - this.clock.now());
    if (!settled) throw new Error(`the promise did not settle within ${ms} ms`);
    return promise;
  }

  /** What the promise rejects with, at once or within `ms`. */
  async failure(promise: Promise<unknown>, ms = 0): Promise<unknown> {
    return this.until(caught(promise), ms);
  }

  async close(): Promise<void> {
    await this.until(this.server.close(), 10_000);
    await this.until(this.client.closed, 10_000);
  }
}

/** The two transports of a pair's connection, watched and cut. */
export class Wires {
  readonly transports: Transport[] = [];
  /** Bytes of each write, by end: the client's, the server's. */
  readonly writes: [number[], number[]] = [[], []];

  /** The connection ends without a word. */
  cut(): void {
    this.transports[0]!.destroy();
  }

  /** The server's end reads nothing. */
  pause(): void {
    this.transports[1]!.pause();
  }

  resume(): void {
    this.transports[1]!.resume();
  }

  watched(transport: Transport, end: 0 | 1): Transport {
    const { write } = transport;
    transport.write = (bytes) => {
      this.writes[end].push(bytes.length);
      return write.call(transport, bytes);
    };
    this.transports[end] = transport;
    return transport;
  }

  network(inner: MemoryNetwork): MemoryNetwork {
    return {
      listen: (name, accept) => inner.listen(name, (transport) => accept(this.watched(transport, 1))),
      dial: async (name) => this.watched(await inner.dial(name), 0),
    };
  }
}

/** A connected pair. Names of options in `serve` and `connect` win over the pair's own. */
export async function connectPeers(options: PeersOptions = {}): Promise<Peers> {
  const clock = new ManualClock();
  const wires = new Wires();
  const memory = wires.network(memoryNetwork({ clock, overwriteDelivered: true }));
  const log: LogEntry[] = [];
  const common = {
    // Tests of what a lost connection ends; those of resuming say otherwise.
    retentionMs: 0,
    clock,
    memory,
    crypto: native,
    log: (entry: LogEntry): void => void log.push(entry),
  };
  const sealing = options.sealed ? { identity } : { unsealed: true };
  const serving = serve({ ...common, ...sealing, listen: ["memory:peers"], ...options.serve });
  await clock.settle(0);
  const server = await serving;
  const pin = options.sealed ? { serverKey: server.serverKey } : { unsealed: true };
  const connecting = connectOn(platform, { ...common, ...pin, endpoints: ["memory:peers"], ...options.connect });
  await clock.settle(0);
  const client = await connecting;
  const [session] = server.sessions();
  return new Peers(clock, server, client, session!, log, wires);
}
