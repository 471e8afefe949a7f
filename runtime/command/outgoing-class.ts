import type { CommandPriority } from "../schema/service-type.ts";
import { FrameType } from "../session/frame.ts";
import type { Outbox } from "../session/outbox.ts";
import { ByPriority, Priority } from "../session/priority.ts";
import type { SessionCore } from "../session/session-core.ts";
import type { SessionEnd } from "../session/session-end.ts";
import { commandClasses } from "./barriers.ts";
import type { CallerHost } from "./caller.ts";
import { CommandFrames } from "./command-frames.ts";
import type { IntroducedNames } from "./names.ts";
import type { OutgoingCall } from "./outgoing-call.ts";
import type { AnyCommand } from "./registry.ts";
import type { SessionSchemas } from "./schema/session-schemas.ts";
import { type Gate, Sender, type SenderHost, type SenderOptions } from "./sender.ts";
import { SentOneWays } from "./sent-one-ways.ts";
import type { Compression, TravellingCommand } from "./travelling.ts";
import { type VolatileHost, VolatileSender } from "./volatile-sender.ts";

/** Whose calls they are. */
export interface CallsHost extends SenderHost, VolatileHost {
  /** A call has had its time. */
  late(call: OutgoingCall): void;
}

/** What the commands that leave in one class of priority share: their names, their order, and what they wait for. */
export class OutgoingClass {
  readonly core: SessionCore;
  readonly outbox: Outbox;
  readonly frames: CommandFrames;
  readonly sender: Sender;
  /** Whose calls leave here. */
  readonly host: CallsHost;
  #volatile: VolatileSender | undefined;
  #sentOneWays: SentOneWays | undefined;

  /** Names and gate are those of all classes. */
  constructor(options: OutgoingClassesOptions, host: CallsHost, priority: Priority, names: IntroducedNames, gate: Gate) {
    const { core, peerLimits, schemas } = options;
    this.core = core;
    this.outbox = core.outboxes.of(priority);
    this.frames = new CommandFrames(core, peerLimits, schemas, priority, names);
    this.sender = new Sender(options, host, gate, this.outbox, this.frames);
    this.host = host;
  }

  get priority(): Priority {
    return this.outbox.priority;
  }

  /** Made when there is a volatile one-way. */
  get volatile(): VolatileSender {
    this.#volatile ??= new VolatileSender(this);
    return this.#volatile;
  }

  /** Made when there is a one-way. */
  get sentOneWays(): SentOneWays {
    this.#sentOneWays ??= new SentOneWays();
    return this.#sentOneWays;
  }

  /** Volatile one-ways that were dropped here. */
  get dropped(): number {
    return this.#volatile?.dropped ?? 0;
  }
}

export interface OutgoingClassesOptions extends SenderOptions {
  /** Undefined: every message travels as it is. */
  readonly compression?: Compression | undefined;
  readonly schemas: SessionSchemas;
  readonly host: Pick<CallerHost, "oneWayFailed" | "oneWaysLost">;
}

/** The classes in which commands left. */
export class OutgoingClasses {
  readonly #options: OutgoingClassesOptions;
  readonly #host: CallsHost;
  readonly #names: IntroducedNames = { names: 0 };
  readonly #gate: Gate = { holds: 0 };
  readonly #classes: ByPriority<OutgoingClass>;
  /** What had been submitted when a barrier was set last. */
  #barrierAt = 0;
  /** A barrier stands between the commands of NORMAL and the first one of another class. */
  #barred = false;

  constructor(options: OutgoingClassesOptions, host: CallsHost) {
    this.#options = options;
    this.#host = host;
    this.#classes = new ByPriority(this.#make(Priority.NORMAL));
  }

  of(name: CommandPriority = "NORMAL"): OutgoingClass {
    // Asked for every call: nearly all are NORMAL.
    if (name === "NORMAL") return this.#classes.normal;
    const priority = Priority[name];
    return this.#classes.get(priority) ?? this.#add(priority);
  }

  /** The command as it travels. */
  travelling(command: AnyCommand): TravellingCommand {
    return (command.compression && this.#options.compression?.outgoing(command, this.#options.peerLimits)) ?? command;
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
    return this.#classes.all.reduce((sum, { dropped }) => sum + dropped, 0);
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

  /** What is submitted from now on starts at the peer behind all that was submitted before, whatever their classes. */
  barrier(): void {
    const submitted = this.#classes.all.reduce((sum, { sender }) => sum + sender.submitted, 0);
    if (submitted === this.#barrierAt) return;
    // A class that does not exist is brought into being by its first command, and not by a barrier.
    if (this.#classes.all.length === 1) this.#barred = true;
    else this.#setBarriers(submitted);
  }

  /** The session is lost. */
  lost(end: SessionEnd): void {
    for (const { sender } of this.#classes.all) sender.lost(end);
    // Last: readers of events drop the oldest, and the promises of these have resolved.
    for (const { sentOneWays, outbox, priority } of this.#classes.all)
      this.#options.host.oneWaysLost(sentOneWays.lost(end, outbox.accepted, outbox.flushed, priority));
  }

  #add(priority: Exclude<Priority, typeof Priority.NORMAL>): OutgoingClass {
    const added = this.#classes.add(priority, this.#make(priority));
    if (this.#barred) this.#setBarriers(this.#classes.normal.sender.submitted);
    return added;
  }

  /** Each class gets one, behind what waits there: the receiver counts them, and knows by that which belong together. */
  #setBarriers(submitted: number): void {
    const { core } = this.#options;
    // All of them or none.
    core.outboxes.checkWhole();
    this.#barred = false;
    this.#barrierAt = submitted;
    for (const priority of commandClasses) {
      const { sender } = priority === Priority.NORMAL ? this.#classes.normal : (this.find(priority) ?? this.#add(priority));
      sender.whenPassed(() => {
        core.begin(FrameType.BARRIER, priority);
        core.end();
      });
    }
  }

  #make(priority: Priority): OutgoingClass {
    return new OutgoingClass(this.#options, this.#host, priority, this.#names, this.#gate);
  }
}
