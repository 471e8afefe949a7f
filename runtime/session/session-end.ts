import { type EndReason, endReasons } from "../errors/end-reason.ts";

/** How a session ended, as both floors above need to know it. */
export interface SessionEnd {
  readonly reason: EndReason;
  /** One line for people. */
  readonly message: string;
  /** Who ended it: this side, the peer by its closing frame, or the connection between them. */
  readonly by: "local" | "peer" | "connection";
  /** How many of this side's numbered frames the peer said it accepted; what was numbered above was certainly not run. Undefined when it could not say. */
  readonly accepted: number | undefined;
}

/** Thrown by `connect()` and reported by `status()`: why a connection or a session ended. Never a reason for one command's failure. */
export class EndError extends Error {
  override readonly name = "EndError";
  readonly reason: EndReason;
  /** Milliseconds after which the server welcomes a new attempt; undefined when it did not say. */
  readonly retryAfterMs: number | undefined;

  constructor(reason: EndReason, message: string, retryAfterMs?: number) {
    super(`${reason}: ${message === "" ? endReasons[reason].description : message}`);
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}
