import { type Client, connectOn } from "../../runtime/client.ts";
import type { LogEntry } from "../../runtime/command/log.ts";
import { ManualClock } from "../../runtime/time/manual-clock.ts";
import { timersOf } from "../../runtime/time/timers-of.ts";
import { native } from "../support/channel/ends.ts";
import { DirectTransport } from "../support/session/direct-transport.ts";
import { deliverAll, packetsOf } from "./damage.ts";
import { Mutator } from "./mutator.ts";
import { clientRandom, connectingAsRecorded, type RecordedConnection, recordSession } from "./recording.ts";
import type { FuzzRun, FuzzTarget } from "./target.ts";
import { useEverything } from "./use.ts";
import { platform } from "../support/session/platform.ts";

/** Backoff between two connections. */
const REDIAL_MS = 20_000;
/** Longer than anything that a client waits for, but a session without a connection. */
const REST_MS = 61_000;

/** A client whose server is the recorded one, as damaged as a seed says. */
class FramesToClient {
  readonly #clock = new ManualClock();
  readonly #log: LogEntry[] = [];
  readonly #dialled: DirectTransport[] = [];
  readonly #calls: Promise<unknown>[] = [];
  #client: Client | undefined;
  #resumed = false;

  async run(connections: readonly RecordedConnection[], mutator: Mutator | undefined): Promise<string> {
    const damaged = mutator?.below(connections.length);
    this.#connect();
    for (const [at, connection] of connections.entries()) {
      await this.#clock.settle(0);
      if (this.#dialled.length <= at) await this.#clock.settle(REDIAL_MS);
      if (this.#dialled.length > at) await this.#serve(this.#dialled[at]!, packetsOf(connection, at === damaged ? mutator : undefined));
    }
    const outcome = this.#resumed ? "resumed" : this.#client === undefined ? "not opened" : this.#client.state;
    await this.#end();
    return outcome;
  }

  #connect(): void {
    const memory = {
      listen: () => {
        throw new Error("nobody listens");
      },
      dial: async () => {
        const transport = new DirectTransport();
        this.#dialled.push(transport);
        return transport;
      },
    };
    const log = (entry: LogEntry): void => void this.#log.push(entry);
    const options = {
      ...connectingAsRecorded(clientRandom()),
      endpoints: ["memory:fuzz"],
      memory,
      clock: this.#clock,
      crypto: native,
      log,
    };
    this.#calls.push(
      connectOn(platform, options).then(
        (client) => this.#opened(client),
        () => {},
      ),
    );
  }

  #opened(client: Client): void {
    this.#client = client;
    this.#calls.push(...useEverything(client), this.#watch(client));
  }

  async #watch(client: Client): Promise<void> {
    for await (const { type } of client.status()) if (type === "resumed") this.#resumed = true;
  }

  async #serve(transport: DirectTransport, packets: readonly Uint8Array[]): Promise<void> {
    await deliverAll(transport, packets, this.#clock);
    if (this.#client !== undefined) this.#calls.push(...useEverything(this.#client));
    transport.end();
  }

  /** Whatever was begun comes to its end with the session. */
  async #end(): Promise<void> {
    this.#client?.close();
    let pending = this.#calls.length;
    for (const call of this.#calls) call.then(() => pending--);
    await this.#clock.settle(REST_MS);
    for (const transport of this.#dialled) transport.end();
    await this.#clock.settle(REST_MS);
    if (this.#log.length > 0) throw new Error(`a bug was met: ${String(this.#log[0]!.error)}`, { cause: this.#log[0]!.error });
    if (pending > 0) throw new Error(`${pending} of ${this.#calls.length} calls never settled`);
    if (timersOf(this.#clock).size > 0) throw new Error(`${timersOf(this.#clock).size} timers were left`);
  }
}

/** Frames, the first one and those of a resume included, as a proven server may send them. */
export const framesToClient: FuzzTarget = {
  name: "frames-to-client",
  share: 30,
  async prepare(): Promise<FuzzRun> {
    const { client } = await recordSession();
    const whole = await new FramesToClient().run(client, undefined);
    if (whole !== "resumed") throw new Error(`what was recorded is not resumed: ${whole}`);
    return (seed) => new FramesToClient().run(client, new Mutator(seed));
  },
};
