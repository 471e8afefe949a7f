import type { CallOptions } from "../schema/caller.ts";
import type { CommandPriority } from "../schema/service-type.ts";
import type { Outbox } from "../session/outbox.ts";
import { ByPriority, Priority } from "../session/priority.ts";
import type { SessionEnd } from "../session/session-end.ts";
import { CommandFrames } from "./command-frames.ts";
import type { IntroducedNames } from "./names.ts";
import type { AnyCommand } from "./registry.ts";
import type { SessionSchemas } from "./schema/session-schemas.ts";
import { type Gate, Sender, type SenderOptions } from "./sender.ts";
import { type LostOneWays, SentOneWays } from "./sent-one-ways.ts";
import { VolatileSender, type VolatileSenderOptions } from "./volatile-sender.ts";

/** What the commands that leave in one class of priority share: their names, their order, and what they wait for. */
export interface OutgoingClass {
  readonly priority: Priority;
  readonly outbox: Outbox;
  readonly frames: CommandFrames;
  readonly sender: Sender;
  readonly volatile: VolatileSender;
  readonly sentOneWays: SentOneWays;
}

export interface OutgoingClassesOptions extends SenderOptions {
  readonly schemas: SessionSchemas;
  /** Throws CommandError when nothing may be called. */
  readonly check: (command: AnyCommand, options: CallOptions) => void;
  /** A one-way was not sent. */
  readonly oneWayFailed: VolatileSenderOptions["failed"];
  /** The session ended, and nobody knows of these one-ways whether they were accepted. */
  readonly oneWaysLost: (lost: LostOneWays) => void;
}

/** The classes in which commands left. */
export class OutgoingClasses {
  readonly #options: OutgoingClassesOptions;
  readonly #names: IntroducedNames = { names: 0 };
  readonly #gate: Gate = { holds: 0 };
  readonly #classes: ByPriority<OutgoingClass>;

  constructor(options: OutgoingClassesOptions) {
    this.#options = options;
    this.#classes = new ByPriority(this.#make(Priority.NORMAL));
  }

  of(name: CommandPriority = "NORMAL"): OutgoingClass {
    // Asked for every call: nearly all are NORMAL.
    if (name === "NORMAL") return this.#classes.normal;
    const priority = Priority[name];
    return this.#classes.get(priority) ?? this.#classes.add(priority, this.#make(priority));
  }

  /** Undefined for a class in which no command left. */
  find(priority: Priority): OutgoingClass | undefined {
    return this.#classes.get(priority);
  }

  /** Whether anything waits for room or credit. */
  get waiting(): boolean {
    return this.#classes.all.some(({ sender }) => sender.waiting);
  }

  /** Commands that were sent. */
  get sent(): number {
    return this.#classes.all.reduce((sum, { sender }) => sum + sender.sent, 0);
  }

  /** Volatile one-ways that were dropped here. */
  get volatileDropped(): number {
    return this.#classes.all.reduce((sum, { volatile }) => sum + volatile.dropped, 0);
  }

  /** Sends nothing until the returned function is called. */
  hold(): () => void {
    this.#gate.holds++;
    return () => {
      this.#gate.holds--;
      this.retry();
    };
  }

  /** There may be room again. */
  retry(): void {
    for (const { sender } of this.#classes.all) sender.retry();
  }

  /** Calls back when all that waits now has left; at once when nothing waits. */
  whenPassed(passed: () => void): void {
    let left = this.#classes.all.length;
    for (const { sender } of this.#classes.all)
      sender.whenPassed(() => {
        if (--left === 0) passed();
      });
  }

  /** The session is lost. */
  lost(end: SessionEnd): void {
    for (const { sender } of this.#classes.all) sender.lost(end);
    // Last: readers of events drop the oldest, and the promises of these have resolved.
    for (const { sentOneWays, outbox, priority } of this.#classes.all)
      this.#options.oneWaysLost(sentOneWays.lost(end, outbox.accepted, outbox.flushed, priority));
  }

  #make(priority: Priority): OutgoingClass {
    const { core, peerLimits, schemas, check, oneWayFailed: failed } = this.#options;
    const outbox = core.outboxes.of(priority);
    const frames = new CommandFrames(core, peerLimits, schemas, priority, this.#names);
    const sender = new Sender(this.#options, this.#gate, outbox, frames);
    const volatile = new VolatileSender({ core, outbox, frames, sender, check, failed });
    return { priority, outbox, frames, sender, volatile, sentOneWays: new SentOneWays() };
  }
}
