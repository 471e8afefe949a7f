import type { Close } from "../../generated/zserver/protocol/v1/session.ts";
import { type EndReason, endReasonFromNumber, endReasons } from "../errors/end-reason.ts";
import { type Counts, most, readCounts } from "./counts.ts";

/** How a session ended, as both floors above need to know it. */
export interface SessionEnd {
  readonly reason: EndReason;
  /** One line for people. */
  readonly message: string;
  /** Who ended it: this side, the peer by its closing frame, or the connection between them. */
  readonly by: "local" | "peer" | "connection";
  /**
   * How many of this side's numbered frames of each class the peer said it accepted; what was numbered above was certainly not run. Undefined when it could
   * not say.
   */
  readonly accepted: Counts | undefined;
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

/**
 * The end that a peer's closing frame tells.
 *
 * @param acknowledged how many frames the peer had accepted before, which stay accepted whatever it says now; undefined for a server that has not
 *   resumed the session and so has counted nothing of it
 */
export function endByPeer({ reason, message, accepted }: Close, acknowledged: Counts | undefined): SessionEnd {
  const said = accepted.length > 0 && acknowledged !== undefined;
  return {
    reason: endReasonFromNumber(reason),
    message,
    by: "peer",
    accepted: said ? most(readCounts(accepted), acknowledged) : undefined,
  };
}
