import type { LogEntry } from "../../runtime/command/log.ts";
import { type Server, serve } from "../../runtime/server.ts";
import { ManualClock } from "../../runtime/time/manual-clock.ts";
import { timersOf } from "../../runtime/time/timers-of.ts";
import type { MemoryNetwork } from "../../runtime/transport/memory-network.ts";
import type { Transport } from "../../runtime/transport/transport.ts";
import { native } from "../support/channel/ends.ts";
import { DirectTransport } from "../support/session/direct-transport.ts";
import { deliverAll, packetsOf } from "./damage.ts";
import { Mutator } from "./mutator.ts";
import { type RecordedConnection, type RepeatedRandom, recordSession, serverRandom, servingAsRecorded } from "./recording.ts";
import type { FuzzRun, FuzzTarget } from "./target.ts";

/** What one connection may be answered with. The recorded one gets 2,000 bytes. */
const MAX_WRITTEN_BYTES = 200_000;
/** The last words of a connection have this long to leave. */
const REST_MS = 6_000;

/** One server that gets one recorded session after another, each as damaged as its seed says. */
class FramesToServer {
  readonly #clock = new ManualClock();
  readonly #log: LogEntry[] = [];
  readonly #random: RepeatedRandom = serverRandom();
  readonly #connections: readonly RecordedConnection[];
  readonly #ends: string[] = [];
  #accept: (transport: Transport) => void = () => {};
  #server: Server | undefined;

  constructor(connections: readonly RecordedConnection[]) {
    this.#connections = connections;
  }

  async start(): Promise<void> {
    const memory: MemoryNetwork = {
      listen: (name, accept) => {
        this.#accept = accept;
        return { endpoints: [`memory:${name}`], close: async () => {} };
      },
      dial: () => Promise.reject(new Error("nobody dials")),
    };
    const log = (entry: LogEntry): void => void this.#log.push(entry);
    this.#server = await serve({
      ...servingAsRecorded(this.#random, this.#clock),
      listen: ["memory:fuzz"],
      memory,
      clock: this.#clock,
      crypto: native,
      log,
    });
    this.#readEnds(this.#server);
  }

  async run(mutator: Mutator | undefined): Promise<string> {
    this.#ends.length = 0;
    this.#random.repeat();
    const damaged = mutator?.below(this.#connections.length);
    for (const [at, connection] of this.#connections.entries())
      await this.#connect(packetsOf(connection, at === damaged ? mutator : undefined));
    await Promise.all(Array.from(this.#server!.sessions(), (session) => session.close()));
    await this.#clock.settle(REST_MS);
    if (this.#log.length > 0) throw new Error(`a bug was met: ${String(this.#log[0]!.error)}`, { cause: this.#log.splice(0)[0]!.error });
    const left = [...this.#server!.sessions()].length + timersOf(this.#clock).size;
    if (left > 0) throw new Error("a session or a timer was left");
    return this.#ends[0] ?? "no session";
  }

  async #connect(packets: readonly Uint8Array[]): Promise<void> {
    const transport = new DirectTransport();
    this.#accept(transport);
    await deliverAll(transport, packets, this.#clock);
    transport.end();
    await this.#clock.settle(0);
    if (transport.written > MAX_WRITTEN_BYTES) throw new Error(`a connection was answered with ${transport.written} bytes`);
  }

  async #readEnds(server: Server): Promise<void> {
    for await (const event of server.status()) if (event.type === "session_ended") this.#ends.push(`${event.end.reason} ${event.end.by}`);
  }
}

/** Frames, the first one and those of a resume included, as a proven client may send them. */
export const framesToServer: FuzzTarget = {
  name: "frames-to-server",
  share: 75,
  async prepare(): Promise<FuzzRun> {
    const fuzzed = new FramesToServer((await recordSession()).server);
    await fuzzed.start();
    const whole = await fuzzed.run(undefined);
    if (whole !== "CLOSED peer") throw new Error(`what was recorded is refused: ${whole}`);
    return (seed) => fuzzed.run(new Mutator(seed));
  },
};
