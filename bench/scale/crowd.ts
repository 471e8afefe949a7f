import { setTimeout } from "node:timers/promises";
import { type Client, CommandError, connect, type DiscoveryStep, EndError, type Implementation, implement, type SessionEnd } from "zserver";
import { Desk, type DeskProxy, Watcher, type WatcherHandlers } from "../../generated/example/bench/v1/bench.ts";
import { lowOfBigint, sumEvent } from "../codec/sums.ts";
import { bigints, event } from "../codec/values.ts";
import { sumOfTurn, turnOfSum } from "../rpc/contender.ts";
import type { ClientInit, Losses } from "./tasks.ts";

/** Milliseconds that a client which was turned away waits at most before it comes again, beyond what it was told. */
const AGAIN_MS = 1_000;

/** What a session knows of itself: the turn of the last event that it has heard. */
interface Memory {
  turn: number | undefined;
}

/** Where one client sits after the other. */
interface Seat {
  client: Client<Memory>;
  desk: DeskProxy;
}

/** Many clients in one process. What should not happen to them ends it, and so the run. */
export class Crowd {
  readonly #init: ClientInit;
  readonly #handlers: readonly Implementation<Memory>[];
  readonly #seats: Seat[] = [];
  /** Sessions may be lost; each that is has a successor. */
  mayLose = false;
  readonly #losses = { lost: 0, replaced: 0, lostAt: 0, replacedAt: 0, late: 0 };
  readonly #failed = new Map<string, number>();
  /** The turn of the last event, how many sessions have heard it, and who waits for that. */
  #turn: number | undefined;
  #heard = 0;
  #awaited: { readonly turn: number; readonly tell: (at: number) => void } | undefined;
  #calls = 0;

  constructor(init: ClientInit) {
    this.#init = init;
    const watcher: WatcherHandlers<Memory> = {
      heard: (message, { session }) => this.#hear(turnOfSum(sumEvent(message, lowOfBigint)), session.data),
    };
    this.#handlers = [implement(Watcher, watcher)];
  }

  get size(): number {
    return this.#seats.length;
  }

  get losses(): Losses {
    return { ...this.#losses, failed: Object.fromEntries(this.#failed) };
  }

  /** One more, which makes a call. */
  async enter(): Promise<void> {
    const client = await this.#open();
    const seat = { client, desk: client.use(Desk) };
    this.#seats.push(seat);
    this.#watch(seat);
    await this.call(seat);
  }

  /** The next session in turn. */
  next(): Seat {
    return this.#seats[this.#calls % this.#seats.length]!;
  }

  /** A call over a session, by default the next one. False when it failed because its session was lost or had no connection, or while others were lost had no answer in the time that a call may take. */
  async call(seat: Seat = this.next()): Promise<boolean> {
    const { client, desk } = seat;
    const turn = this.#calls++;
    try {
      const sum = sumEvent(await desk.echo(event(turn, bigints)), lowOfBigint);
      if (sum !== sumOfTurn(turn)) throw new Error("an answer belongs to another call");
      return true;
    } catch (error) {
      if (!this.mayLose || !(error instanceof CommandError)) throw error;
      if (failsWithSession(error, client)) return false;
      if (error.code !== "DEADLINE_EXCEEDED") throw error;
      this.#losses.late++;
      return false;
    }
  }

  /** Calls `callers` times at once over each session. */
  callers(callers: number, caller: (seat: Seat) => Promise<void>): Promise<unknown> {
    return Promise.all(this.#seats.flatMap((seat) => Array.from({ length: callers }, () => caller(seat))));
  }

  /** When all sessions had heard the event of this turn, as Date.now() has it. */
  heard(turn: number): Promise<number> {
    return new Promise((tell) => {
      this.#awaited = { turn, tell };
      this.#tell();
    });
  }

  #connect(): Promise<Client<Memory>> {
    const { endpoint, serverKey } = this.#init;
    const sessionData = (): Memory => ({ turn: undefined });
    return connect<Memory>({ endpoints: [endpoint], serverKey, handlers: this.#handlers, sessionData, onStep: this.#step });
  }

  #hear(turn: number, memory: Memory): void {
    if (memory.turn !== undefined && turn !== memory.turn + 1) fail(`after the event of turn ${memory.turn} came that of ${turn}`);
    memory.turn = turn;
    if (this.#turn !== turn) {
      this.#turn = turn;
      this.#heard = 0;
    }
    this.#heard++;
    this.#tell();
  }

  #tell(): void {
    if (this.#awaited?.turn !== this.#turn || this.#heard < this.size) return;
    this.#awaited!.tell(Date.now());
    this.#awaited = undefined;
  }

  readonly #step = (step: DiscoveryStep): void => {
    if (step.type === "failed") this.#failed.set(step.reason, (this.#failed.get(step.reason) ?? 0) + 1);
  };

  #watch(seat: Seat): void {
    void seat.client.closed.then((end) => this.#lost(seat, end));
  }

  async #lost(seat: Seat, { reason, message }: SessionEnd): Promise<void> {
    if (!this.mayLose || reason !== "SESSION_UNKNOWN") fail(`a session ended: ${reason} ${message}`);
    this.#losses.lost++;
    this.#losses.lostAt = Date.now();
    seat.client = await this.#open();
    seat.desk = seat.client.use(Desk);
    this.#watch(seat);
    this.#losses.replaced++;
    this.#losses.replacedAt = Date.now();
  }

  /** As a program does that wants a session: again, until there is one. */
  async #open(): Promise<Client<Memory>> {
    for (;;)
      try {
        return await this.#connect();
      } catch (error) {
        if (!(error instanceof EndError)) throw error;
        await setTimeout((error.retryAfterMs ?? 0) + Math.random() * AGAIN_MS);
      }
  }
}

const failsWithSession = ({ code }: CommandError, { state }: Client<Memory>): boolean =>
  code === "SESSION_LOST" || (code === "DEADLINE_EXCEEDED" && state !== "open");

/** Ends the process, whatever would catch an error. */
function fail(message: string): void {
  setImmediate(() => {
    throw new Error(message);
  });
}
