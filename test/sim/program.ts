import { Probe, type ProbeProxy, type Text, type TextInit } from "../../generated/example/probe/v1/probe.ts";
import type { Session } from "../../runtime/command/session-type.ts";
import { CommandError } from "../../runtime/errors/command-error.ts";
import type { CallOptions } from "../../runtime/schema/caller.ts";
import { BlobCalls, mayFailToStage } from "./blobs.ts";
import { idOf } from "./handlers.ts";
import type { Kind, Lane, Model, Plan, Sent } from "./model.ts";
import type { SimProcess } from "./process.ts";
import type { SimRandom } from "./random.ts";

const kinds: readonly Kind[] = [
  "echo",
  "echo",
  "echo",
  "note",
  "note",
  "note",
  "turn",
  "noteInTurn",
  "blip",
  "blip",
  "later",
  "down",
  "up",
  "both",
  "echoHigh",
  "echoHigh",
  "noteHigh",
  "noteBulk",
  "noteBulk",
  "turnBulk",
  "bothBulk",
  "put",
  "get",
  "swap",
  "collect",
];
/** Members of one class, and of several. */
const batches = [
  ["echo", "note", "turn", "noteInTurn"],
  ["echoHigh", "noteHigh"],
  ["noteBulk", "turnBulk"],
  ["echo", "turn", "noteHigh", "turnBulk"],
] as const;

export interface ProgramOptions {
  readonly process: SimProcess;
  readonly model: Model;
  readonly random: SimRandom;
  readonly lane: Lane;
  readonly commands: number;
  /** Over about how long they are spread. */
  readonly ms: number;
  readonly textLength: number;
  /** Whether to begin nothing more. */
  readonly over: () => boolean;
}

/** Calls that wait for credit in vain, one after the other, take longer than the longest time after which a silent peer counts as dead. */
const MOST_ASKED = 4;

/** Calls commands of all kinds on one session, at random times, and tells the model what becomes of each. */
export class Program {
  readonly #options: ProgramOptions;
  readonly #session: Session;
  readonly #proxy: ProbeProxy;
  readonly #blobs: BlobCalls;
  #staged = 0;

  constructor(session: Session, options: ProgramOptions) {
    this.#options = options;
    this.#session = session;
    this.#proxy = session.use(Probe);
    const { process, model, random, textLength } = options;
    this.#blobs = new BlobCalls({ process, model, random, pieceLength: textLength, session });
  }

  /** Resolves to how many commands were not called, since the session ended before. */
  async run(): Promise<number> {
    const { random, process, ms, commands, over } = this.#options;
    let left = commands;
    while (left > 0 && this.#session.state !== "ended" && !over()) {
      // Many in one turn, then a pause.
      for (let burst = Math.min(left, random.skewed(12)); burst > 0; ) burst -= this.#act(burst);
      left = commands - this.#called;
      await process.sleep(random.chance(0.3) ? 0 : random.below(Math.ceil((12 * ms) / commands)));
    }
    return left;
  }

  #called = 0;

  /** Calls one command that nothing stands in the way of: it must be answered, unless it shows that the session's other end has gone. */
  async ask(): Promise<void> {
    const { model, lane } = this.#options;
    for (let attempt = 1; ; attempt++) {
      const sent = model.send(lane, "echo", { delayMs: 0, end: "ok", items: 0, obeys: false }, false);
      await this.#watch(sent, this.#proxy.echo({ text: sent.id }), (reply) => (reply as Text).text === sent.id);
      const code = CommandError.is(sent.result) ? sent.result.code : sent.result;
      if (code === "ok" || code === "SESSION_LOST") return;
      // A connection that went deaf while nobody sent anything kept credit to itself. A call waits for that not as long as this side takes to find out.
      if (code === "RESOURCE_EXHAUSTED" && attempt < MOST_ASKED) continue;
      model.violation(`${sent.id}: a session that lives gives no answer in a calm world`);
      return;
    }
  }

  /** Returns how many commands it called. */
  #act(atMost: number): number {
    const { random } = this.#options;
    const called = atMost > 2 && random.chance(0.1) ? this.#batch(random.between(2, Math.min(5, atMost))) : this.#call(random.pick(kinds));
    this.#called += called;
    if (random.chance(0.08)) this.#barrier();
    if (random.chance(0.03)) this.#session.flush().catch(() => {});
    if (random.chance(0.02)) this.#session.rotateKeys();
    return called;
  }

  #barrier(): void {
    this.#session.barrier();
    this.#options.model.barrier(this.#options.lane);
  }

  #plan(): Plan {
    const { random } = this.#options;
    return {
      delayMs: random.chance(0.5) ? 0 : random.chance(0.9) ? random.skewed(300) : random.skewed(8_000),
      end: random.chance(0.85) ? "ok" : random.pick(["refuse", "throw"]),
      items: random.chance(0.5) ? random.below(4) : random.below(30),
      obeys: random.chance(0.5),
    };
  }

  #callOptions(): { readonly call: CallOptions | undefined; readonly fragile: boolean } {
    const { random, process } = this.#options;
    if (random.chance(0.75)) return { call: undefined, fragile: false };
    if (random.chance(0.5)) return { call: { timeoutMs: random.skewed(10_000) }, fragile: true };
    const controller = new AbortController();
    process.setTimer(random.skewed(5_000), () => controller.abort(new Error("no longer wanted")));
    return { call: { signal: controller.signal }, fragile: true };
  }

  #call(kind: Kind): number {
    const { model, lane } = this.#options;
    if (kind === "collect") return this.#collect();
    const { call, fragile } = this.#callOptions();
    const sent = model.send(lane, kind, this.#plan(), fragile);
    switch (kind) {
      case "down":
        this.#read(sent, this.#proxy.down(this.#request(sent), call));
        break;
      case "both":
      case "bothBulk":
        this.#read(sent, this.#proxy[kind](this.#items(sent), call));
        break;
      case "up":
        this.#watch(sent, this.#proxy.up(this.#items(sent), call), (reply) => (reply as Text).number === sent.items);
        break;
      case "put":
        this.#watch(sent, this.#blobs.put(sent, call), (reply) => (reply as Text).text === sent.id);
        break;
      case "get":
      case "swap":
        this.#watch(sent, this.#blobs[kind](sent, call), () => true);
        break;
      default:
        this.#watch(sent, this.#proxy[kind](this.#request(sent), call), (reply) => sent.oneWay || (reply as Text).text === sent.id);
    }
    return 1;
  }

  /** A command about blobs that are staged before it is called; by then there may be nobody to call. */
  #collect(): number {
    const { model, lane, over } = this.#options;
    const name = `staged${this.#staged++}`;
    const plan = this.#plan();
    let sent: Sent | undefined;
    const send = (): Sent | undefined => {
      if (!over() && (this.#session.state === "open" || this.#session.state === "disconnected"))
        sent = model.send(lane, "collect", plan, false, name);
      return sent;
    };
    this.#blobs.collect(`${lane.name}${name}`, send).then(
      (called) => called !== undefined && model.settle(called, "ok"),
      (error: unknown) => {
        if (sent !== undefined) model.settle(sent, error);
        else if (!mayFailToStage(error)) model.violation(`${name}: staging failed with ${String(error)}`);
      },
    );
    return 1;
  }

  #batch(members: number): number {
    const { model, lane, random } = this.#options;
    const stopOnError = random.chance(0.5);
    const batchKinds = random.pick(batches);
    const sents: Sent[] = [];
    const settled = this.#session.batch(
      (batch) => {
        const proxy = batch.use(Probe);
        const results = Array.from({ length: members }, (_, at) => {
          const kind = random.pick(batchKinds);
          const { call, fragile } = this.#callOptions();
          const sent = model.send(lane, kind, this.#plan(), fragile);
          if (at < members - 1) sent.ordered = true;
          if (stopOnError) sent.after = sents.at(-1);
          sents.push(sent);
          return proxy[kind](this.#request(sent), call) as Promise<unknown>;
        });
        const [first, ...others] = sents;
        const mixed = others.some(({ priority }) => priority !== first!.priority);
        for (const sent of sents) if (mixed) sent.priority = "NORMAL";
        return results;
      },
      { stopOnError },
    );
    settled.then(
      (results) => {
        for (const [at, result] of results.entries()) model.settle(sents[at]!, result.status === "fulfilled" ? "ok" : result.reason);
      },
      (error: unknown) => model.violation(`a batch failed as a whole: ${String(error)}`),
    );
    return members;
  }

  #request({ id, place }: Sent): TextInit {
    return { text: `${id}~${"·".repeat(this.#ballast())}`, number: place };
  }

  #ballast(): number {
    const { random, textLength } = this.#options;
    return random.chance(0.5) ? 0 : random.below(textLength);
  }

  async *#items(sent: Sent): AsyncGenerator<TextInit> {
    const { process, random } = this.#options;
    const source = random.fork();
    const count = source.chance(0.5) ? source.below(4) : source.below(30);
    for (let number = 0; number < count; number++) {
      if (source.chance(0.2)) await process.sleep(source.skewed(200));
      sent.items++;
      yield { text: `${sent.id}~${"·".repeat(source.below(this.#options.textLength))}`, number };
    }
  }

  async #watch(sent: Sent, promise: Promise<unknown>, right: (reply: unknown) => boolean): Promise<void> {
    const { model } = this.#options;
    try {
      const reply = await promise;
      if (!right(reply)) model.violation(`${sent.id} got the reply ${JSON.stringify(reply)}`);
      model.settle(sent, "ok");
    } catch (error) {
      model.settle(sent, error);
    }
  }

  async #read(sent: Sent, items: AsyncIterable<Text>): Promise<void> {
    const { model, random, process } = this.#options;
    const source = random.fork();
    const leaveAt = source.chance(0.1) ? source.below(8) : Number.POSITIVE_INFINITY;
    let expected = 0;
    try {
      for await (const { text, number } of items) {
        if (idOf(text) !== sent.id || number !== expected)
          model.violation(`${sent.id}: item ${idOf(text)} ${number} came in place of ${expected}`);
        if (++expected > leaveAt) break;
        if (source.chance(0.2)) await process.sleep(source.skewed(200));
      }
      const all = sent.kind === "down" ? sent.plan.items : sent.items;
      if (expected <= leaveAt && expected !== all) model.violation(`${sent.id}: its stream ended after ${expected} of ${all} items`);
      model.settle(sent, expected > leaveAt ? "left" : "ok");
    } catch (error) {
      model.settle(sent, error);
    }
  }
}
