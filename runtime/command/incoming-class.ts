import type { Outbox } from "../session/outbox.ts";
import { IncomingQueue, type QueueHost } from "./incoming-queue.ts";
import type { Intake } from "./intake.ts";
import type { Registration } from "./registry.ts";

/** What the commands that come in one class of priority share: how they begin, the order in which they start, and where their answers go. */
export class IncomingClass extends IncomingQueue {
  readonly intake: Intake<Registration>;

  constructor(intake: Intake<Registration>, outbox: Outbox, host: QueueHost) {
    super(outbox, host);
    this.intake = intake;
  }
}
