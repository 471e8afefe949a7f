import { CommandError } from "../errors/command-error.ts";
import { countOf } from "../session/counts.ts";
import { Priority } from "../session/priority.ts";
import type { SessionEnd } from "../session/session-end.ts";
import { lostError } from "./call-errors.ts";
import { Fifo } from "./fifo.ts";
import type { AnyCommand } from "./registry.ts";

/** One-ways of one command that left one behind the other. */
interface Run {
  readonly command: AnyCommand;
  readonly first: number;
  last: number;
}

/** One-ways that a session's end leaves without an acknowledgement, oldest first. Each error is made when it is read. */
export interface LostOneWays extends Iterable<CommandError> {
  readonly count: number;
}

/**
 * The one-ways of one class that were sent and perhaps not accepted, by their numbers: their promises have resolved, so that this is what is left to tell
 * their fate. Bounded by the outbox, which bounds what is not accepted.
 */
export class SentOneWays {
  readonly #runs = new Fifo<Run>();
  /** The last of them. */
  #newest: Run | undefined;
  /** Numbers whose fate was told already. */
  #told: Set<number> | undefined;

  /** @param accepted how many frames the peer has accepted by now */
  add(command: AnyCommand, number: number, accepted: number): void {
    const newest = this.#newest;
    if (newest !== undefined && newest.command === command && newest.last === number - 1) newest.last = number;
    else {
      this.#forget(accepted);
      this.#newest = { command, first: number, last: number };
      this.#runs.push(this.#newest);
    }
  }

  /** The connection was missing until its time had passed: it never runs. Undefined when that was told before. */
  tooLate(number: number): CommandError | undefined {
    if (this.#told?.has(number)) return undefined;
    const run = this.#find(number);
    if (run === undefined) return undefined;
    this.#told ??= new Set();
    this.#told.add(number);
    const { name } = run.command;
    return new CommandError("DEADLINE_EXCEEDED", `${name}: no connection within its time`, { outcome: "NOT_RUN", command: name });
  }

  /**
   * What the end of the session leaves.
   *
   * @param acknowledged how many frames of their class the peer had accepted before
   * @param handed how many were given to a transport
   */
  lost(end: SessionEnd, acknowledged: number, handed: number, priority: Priority = Priority.NORMAL): LostOneWays {
    const accepted = Math.max(acknowledged, Math.min(countOf(end.accepted ?? [], priority), handed));
    const runs: Run[] = [];
    let count = 0;
    for (let at = 0; at < this.#runs.length; at++) {
      const { command, first, last } = this.#runs.at(at)!;
      if (last <= accepted) continue;
      runs.push({ command, first: Math.max(first, accepted + 1), last });
      count += last - Math.max(first, accepted + 1) + 1;
    }
    const told = new Set([...(this.#told ?? [])].filter((number) => number > accepted));
    this.#runs.clear();
    this.#newest = this.#told = undefined;
    const mayHaveRun = end.accepted === undefined ? handed : accepted;
    return {
      count: count - told.size,
      *[Symbol.iterator]() {
        for (const { command, first, last } of runs)
          for (let number = first; number <= last; number++)
            if (!told.has(number)) yield lostError(end, command.name, number > mayHaveRun ? "NOT_RUN" : "MAY_HAVE_RUN");
      },
    };
  }

  #forget(accepted: number): void {
    while (this.#runs.length > 0 && this.#runs.peek()!.last <= accepted) this.#runs.shift();
    if (this.#runs.length === 0) this.#told = undefined;
  }

  #find(number: number): Run | undefined {
    let low = 0;
    for (let high = this.#runs.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (this.#runs.at(middle)!.last < number) low = middle + 1;
      else high = middle;
    }
    const run = this.#runs.at(low);
    return run !== undefined && run.first <= number ? run : undefined;
  }
}
