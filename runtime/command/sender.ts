import { CommandError } from "../errors/command-error.ts";
import { CreditBudget } from "../session/credit.ts";
import type { Limits, PeerLimits } from "../session/limits.ts";
import type { Outbox } from "../session/outbox.ts";
import { shareOf } from "../session/priority.ts";
import type { SessionCore } from "../session/session-core.ts";
import type { SessionEnd } from "../session/session-end.ts";
import type { Timers } from "../time/timers.ts";
import { lostError } from "./call-errors.ts";
import type { CommandFrames } from "./command-frames.ts";
import { limitError } from "./failure.ts";
import type { OutgoingCall } from "./outgoing-call.ts";
import { SendQueue } from "./send-queue.ts";

/** What keeps all commands of a session from leaving. */
export interface Gate {
  holds: number;
}

export interface SenderOptions {
  readonly core: SessionCore;
  readonly limits: Limits;
  readonly peerLimits: PeerLimits;
  readonly timers: Timers;
  /** How long a send may wait for room or credit. */
  readonly sendTimeoutMs: number;
}

/** Whose calls are sent. */
export interface SenderHost {
  /** Writes a call's first frame and returns the size that counts as credit. Throws CommandError. */
  write(call: OutgoingCall, request: unknown, encoded: boolean): number;
  /** A call that waited will not be sent. */
  unsent(call: OutgoingCall, error: unknown): void;
}

/** Sends the commands of one class as room and credit allow, in the order of their calls: who finds others waiting waits behind them. */
export class Sender extends CreditBudget {
  readonly #options: SenderOptions;
  readonly #host: SenderHost;
  readonly #gate: Gate;
  readonly #outbox: Outbox;
  readonly #frames: CommandFrames;
  /** Undefined until something had to wait. */
  #queue: SendQueue | undefined;
  /** Commands that were sent. */
  sent = 0;

  /** The outbox and the frames are those of the class, the gate is that of all. */
  constructor(options: SenderOptions, host: SenderHost, gate: Gate, outbox: Outbox, frames: CommandFrames) {
    const { queuedCommands, queuedBytes } = options.peerLimits;
    super(shareOf(outbox.priority, queuedCommands), shareOf(outbox.priority, queuedBytes));
    this.#options = options;
    this.#host = host;
    this.#gate = gate;
    this.#frames = frames;
    this.#outbox = outbox;
  }

  /** Grows with every command that leaves or begins to wait. */
  get submitted(): number {
    return this.sent + (this.#queue?.pushed ?? 0);
  }

  /** Whether anything waits for room or credit. */
  get waiting(): boolean {
    return Boolean(this.#queue?.length);
  }

  /** Whether what comes now may leave at once. */
  get free(): boolean {
    return !this.waiting && this.#mayLeave;
  }

  /** Sends the call now, or when its turn comes. Throws CommandError when it can do neither. */
  send(call: OutgoingCall, request: unknown): void {
    if (this.free) this.spend(this.#host.write(call, request, false));
    else this.#wait(call, request);
  }

  /** A command of this size was written. */
  override spend(size: number): void {
    this.sent++;
    super.spend(size);
  }

  /** Credit for a frame of this size that starts no command. */
  spendCredit(size: number): void {
    super.spend(size);
  }

  /** There may be room again. */
  retry(): void {
    this.#queue?.pump();
  }

  /** Calls back when all that waits now has left; at once when nothing waits. */
  whenPassed(passed: () => void): void {
    if (this.#queue === undefined) passed();
    else this.#queue.whenPassed(passed);
  }

  /** The session is lost: nothing that waits was sent. */
  lost(end: SessionEnd): void {
    this.#queue?.clear((command) => lostError(end, command, "NOT_RUN"));
  }

  get #mayLeave(): boolean {
    return this.#gate.holds === 0 && this.#outbox.room && this.open;
  }

  #wait(call: OutgoingCall, request: unknown): void {
    const { limits, timers, sendTimeoutMs } = this.#options;
    const { command } = call;
    this.#queue ??= new SendQueue(timers, sendTimeoutMs, () => this.#mayLeave);
    if (this.#queue.length >= limits.waitingSends)
      throw limitError("waitingSends", limits.waitingSends, `${this.#queue.length} sends wait for room`, command);
    // Encoded now: whoever called may change the object while it waits.
    const encoded = this.#frames.encode(command, request);
    const size = encoded.length;
    if (this.#queue.length > 0 && this.#queue.bytes + size > limits.outboxBytes)
      throw limitError("outboxBytes", limits.outboxBytes, `${this.#queue.bytes} bytes wait for room`, command);
    call.leave = this.#queue.push({
      command: command.name,
      size,
      send: () => {
        try {
          this.spend(this.#host.write(call, encoded, true));
        } catch (error) {
          this.#host.unsent(call, error);
        }
      },
      fail: (error) => this.#host.unsent(call, error),
      expired: () =>
        new CommandError("RESOURCE_EXHAUSTED", `${command.name}: the peer took nothing for ${sendTimeoutMs} ms (sendTimeoutMs)`, {
          outcome: "NOT_RUN",
          command: command.name,
        }),
    });
    // Nothing of it is in the outbox, but a peer that is gone gives no credit.
    this.#options.core.expect();
  }
}
