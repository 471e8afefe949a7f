import type { SessionEnd } from "../../runtime/session/session-end.ts";
import { endsFull } from "./broadcasts.ts";
import type { Scenario } from "./scenario.ts";

/** How one end of a session ended, and what the world knows about it. */
export interface WitnessedEnd {
  readonly end: SessionEnd;
  readonly scenario: Scenario;
  /** At the server's end, or at the client's. */
  readonly atServer: boolean;
  /** How long it had been without a connection. */
  readonly detachedMs: number;
  /** Whether the server still has the session. */
  readonly known: boolean;
  /** What is wrong with the end where admission is its reason; undefined when nothing is. */
  readonly admission: () => string | undefined;
}

/** What is wrong with an end: a session is lost only for a reason, and the reason is the true one. Undefined when nothing is. */
export function judgeEnd({
  end: { reason, by, message },
  scenario,
  atServer,
  detachedMs,
  known,
  admission,
}: WitnessedEnd): string | undefined {
  switch (reason) {
    case "CLOSED":
    case "GOING_AWAY":
      return undefined;
    case "SESSION_EXPIRED":
      // A connection that the server gave up for another one is told to be lost only when nothing came of that.
      if (by === "peer" || scenario.moves > 0) return undefined;
      return detachedMs < scenario.retentionMs ? `${detachedMs} ms after its connection was lost` : undefined;
    case "HANDSHAKE_TIMEOUT":
      // A client that got no WELCOME in time, and whose server has let it in.
      return atServer && by === "peer" ? undefined : "it had been open";
    case "SESSION_UNKNOWN":
      return atServer || known ? "the server has it" : undefined;
    case "RETENTION_LIMIT":
      return atServer && scenario.detachedSessions === 1 ? undefined : "there was room for it";
    case "TRANSPORT_CLOSED":
    case "TRANSPORT_FAILED":
    case "PEER_DEAD":
      return scenario.retentionMs > 0 ? "it was to outlive its connection" : undefined;
    case "SLOW_PEER":
      return by === (atServer ? "local" : "peer") && endsFull(scenario.seed) ? undefined : message;
    case "ADMISSION_DENIED":
    case "CREDENTIALS_EXPIRED":
    case "REVOKED":
      return admission();
    default:
      return message;
  }
}
