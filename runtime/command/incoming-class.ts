import type { Outbox } from "../session/outbox.ts";
import type { Priority } from "../session/priority.ts";
import type { IncomingQueue } from "./incoming-queue.ts";
import type { Intake } from "./intake.ts";
import type { Registration } from "./registry.ts";

/** What the commands that come in one class of priority share: how they begin, the order in which they start, and where their answers go. */
export interface IncomingClass {
  readonly priority: Priority;
  readonly intake: Intake<Registration>;
  readonly queue: IncomingQueue;
  readonly outbox: Outbox;
}
