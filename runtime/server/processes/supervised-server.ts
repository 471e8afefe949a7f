import type { Peer } from "../../command/peer.ts";
import type { Session } from "../../command/session-type.ts";
import { StatusFeed } from "../../command/status.ts";
import { serverKeyOf } from "../../crypto/identity.ts";
import { formatServerKey } from "../../crypto/key-string.ts";
import { nativeCrypto } from "../../crypto/native.ts";
import { selectCrypto } from "../../crypto/select.ts";
import { systemClock } from "../../time/system-clock.ts";
import { timersOf } from "../../time/timers-of.ts";
import { broadcastTo } from "../broadcast.ts";
import { type EntrancesInit, type MoveToOptions, ServerEntrances, type SetEntrancesOptions } from "../entrances.ts";
import { type Group, Groups } from "../groups.ts";
import type { MoveResult } from "../move.ts";
import type { ServeOptions, Server, ServerStats, ServerStatus } from "../server-types.ts";
import { Supervisor } from "./supervisor.ts";

/** A server of several processes, as the one sees it that started them: what it does, it does to all; sessions are theirs. */
export class SupervisedServer<Data> implements Server<Data> {
  readonly serverKey: string;
  readonly broadcast: Server<Data>["broadcast"] = (service, audience, options) =>
    broadcastTo(this.#sessions, service, audience, options, this.#supervisor);
  readonly #supervisor: Supervisor;
  readonly #feed: StatusFeed<ServerStatus<Data>>;
  readonly #sessions: Set<Peer<Data>> = new Set();
  readonly #entrances: ServerEntrances<Data>;
  readonly #groups: Groups<Data> = new Groups(this.#sessions);
  #state: "listening" | "draining" | "closed" = "listening";

  private constructor(options: ServeOptions<Data>, supervisor: Supervisor) {
    const { identity, clock = systemClock } = options;
    if (identity === undefined) throw new TypeError("serve: `identity` is missing; `zgen keygen` makes one, `loadIdentity(path)` reads it");
    const crypto = selectCrypto(options.crypto, nativeCrypto);
    this.serverKey = formatServerKey(crypto, serverKeyOf(identity));
    this.#entrances = new ServerEntrances({
      crypto,
      identity,
      timers: timersOf(clock),
      wallNow: () => clock.wallNow(),
      sessions: () => this.#sessions,
    });
    this.#supervisor = supervisor;
    this.#feed = new StatusFeed(() => this.#now());
  }

  /** Starts the processes. Rejects when one of them cannot serve. */
  static async start<Data>(options: ServeOptions<Data>, processes: number): Promise<SupervisedServer<Data>> {
    const supervisor = new Supervisor(processes, options);
    const server = new SupervisedServer(options, supervisor);
    if (options.entrances !== undefined) server.setEntrances(options.entrances);
    await supervisor.start();
    return server;
  }

  get endpoints(): readonly string[] {
    return this.#supervisor.endpoints;
  }

  sessions(): IterableIterator<Session<Data>> {
    return this.#sessions.values();
  }

  group(name?: string): Group<Data> {
    return this.#groups.group(name);
  }

  async reply(): Promise<void> {
    throw notHere("reply");
  }

  async fail(): Promise<void> {
    throw notHere("fail");
  }

  setEntrances(entrances: EntrancesInit, options: SetEntrancesOptions = {}): void {
    this.#entrances.set(entrances, options);
    this.#supervisor.setEntrances(this.#entrances.signed!);
  }

  async moveTo(entrances: EntrancesInit, options: MoveToOptions = {}): Promise<MoveResult> {
    await this.#entrances.moveTo(entrances, options);
    const { overMs, waitMs } = options;
    const results = await this.#supervisor.moveTo(this.#entrances.signed!, { overMs, waitMs });
    const sum = (of: keyof MoveResult): number => results.reduce((all, result) => all + result[of], 0);
    return { moved: sum("moved"), stayed: sum("stayed") };
  }

  revoke(principal: string, message = ""): number {
    this.#supervisor.tell({ kind: "revoke", principal, message });
    return 0;
  }

  stats(): ServerStats {
    return { deprecated: [], handovers: this.#supervisor.handovers };
  }

  status(): AsyncIterableIterator<ServerStatus<Data>> {
    return this.#feed.subscribe();
  }

  drain(): Promise<void> {
    if (this.#state === "listening") {
      this.#state = "draining";
      this.#feed.emit({ type: "draining" });
    }
    return this.#end("drain");
  }

  close(): Promise<void> {
    return this.#end("close");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #end(how: "drain" | "close"): Promise<void> {
    // Closing overtakes draining: the processes are told each time.
    await this.#supervisor.end(how);
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#feed.emit({ type: "closed" });
    this.#feed.end();
  }

  #now(): ServerStatus<Data> {
    if (this.#state === "listening") return { type: "listening", endpoints: this.endpoints };
    return { type: this.#state };
  }
}

function notHere(what: string): TypeError {
  return new TypeError(
    `server.${what}: the process that started the others has no sessions; call it in those that serve (cluster.isWorker)`,
  );
}
