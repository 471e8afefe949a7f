import type { Reader } from "../bytes/reader.ts";
import type { Outbox } from "../session/outbox.ts";
import type { Priority } from "../session/priority.ts";
import type { IncomingCommand } from "./incoming-command.ts";
import { IncomingQueue, type QueueHost } from "./incoming-queue.ts";
import type { Intake } from "./intake.ts";
import type { Registration } from "./registry.ts";

/** Who handles what comes in the classes. */
export interface IncomingClassHost {
  /** Whether a command may start whose answers go into this outbox. */
  mayStart(outbox: Outbox): boolean;
  /** See {@link QueueHost.start}. */
  start(command: IncomingCommand, body: Reader, abandoned: boolean): void;
  /** A class has come to its barrier of this number. Whether that is open. */
  reach(priority: Priority, barrier: number): boolean;
}

/** What the commands that come in one class of priority share: how they begin, the order in which they start, and where their answers go. */
export class IncomingClass implements QueueHost {
  readonly intake: Intake<Registration>;
  readonly queue: IncomingQueue;
  readonly outbox: Outbox;
  readonly #host: IncomingClassHost;

  constructor(intake: Intake<Registration>, outbox: Outbox, host: IncomingClassHost) {
    this.intake = intake;
    this.outbox = outbox;
    this.#host = host;
    this.queue = new IncomingQueue(this);
  }

  get priority(): Priority {
    return this.outbox.priority;
  }

  // What the queue asks of it.

  mayStart(): boolean {
    return this.#host.mayStart(this.outbox);
  }

  start(command: IncomingCommand, body: Reader, abandoned: boolean): void {
    this.#host.start(command, body, abandoned);
  }

  reach(barrier: number): boolean {
    return this.#host.reach(this.priority, barrier);
  }
}
