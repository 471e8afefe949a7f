import { type Client, connectOn } from "../../runtime/client.ts";
import type { LogEntry } from "../../runtime/command/log.ts";
import type { Session } from "../../runtime/command/session-type.ts";
import { type Server, serve } from "../../runtime/server.ts";
import { identity, native } from "../support/channel/ends.ts";
import { narrow } from "../support/session/narrow.ts";
import { platform } from "../support/session/platform.ts";
import { serverKey } from "../support/session/world.ts";
import { SimAdmission } from "./admission.ts";
import { tooManyTimers, tooMuch } from "./bounds.ts";
import { broadcasts } from "./broadcasts.ts";
import { closeWorld, PATIENCE_MS } from "./closing.ts";
import { judgeEnd } from "./ends.ts";
import { simHandlers } from "./handlers.ts";
import { type Lane, Model } from "./model.ts";
import { SimNetwork } from "./network.ts";
import { SimProcess } from "./process.ts";
import { Program } from "./program.ts";
import { SimRandom } from "./random.ts";
import { type Scenario, scenarioOf } from "./scenario.ts";
import { Timeline } from "./timeline.ts";
import { makeTrouble, type Victims } from "./trouble.ts";
import { compareLater, versionOf } from "./versions.ts";

/** What came of one seed. */
export interface SimResult {
  readonly seed: number;
  readonly commands: number;
  readonly cuts: number;
  readonly resumes: number;
  /** Sessions that went over to an entrance where their server wanted them. */
  readonly moves: number;
  /** Sessions that were lost, as both sides agree. */
  readonly lost: number;
  readonly steps: number;
  readonly fingerprint: number;
  readonly violations: readonly string[];
  /** The last lines of what happened. */
  readonly trace: readonly string[];
}

/** Of thousands of worlds, each that fails sends its trace to another process. */
const TRACE_LINES = 80;
/** From one look at what every session holds to the next. */
const SAMPLE_MS = 200;
/** What the server's end of a session came to. */
interface ServerSide {
  readonly session: Session;
  readonly process: SimProcess;
  ended: boolean;
}

/** One world: a server that may be restarted, its clients, and what they make of a network that is against them. */
export class SimWorld {
  readonly #scenario: Scenario;
  readonly #random: SimRandom;
  readonly #timeline = new Timeline();
  readonly #model: Model;
  readonly #network: SimNetwork;
  readonly #serverSides = new Map<string, ServerSide>();
  readonly #clients: { readonly client: Client; readonly process: SimProcess }[] = [];
  /** Those of the clients. */
  readonly #processes = new Set<SimProcess>();
  #server: { readonly server: Server; readonly process: SimProcess } | undefined;
  #serverNumber = 0;
  #resumes = 0;
  #moves = 0;
  readonly #lostSessions = new Set<string>();
  #calm = false;
  readonly #admission: SimAdmission | undefined;

  constructor(seed: number, traceLines: number) {
    this.#model = new Model(() => this.#timeline.now, traceLines);
    this.#scenario = scenarioOf(seed);
    this.#random = this.#scenario.random;
    const { quality, cutChance, cutBytes, replayChance } = this.#scenario;
    const { trace } = this.#model;
    this.#network = new SimNetwork({
      timeline: this.#timeline,
      random: this.#random.fork(),
      quality,
      cutChance,
      cutBytes,
      replayChance,
      trace,
    });
    const { admission: scenario } = this.#scenario;
    const [world, model, timeline] = [this.#scenario, this.#model, this.#timeline];
    this.#admission = scenario && new SimAdmission({ scenario, world, random: this.#random.fork(), model, timeline });
  }

  async run(): Promise<SimResult> {
    const model = this.#model;
    const uncaught = (error: unknown): void => model.violation(`uncaught: ${error instanceof Error ? error.stack : String(error)}`);
    process.on("uncaughtException", uncaught);
    process.on("unhandledRejection", uncaught);
    const { narrow: path } = this.#scenario;
    const restore = path === undefined ? undefined : narrow(path.windowBytes, path.pieceBytes);
    try {
      await this.#live();
    } finally {
      restore?.();
      process.off("uncaughtException", uncaught);
      process.off("unhandledRejection", uncaught);
    }
    const { commands, fingerprint, violations, recent: trace } = model;
    const { cuts } = this.#network;
    const { seed } = this.#scenario;
    return {
      seed,
      commands,
      cuts,
      resumes: this.#resumes,
      moves: this.#moves,
      lost: this.#lostSessions.size,
      steps: this.#timeline.steps,
      fingerprint,
      violations,
      trace,
    };
  }

  async #live(): Promise<void> {
    const timeline = this.#timeline;
    const model = this.#model;
    const { clients, chaosMs } = this.#scenario;
    this.#startServer();
    const lives = new Set<SimProcess>();
    for (let number = 0; number < clients; number++) {
      const process = new SimProcess(`client${number}`, timeline);
      this.#processes.add(process);
      lives.add(process);
      const over = (): unknown => lives.delete(process);
      process.whenKilled(over);
      this.#lifeOf(process).then(over);
    }
    makeTrouble(this.#scenario, this.#random.fork(), this.#victims());
    this.#sample();
    await timeline.run(() => timeline.now >= chaosMs, chaosMs + 1);
    model.trace("calm");
    this.#calm = true;
    this.#admission?.calmDown();
    this.#network.calmDown();
    await timeline.run(() => lives.size === 0 && this.#nothingPending(), PATIENCE_MS);
    if (lives.size > 0) model.violation(`${lives.size} clients never came to an end`);
    await closeWorld({
      timeline,
      model,
      random: this.#random,
      clients: this.#clients.filter(({ client, process }) => process.alive && client.state !== "ended"),
      server: this.#server,
      processes: [...this.#processes, ...(this.#server === undefined ? [] : [this.#server.process])].filter(({ alive }) => alive),
      farSide: (client) => this.#farSide(client),
    });
    this.#admission?.conclude();
    model.conclude();
  }

  readonly #over = (): boolean => this.#calm;

  #nothingPending(): boolean {
    for (const sent of this.#model.pending) if (!sent.lane.abandoned) return false;
    return true;
  }

  // The server

  #startServer(): void {
    const process = new SimProcess(`server${++this.#serverNumber}`, this.#timeline);
    this.#model.trace(`${process.name} starts`);
    const { entrances } = this.#scenario;
    const options = {
      ...this.#common(process, ">"),
      listen: entrances.map((name) => `memory:${name}`),
      identity,
      detachedSessions: this.#scenario.detachedSessions,
      onSession: (session: Session) => this.#serverProgram(session, process),
      ...this.#admission?.serving(process),
    };
    serve(options).then(
      (server) => {
        this.#server = { server, process };
        this.#broadcasts(server, process);
      },
      (error: unknown) => this.#model.violation(`the server did not start: ${String(error)}`),
    );
  }

  #broadcasts(server: Server, process: SimProcess): void {
    const { seed, textLength, slow } = this.#scenario;
    if (seed % 2 === 1 || slow) return;
    // Of its own, so that all else in this world is decided as it was.
    const random = new SimRandom(seed * 1_000 + this.#serverNumber);
    broadcasts({
      server,
      process,
      model: this.#model,
      random,
      seed,
      textLength,
      laneOf: (session) => this.#lane(session, "<"),
      over: this.#over,
    });
  }

  #serverProgram(session: Session, process: SimProcess): void {
    const model = this.#model;
    const lane = this.#lane(session, "<");
    const side: ServerSide = { session, process, ended: false };
    this.#serverSides.set(session.id, side);
    process.whenKilled(() => {
      lane.abandoned = true;
      side.ended = true;
    });
    this.#watchEnd(session, lane, "server");
    session.closed.then(() => {
      side.ended = true;
    });
    const { commands, chaosMs, textLength } = this.#scenario;
    const random = this.#random.fork();
    const ms = Math.max(1_000, chaosMs - this.#timeline.now);
    new Program(session, { process, model, random, lane, commands, ms, textLength, over: this.#over }).run();
  }

  /** Ends the server's process, with or without a farewell, and starts another one. */
  async #restart(): Promise<void> {
    const running = this.#server;
    if (running === undefined) return;
    this.#server = undefined;
    const { server, process } = running;
    if (this.#random.chance(0.3)) {
      this.#model.trace(`${process.name} closes`);
      await server.close();
    }
    this.#kill(process);
    this.#timeline.after(this.#random.skewed(3_000), () => this.#startServer());
  }

  /** Asks all clients to go over to entrances, not all of which exist, over a time that may be cut short by the next wish. */
  async #move(): Promise<void> {
    const running = this.#server;
    if (running === undefined || !running.process.alive) return;
    const random = this.#random;
    const list = random.pick([["a"], ["b"], ["b"], ["a", "b"], ["nowhere"], ["nowhere", "b"]]);
    const entrances = list.map((name, priority) => ({ url: `memory:${name}`, priority }));
    this.#model.trace(`${running.process.name} moves its clients to ${list.join(", ")}`);
    const { moved } = await running.server.moveTo(entrances, { overMs: 1 + random.skewed(2_000), waitMs: 10_000 });
    this.#moves += moved;
  }

  /** Has the server end all sessions of a client. */
  #revoke({ name }: SimProcess): void {
    this.#admission?.revoke(name);
    const ended = this.#server?.server.revoke(name);
    this.#model.trace(`${name} is revoked: ${ended} sessions end`);
  }

  // Clients

  async #lifeOf(process: SimProcess): Promise<void> {
    const random = this.#random.fork();
    const { chaosMs, textLength, commands } = this.#scenario;
    await process.sleep(random.skewed(500));
    for (let left = commands; left > 0 && !this.#over(); ) {
      const client = await this.#connect(process, random.fork());
      if (client === undefined) {
        await process.sleep(random.skewed(1_000));
        continue;
      }
      const lane = this.#lane(client, ">");
      this.#clients.push({ client, process });
      this.#watchEnd(client, lane, process.name);
      this.#watchStatus(client, process.name);
      compareLater(this.#scenario.seed, client, process);
      this.#admission?.renew(client, process, random.fork());
      const model = this.#model;
      const ms = Math.max(1_000, chaosMs - this.#timeline.now);
      process.whenKilled(() => {
        lane.abandoned = true;
      });
      left = await new Program(client, {
        process,
        model,
        random: random.fork(),
        lane,
        commands: left,
        ms,
        textLength,
        over: this.#over,
      }).run();
    }
  }

  async #connect(process: SimProcess, random: SimRandom): Promise<Client | undefined> {
    const { entrances, rotateAfterMs } = this.#scenario;
    const options = {
      ...this.#common(process, "<"),
      endpoints: entrances.map((name) => `memory:${name}`),
      serverKey,
      rotateAfterMs,
      random: random.bytes,
      credentials: this.#admission?.credentialsOf(process, random.fork()),
    };
    try {
      return await connectOn(platform, options);
    } catch (error) {
      this.#model.trace(`${process.name} does not connect: ${String(error)}`);
      if (!(error instanceof Error) || error.name !== "EndError") this.#model.violation(`connect failed with ${String(error)}`);
      return undefined;
    }
  }

  async #watchStatus(client: Client, name: string): Promise<void> {
    for await (const status of client.status()) {
      this.#model.trace(`${name} ${status.type} ${"reason" in status ? status.reason : ""}`);
      if (status.type === "resumed") this.#resumes++;
      if (status.type === "disconnected" && this.#scenario.slow)
        this.#model.violation(`${name} lost its connection on a slow link: ${status.reason}`);
    }
  }

  async #watchEnd(session: Session, lane: Lane, who: string): Promise<void> {
    let detachedAt = Number.POSITIVE_INFINITY;
    const watch = async (): Promise<void> => {
      for await (const status of session.status()) {
        const { type } = status;
        if (type === "one_way_failed") this.#model.oneWayFailed(lane, status.command, status.error);
        if (type === "disconnected") detachedAt = Math.min(detachedAt, this.#timeline.now);
        if (type === "resumed") detachedAt = Number.POSITIVE_INFINITY;
      }
    };
    watch();
    const end = await session.closed;
    const { reason, by, message } = end;
    lane.ended = true;
    const model = this.#model;
    model.trace(`${who} ${lane.name} ended: ${reason} by ${by} ${message}`);
    if (reason !== "CLOSED" && reason !== "GOING_AWAY" && !this.#lostSessions.has(session.id)) this.#lostSessions.add(session.id);
    const wrong = judgeEnd({
      end,
      scenario: this.#scenario,
      atServer: who === "server",
      detachedMs: this.#timeline.now - detachedAt,
      known: this.#serverSides.get(session.id)?.ended === false,
      admission: () => (this.#admission === undefined ? "nobody is judged" : this.#admission.judgeEnd(session, end, who === "server")),
    });
    if (wrong !== undefined) model.violation(`${who}: the session ${lane.name} ended, ${reason}: ${wrong}`);
  }

  /** The server's end of a client's session, if it is still there. */
  #farSide(client: Client): Session | undefined {
    const side = this.#serverSides.get(client.id);
    return side === undefined || side.ended ? undefined : side.session;
  }

  // Trouble

  #victims(): Victims {
    return {
      timeline: this.#timeline,
      clients: () => [...this.#processes].filter(({ alive }) => alive),
      server: () => this.#server?.process,
      cutOne: () => this.#network.cutOne(),
      restart: () => void this.#restart(),
      move: () => void this.#move(),
      revoke: (process) => this.#revoke(process),
      kill: (process) => this.#kill(process),
      trace: this.#model.trace,
    };
  }

  #kill(process: SimProcess): void {
    this.#model.trace(`${process.name} is killed`);
    process.kill();
    this.#network.dropAll(process);
  }

  /** Looks at what every session holds, again and again. */
  #sample(): void {
    const sessions = new Map<SimProcess, Session[]>();
    const look = (process: SimProcess, session: Session, wrong?: string): void => {
      if (!process.alive || session.state === "ended") return;
      sessions.set(process, [...(sessions.get(process) ?? []), session]);
      this.#forbid(session.id.slice(0, 8), wrong ?? tooMuch(session, this.#scenario));
    };
    for (const { process, client } of this.#clients) look(process, client);
    for (const { process, session } of this.#serverSides.values()) look(process, session, this.#admission?.overdue(session));
    for (const [process, own] of sessions) this.#forbid(process.name, tooManyTimers(process, own, this.#scenario));
    if (!this.#calm) this.#timeline.after(SAMPLE_MS, () => this.#sample());
  }

  #forbid(who: string, wrong: string | undefined): void {
    if (wrong !== undefined) this.#model.violation(`${who} ${wrong}`);
  }

  #lane(session: Session, direction: ">" | "<"): Lane {
    return this.#model.lane(session.id.slice(0, 8) + direction);
  }

  #common(process: SimProcess, handles: ">" | "<") {
    const check = (session: Session): void => (handles === ">" ? this.#admission?.check(session) : undefined);
    const [messages, ...others] = simHandlers({
      process,
      model: this.#model,
      direction: handles,
      random: this.#random.fork(),
      pieceLength: this.#scenario.textLength,
      check,
    });
    const { seed, sealed, retentionMs, livenessTimeoutMs, handshakeTimeoutMs, sendTimeoutMs, rotateAfterBytes, limits } = this.#scenario;
    return {
      clock: process,
      memory: this.#network.of(process),
      crypto: native,
      random: this.#random.fork().bytes,
      unsealed: !sealed,
      handlers: [{ ...messages, service: versionOf(seed, process) }, ...others],
      retentionMs,
      livenessTimeoutMs,
      handshakeTimeoutMs,
      sendTimeoutMs,
      rotateAfterBytes,
      limits,
      log: ({ message, error }: LogEntry) => {
        // What a handler throws is logged as well; only a bug of the product is a violation.
        if (message.includes("bug of zserver"))
          this.#model.violation(`${message}: ${error instanceof Error ? error.stack : String(error)}`);
      },
    };
  }
}

/** Lives through the world of a seed, and tells what came of it. */
export function simulate(seed: number, traceLines: number = TRACE_LINES): Promise<SimResult> {
  return new SimWorld(seed, traceLines).run();
}
