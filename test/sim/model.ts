import { CommandError } from "../../runtime/errors/command-error.ts";
import type { CommandPriority } from "../../runtime/schema/service-type.ts";

/** What a command is, by the method that is called, and the class of priority in which it travels. */
export const priorities: {
  readonly [Name in "echo" | "note" | "turn" | "noteInTurn" | "blip" | "later" | "down" | "up" | "both" | "collect"]: "NORMAL";
} & { readonly [Name in "echoHigh" | "noteHigh"]: "HIGH" } & {
  readonly [Name in "noteBulk" | "turnBulk" | "bothBulk" | "put" | "get" | "swap"]: "BULK";
} = {
  echo: "NORMAL",
  note: "NORMAL",
  turn: "NORMAL",
  noteInTurn: "NORMAL",
  blip: "NORMAL",
  later: "NORMAL",
  down: "NORMAL",
  up: "NORMAL",
  both: "NORMAL",
  collect: "NORMAL",
  echoHigh: "HIGH",
  noteHigh: "HIGH",
  noteBulk: "BULK",
  turnBulk: "BULK",
  bothBulk: "BULK",
  put: "BULK",
  get: "BULK",
  swap: "BULK",
};
export type Kind = keyof typeof priorities;

const oneWays: ReadonlySet<Kind> = new Set(["note", "noteInTurn", "blip", "noteHigh", "noteBulk"]);
/** Commands that have a deadline though nobody asked for one. */
const late: ReadonlySet<Kind> = new Set(["echo", "turn", "later", "echoHigh", "turnBulk", "collect"]);
/** Commands that begin without a message, and are known by their first item. */
const unnamed: ReadonlySet<Kind> = new Set(["up", "both", "bothBulk"]);

/** What a handler shall do with one command. */
export interface Plan {
  readonly delayMs: number;
  readonly end: "ok" | "refuse" | "throw";
  /** Of a stream that the handler sends. */
  readonly items: number;
  /** Whether it stops when its signal aborts. */
  readonly obeys: boolean;
}

/** One command, as its caller knows it. */
export class Sent {
  readonly id: string;
  readonly kind: Kind;
  readonly lane: Lane;
  readonly place: number;
  /** Barriers that its caller had set before it. */
  readonly barriers: number;
  readonly plan: Plan;
  /** The class in which it travels. */
  priority: CommandPriority;
  /** Holds the next one of its class back, as its schema or its batch says. */
  ordered: boolean;
  /** The command whose failure keeps this one from running. */
  after: Sent | undefined;
  /** May be given up: it has a deadline or a signal. */
  readonly fragile: boolean;
  starts = 0;
  handled: "no" | "running" | "ok" | "failed" = "no";
  /** How its promise settled; undefined until then. */
  result: "ok" | "left" | CommandError | undefined;
  items = 0;

  constructor(id: string, kind: Kind, lane: Lane, place: number, plan: Plan, fragile: boolean) {
    this.id = id;
    this.kind = kind;
    this.lane = lane;
    this.place = place;
    this.barriers = lane.barriers;
    this.plan = plan;
    this.fragile = fragile;
    this.priority = priorities[kind];
    this.ordered = kind === "turn" || kind === "noteInTurn" || kind === "turnBulk";
  }

  get oneWay(): boolean {
    return oneWays.has(this.kind);
  }
}

/** The commands of one session in one direction. */
export class Lane {
  readonly name: string;
  sent = 0;
  /** Barriers that its caller set. */
  barriers = 0;
  /** In the order in which handlers were called; those of streams are known by their first item only. */
  readonly starts: Start[] = [];
  /** The ordered command that runs, by class. */
  readonly holders: Map<CommandPriority, Sent> = new Map();
  /** One-ways of which `status()` told that they came to nothing, and those among them that certainly did not run. */
  oneWaysFailed = 0;
  oneWaysNotRun = 0;
  /** Whether the session is still open when everything is over. */
  survived = false;
  /** Its calling process was killed: nobody waits for anything. */
  abandoned = false;
  ended = false;
  /** The calling side left when everything had come to its end. */
  drained = false;

  constructor(name: string) {
    this.name = name;
  }
}

export interface Start {
  sent: Sent | undefined;
}

/** What is true of every world: it watches both ends of every command, and says when one of them was lied to. */
export class Model {
  readonly #now: () => number;
  readonly #traceLines: number;
  readonly #commands = new Map<string, Sent>();
  readonly #lanes = new Map<string, Lane>();
  readonly pending: Set<Sent> = new Set();
  readonly violations: string[] = [];
  #trace: string[] = [];
  #hash = 0x811c9dc5;
  lines: number = 0;

  /** @param traceLines how many of the last lines are kept */
  constructor(now: () => number, traceLines: number) {
    this.#now = now;
    this.#traceLines = traceLines;
  }

  get commands(): number {
    return this.#commands.size;
  }

  /** A number that differs, with near certainty, when anything traced differs. */
  get fingerprint(): number {
    return this.#hash;
  }

  get recent(): readonly string[] {
    return this.#trace.slice(-this.#traceLines);
  }

  readonly trace: (line: string) => void = (line) => {
    const text = `${this.#now().toFixed(1)} ${line}`;
    this.lines++;
    for (let at = 0; at < text.length; at++) this.#hash = Math.imul(this.#hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
    this.#trace.push(text);
    if (this.#trace.length > 4 * this.#traceLines) this.#trace = this.#trace.slice(-this.#traceLines);
  };

  violation(what: string): void {
    this.trace(`VIOLATION: ${what}`);
    this.violations.push(what);
  }

  lane(name: string): Lane {
    const known = this.#lanes.get(name);
    if (known !== undefined) return known;
    const lane = new Lane(name);
    this.#lanes.set(name, lane);
    return lane;
  }

  /**
   * A command is about to be called.
   *
   * @param name what it is called in its lane, where its place is no name for it
   */
  send(lane: Lane, kind: Kind, plan: Plan, fragile: boolean, name: string = String(lane.sent)): Sent {
    const sent = new Sent(`${lane.name}${name}`, kind, lane, lane.sent++, plan, fragile);
    this.#commands.set(sent.id, sent);
    this.pending.add(sent);
    this.trace(`call ${sent.id} ${kind}`);
    return sent;
  }

  /** What is called from now on starts behind all that was called before. */
  barrier(lane: Lane): void {
    lane.barriers++;
    this.trace(`barrier ${lane.name}`);
  }

  /** A handler is called; what its first message says of itself is known for all but streams of messages. */
  start(lane: Lane, kind: Kind, id?: string): Start {
    const priority = (id === undefined ? undefined : this.#commands.get(id)?.priority) ?? priorities[kind];
    const holder = lane.holders.get(priority);
    if (holder !== undefined) this.violation(`${lane.name}: a ${kind} started while ${holder.id}, which is ordered, was running`);
    const start: Start = { sent: undefined };
    lane.starts.push(start);
    return start;
  }

  /** It is known which command a handler was called for. */
  bind(start: Start, lane: Lane, kind: Kind, id: string): Sent | undefined {
    const sent = this.#commands.get(id);
    if (sent === undefined || sent.lane !== lane || sent.kind !== kind) {
      this.violation(`${lane.name}: a ${kind} was started as ${JSON.stringify(id)}, which nobody called so`);
      return undefined;
    }
    start.sent = sent;
    this.trace(`start ${id}`);
    if (++sent.starts > 1) this.violation(`${id} was started ${sent.starts} times`);
    sent.handled = "running";
    if (sent.ordered) lane.holders.set(sent.priority, sent);
    return sent;
  }

  /** A handler has ended. */
  handled(sent: Sent, how: "ok" | "failed"): void {
    if (sent.handled === "running") sent.handled = how;
    const { holders } = sent.lane;
    if (holders.get(sent.priority) === sent) holders.delete(sent.priority);
  }

  /** A command's promise or stream has settled at its caller. */
  settle(sent: Sent, result: unknown): void {
    if (sent.result !== undefined) this.violation(`${sent.id} settled twice`);
    this.pending.delete(sent);
    if (result !== "ok" && result !== "left" && !CommandError.is(result)) {
      this.violation(`${sent.id} failed with ${String(result)}, no CommandError`);
      sent.result = "left";
    } else sent.result = result;
    this.trace(`settle ${sent.id} ${CommandError.is(result) ? `${result.code} ${result.outcome}` : String(result)}`);
  }

  /** A one-way came to nothing, its caller was told. */
  oneWayFailed(lane: Lane, command: string, error: CommandError): void {
    this.trace(`${lane.name} one-way ${command} failed: ${error.code} ${error.outcome}`);
    // What lets go of staged blobs is no command of a program.
    if (command.startsWith("zserver.")) return;
    lane.oneWaysFailed++;
    if (error.outcome === "NOT_RUN") lane.oneWaysNotRun++;
  }

  /** Everything is over: the two ends' stories must agree. */
  conclude(): void {
    for (const lane of this.#lanes.values()) {
      this.#checkOrder(lane);
      this.#checkOneWays(lane);
    }
    for (const sent of this.#commands.values()) {
      if (sent.lane.abandoned) continue;
      if (sent.result === undefined) this.violation(`${sent.id} (${sent.kind}) never settled`);
      else if (CommandError.is(sent.result)) this.#checkFailure(sent, sent.result);
      else if (sent.result === "ok") this.#checkSuccess(sent);
      if (sent.after !== undefined && sent.starts > 0 && sent.after.handled !== "ok")
        this.violation(`${sent.id} ran although ${sent.after.id}, on whose success it depends, came to ${sent.after.handled}`);
    }
  }

  #checkOrder(lane: Lane): void {
    const last = new Map<CommandPriority, number>();
    let furthest: Sent | undefined;
    for (const { sent } of lane.starts) {
      if (sent === undefined) continue;
      if (furthest !== undefined && sent.barriers < furthest.barriers)
        this.violation(`${sent.id} started behind ${furthest.id}, with a barrier between them`);
      else furthest = sent;
      const before = last.get(sent.priority) ?? -1;
      if (sent.place <= before) this.violation(`${sent.id} started behind ${lane.name}${before}`);
      last.set(sent.priority, sent.place);
    }
  }

  /** Which of several like it is meant, an event does not say; so their numbers must agree. */
  #checkOneWays(lane: Lane): void {
    if (lane.abandoned) return;
    let unstarted = 0;
    let rejected = 0;
    for (const sent of this.#commands.values()) {
      if (sent.lane !== lane || !sent.oneWay) continue;
      if (sent.starts === 0) unstarted++;
      if (CommandError.is(sent.result)) rejected++;
    }
    const { name, oneWaysFailed, oneWaysNotRun } = lane;
    if (oneWaysNotRun > unstarted) this.violation(`${name}: ${oneWaysNotRun} one-ways were told NOT_RUN, ${unstarted} did not run`);
    if (oneWaysFailed < rejected) this.violation(`${name}: ${rejected} one-ways were rejected, ${oneWaysFailed} told`);
  }

  #checkSuccess(sent: Sent): void {
    const { kind, starts, handled } = sent;
    if (sent.oneWay) {
      const certain = kind !== "blip" && !sent.fragile;
      if ((sent.lane.survived || sent.lane.drained) && certain && sent.after === undefined && starts !== 1)
        this.violation(`the one-way ${sent.id} was sent in a session that lives, and started ${starts} times`);
      return;
    }
    const unbound = unnamed.has(kind) && sent.items === 0;
    if (!unbound && starts !== 1) this.violation(`${sent.id} (${kind}) succeeded and was started ${starts} times`);
    if (!unbound && handled !== "ok") this.violation(`${sent.id} (${kind}) succeeded, but its handler came to ${handled}`);
  }

  #checkFailure(sent: Sent, error: CommandError): void {
    const { id, kind, plan, fragile, lane } = sent;
    if (error.outcome === "NOT_RUN" && sent.starts > 0) this.violation(`${id} (${kind}) ran, and was told ${error.code} NOT_RUN`);
    switch (error.code) {
      case "DEADLINE_EXCEEDED":
        if (!fragile && !late.has(kind)) this.violation(`${id} (${kind}) had no deadline and missed it`);
        return;
      case "CANCELLED":
        if (!fragile) this.violation(`${id} was cancelled by nobody`);
        return;
      case "FAILED_PRECONDITION":
        if (plan.end !== "refuse" || (sent.starts !== 1 && sent.items > 0)) this.violation(`${id} was refused by nobody: ${error.message}`);
        return;
      case "INTERNAL":
        if (plan.end !== "throw" && plan.end !== "refuse") this.violation(`${id} failed inside: ${error.message}`);
        return;
      case "ABORTED":
        // What a handler's blob fails with inside is told as that.
        if (plan.end === "throw" && (kind === "get" || kind === "swap")) return;
        if (sent.after === undefined) this.violation(`${id} was aborted, and depends on nothing`);
        return;
      case "SESSION_LOST":
        if (!lane.ended || lane.drained) this.violation(`${id} was told that its session is lost, which lives`);
        return;
      case "RESOURCE_EXHAUSTED":
      case "UNAVAILABLE":
        if (error.outcome !== "NOT_RUN") this.violation(`${id}: ${error.code} ${error.outcome}: ${error.message}`);
        return;
      default:
        this.violation(`${id} failed with ${error.code}: ${error.message}`);
    }
  }
}
