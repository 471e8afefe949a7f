import type { MemoryNetwork } from "../../runtime/transport/memory-network.ts";
import type { Transport } from "../../runtime/transport/transport.ts";
import { type LinkQuality, SimTransport } from "./link.ts";
import { SimProcess } from "./process.ts";
import type { SimRandom } from "./random.ts";
import type { Timeline } from "./timeline.ts";

export interface NetworkOptions {
  readonly timeline: Timeline;
  readonly random: SimRandom;
  readonly quality: LinkQuality;
  /** How likely a connection is cut. */
  readonly cutChance: number;
  /** About how many bytes a connection that is cut carries first, at most. */
  readonly cutBytes: number;
  /** How likely somebody records a connection, and sends the same on another one. */
  readonly replayChance: number;
  readonly trace: (line: string) => void;
}

/** How a connection comes to its end. */
const cuts = ["reset", "reset", "reset", "ended", "half", "half", "black-hole", "deaf"] as const;

interface Pair {
  readonly client: SimTransport;
  readonly server: SimTransport;
}

/** A network that carries bytes badly until it is told to be good. */
export class SimNetwork {
  readonly #options: NetworkOptions;
  readonly #listeners = new Map<string, { readonly process: SimProcess; readonly accept: (transport: Transport) => void }>();
  readonly #pairs = new Set<Pair>();
  #connections = 0;
  /** Connections that the network has cut. */
  cuts = 0;
  #calm = false;

  constructor(options: NetworkOptions) {
    this.#options = options;
  }

  /** The network as one process sees it. */
  of(process: SimProcess): MemoryNetwork {
    return {
      listen: (name, accept) => {
        const listener = { process, accept };
        if (this.#listeners.has(name)) throw new Error(`memory:${name} is taken`);
        this.#listeners.set(name, listener);
        const close = async (): Promise<void> => this.#unlisten(name, process);
        process.whenKilled(() => this.#unlisten(name, process));
        return { endpoints: [`memory:${name}`], close };
      },
      dial: (name) => this.#dial(process, name),
    };
  }

  /** From here on nothing more is cut; what was cut before stays so. */
  calmDown(): void {
    this.#calm = true;
    for (const { client, server } of this.#pairs) client.cutAfter = server.cutAfter = Number.POSITIVE_INFINITY;
  }

  /** Cuts one connection that there is, if there is any. */
  cutOne(): void {
    const pairs = [...this.#pairs];
    if (pairs.length > 0) this.#cut(this.#options.random.pick(pairs));
  }

  /** The process is gone: its kernel closes what it had. */
  dropAll(process: SimProcess): void {
    for (const { client, server } of [...this.#pairs]) {
      if (client.process !== process && server.process !== process) continue;
      const survivor = client.process === process ? server : client;
      const { timeline, random, quality } = this.#options;
      timeline.after(random.between(0, 2 * quality.latencyMs), () =>
        survivor.fail("the peer's process ended", random.pick(["ended", "failed"])),
      );
    }
  }

  #unlisten(name: string, process: SimProcess): void {
    if (this.#listeners.get(name)?.process === process) this.#listeners.delete(name);
  }

  #dial(process: SimProcess, name: string): Promise<Transport> {
    const { timeline, random, quality } = this.#options;
    const roundTripMs = 2 * quality.latencyMs + random.below(quality.jitterMs + 1);
    // Now and then the first packet is lost and sent again.
    const delayMs = !this.#calm && random.chance(0.05) ? roundTripMs + random.skewed(15_000) : roundTripMs;
    return new Promise((resolve, reject) => {
      timeline.after(delayMs, () => {
        const listener = this.#listeners.get(name);
        if (listener === undefined || !process.alive) return process.enter(() => reject(new Error(`nobody listens on ${name}`)));
        const pair = this.#connect(process, listener.process, name);
        listener.process.enter(() => listener.accept(pair.server));
        process.enter(() => resolve(pair.client));
      });
    });
  }

  #connect(from: SimProcess, to: SimProcess, name: string): Pair {
    const { random, quality } = this.#options;
    const number = ++this.#connections;
    const client = new SimTransport(from, `${name}#${number}`, quality, random.fork());
    const server = new SimTransport(to, `${from.name}#${number}`, quality, random.fork());
    client.connect(server);
    server.connect(client);
    const pair: Pair = { client, server };
    this.#pairs.add(pair);
    this.#options.trace(`connection ${number}: ${from.name} to ${to.name}`);
    if (!this.#calm) this.#doom(pair);
    if (!this.#calm && random.chance(this.#options.replayChance)) this.#record(client, name);
    return pair;
  }

  /** An attacker who cannot read says again what was said before. */
  #record(client: SimTransport, name: string): void {
    const { timeline, random, quality, trace } = this.#options;
    const recorded: Uint8Array[] = [];
    client.onCarried = (bytes) => void recorded.push(bytes.slice());
    timeline.after(random.skewed(10_000), () => {
      client.onCarried = undefined;
      const listener = this.#listeners.get(name);
      if (listener === undefined || this.#calm || recorded.length === 0) return;
      trace(`${client.peer} is said again`);
      const ghost = new SimTransport(new SimProcess("ghost", timeline), name, quality, random.fork());
      const server = new SimTransport(listener.process, "ghost", quality, random.fork());
      ghost.connect(server);
      server.connect(ghost);
      listener.process.enter(() => listener.accept(server));
      ghost.start({ onBytes() {}, onDrain() {}, onClose() {} });
      for (const bytes of recorded) ghost.write(bytes);
    });
  }

  /** Decides where a connection will be cut. */
  #doom(pair: Pair): void {
    const { random, cutChance, cutBytes, timeline } = this.#options;
    if (!random.chance(cutChance)) return;
    const cut = (): void => this.#cut(pair);
    if (random.chance(0.2)) timeline.after(random.skewed(8_000), cut);
    else {
      const victim = random.chance(0.5) ? pair.client : pair.server;
      victim.cutAfter = random.chance(0.3) ? random.below(400) : random.skewed(cutBytes);
      victim.onCut = cut;
    }
  }

  #cut(pair: Pair): void {
    if (this.#calm || !this.#pairs.delete(pair)) return;
    const { client, server } = pair;
    if (client.ended && server.ended) return;
    this.cuts++;
    const { random, timeline, quality, trace } = this.#options;
    const kind = random.pick(cuts);
    const [near, far] = random.chance(0.5) ? [client, server] : [server, client];
    trace(`cut ${client.peer}: ${kind}, ${client.carried} and ${server.carried} bytes`);
    near.mute = true;
    if (kind === "deaf") return;
    far.mute = kind !== "half" || random.chance(0.5);
    if (kind === "black-hole") return;
    const end = kind === "ended" ? "ended" : "failed";
    const tell = (transport: SimTransport, delayMs: number): void => {
      timeline.after(delayMs, () => transport.fail("cut by the network", end));
    };
    tell(near, random.between(0, quality.latencyMs));
    tell(far, kind === "half" ? random.skewed(20_000) : random.between(0, 2 * quality.latencyMs));
  }
}
