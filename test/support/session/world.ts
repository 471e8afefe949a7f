import { type Client, type ConnectOptions, connectOn } from "../../../runtime/client.ts";
import type { LogEntry } from "../../../runtime/command/log.ts";
import { serverKeyOf } from "../../../runtime/crypto/identity.ts";
import { formatServerKey } from "../../../runtime/crypto/key-string.ts";
import { type Server, type ServeOptions, serve } from "../../../runtime/server.ts";
import { ManualClock } from "../../../runtime/time/manual-clock.ts";
import { type MemoryNetwork, memoryNetwork } from "../../../runtime/transport/memory-network.ts";
import type { Transport } from "../../../runtime/transport/transport.ts";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import { identity, native } from "../channel/ends.ts";
import { probe } from "../command/probe.ts";
import { platform } from "./platform.ts";

export const serverKey: string = formatServerKey(native, serverKeyOf(identity));

/** Which end of a connection a transport is. */
export type Side = "client" | "server";

export interface WorldOptions {
  /** Sees and may replace each transport of the network. */
  readonly wire?: (transport: Transport, side: Side, clock: ManualClock) => Transport;
}

/** One network with one clock: servers, clients and whoever else a test puts into it. */
export class World {
  readonly clock: ManualClock = new ManualClock();
  readonly log: LogEntry[] = [];
  readonly network: MemoryNetwork;

  constructor({ wire = (transport) => transport }: WorldOptions = {}) {
    const inner = memoryNetwork({ clock: this.clock, overwriteDelivered: true });
    this.network = {
      listen: (name, accept) => inner.listen(name, (transport) => accept(wire(transport, "server", this.clock))),
      dial: async (name) => wire(await inner.dial(name), "client", this.clock),
    };
  }

  /** A server on `memory:server` with the test's identity, which handles Probe. */
  serve(options: Partial<ServeOptions> = {}): Promise<Server> {
    return this.until(serve({ ...this.#common(), listen: ["memory:server"], identity, ...options }));
  }

  /** Begins to connect to it. */
  connecting(options: Partial<ConnectOptions> = {}): Promise<Client> {
    const connection = connectOn(platform, { ...this.#common(), endpoints: ["memory:server"], serverKey, ...options });
    connection.catch(() => {});
    return connection;
  }

  connect(options: Partial<ConnectOptions> = {}): Promise<Client> {
    return this.until(this.connecting(options));
  }

  /** Whether a client still gets answers. */
  async answers(client: Client): Promise<boolean> {
    const { text } = await this.until(client.use(Probe).echo({ text: "still there?" }));
    return text === "still there?";
  }

  /** Brings to rest what is under way, and lets `ms` pass. */
  settle(ms = 0): Promise<void> {
    return this.clock.settle(ms);
  }

  /** Lets time pass until the promise settles; throws when it does not within `ms`. */
  async until<T>(promise: Promise<T>, ms = 0): Promise<T> {
    let settled = false;
    const done = (): void => {
      settled = true;
    };
    promise.then(done, done);
    await this.settle();
    const end = this.clock.now() + ms;
    while (!settled && this.clock.now() < end) {
      await this.settle(Math.max(0, Math.min(end, this.clock.nextTimerAt ?? end) - this.clock.now()));
    }
    if (!settled) throw new Error(`the promise did not settle within ${ms} ms`);
    return promise;
  }

  /** What the promise rejects with. */
  failure(promise: Promise<unknown>, ms = 0): Promise<unknown> {
    const failed = promise.then(
      (value) => {
        throw new Error(`resolved to ${String(value)} instead of rejecting`);
      },
      (error: unknown) => error,
    );
    return this.until(failed, ms);
  }

  #common() {
    return {
      clock: this.clock,
      memory: this.network,
      crypto: native,
      // Tests of what a lost connection ends; those of resuming say otherwise.
      retentionMs: 0,
      handlers: [probe()],
      log: (entry: LogEntry) => void this.log.push(entry),
    };
  }
}
