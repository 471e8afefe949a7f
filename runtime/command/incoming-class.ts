import type { Outbox } from "../session/outbox.ts";
import type { Priority } from "../session/priority.ts";
import { IncomingQueue, type QueueHost } from "./incoming-queue.ts";
import type { Intake } from "./intake.ts";
import type { Registration } from "./registry.ts";

/** What the commands that come in one class of priority share: how they begin, the order in which they start, and where their answers go. */
export class IncomingClass extends IncomingQueue {
  readonly intake: Intake<Registration>;
  readonly outbox: Outbox;

  constructor(intake: Intake<Registration>, outbox: Outbox, host: QueueHost<IncomingClass>) {
    super(host as QueueHost);
    this.intake = intake;
    this.outbox = outbox;
  }

  get priority(): Priority {
    return this.outbox.priority;
  }
}
