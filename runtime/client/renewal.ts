import { readAdmitted } from "../../generated/zserver/protocol/v1/session.ts";
import type { Reader } from "../bytes/reader.ts";
import { sessionLost } from "../command/call-errors.ts";
import type { Peer } from "../command/peer.ts";
import type { Chance } from "../discovery/chance.ts";
import { CommandError } from "../errors/command-error.ts";
import { type EndReason, endReasonFromNumber } from "../errors/end-reason.ts";
import { FrameType } from "../session/frame.ts";
import { ProtocolError } from "../session/protocol-error.ts";
import type { SessionEnd } from "../session/session-end.ts";
import type { Timer, Timers } from "../time/timers.ts";
import type { CredentialsSource } from "./credentials.ts";

/** How much of the time that is left passes before fresh credentials are shown; chance keeps clients that came together from renewing together. */
const RENEW_AFTER = 0.75;
const RENEW_SPREAD = 0.1;
/** The least time between two attempts. */
const RETRY_MS = 1_000;
/** What a timer of every platform can wait for: renewing early does no harm. */
const MAX_DELAY_MS = 0x7fff_ffff;

export interface RenewalOptions {
  readonly source: CredentialsSource;
  readonly timers: Timers;
  readonly chance: Chance;
  /** The session that is renewed. */
  readonly peer: () => Peer;
}

/** Keeps a client admitted: shows fresh credentials while those that were admitted last are still good. */
export class Renewal {
  readonly #options: RenewalOptions;
  /** Undefined until something is shown. */
  #over: AbortController | undefined;
  #end: SessionEnd | undefined;
  /** When the server ends the session, on the timers' scale. */
  #expiresAt = Number.POSITIVE_INFINITY;
  #timer: Timer | undefined;
  /** Settles when nothing is under way; never rejects. */
  #last: Promise<void> = Promise.resolve();
  #answered: { readonly resolve: () => void; readonly reject: (error: CommandError) => void } | undefined;
  /** The session went on elsewhere since credentials were shown that are not answered. */
  #resumedSince = false;

  constructor(options: RenewalOptions) {
    this.#options = options;
  }

  /** Shows fresh credentials, once those that are shown already were answered. */
  renew(): Promise<void> {
    const renewal = this.#last.then(() => this.#show());
    this.#last = renewal.then(
      () => this.#options.peer().tell({ type: "renewed" }),
      (error: unknown) => this.#options.peer().tell({ type: "renewal_failed", error }),
    );
    return renewal;
  }

  /** WELCOME or RESUMED said for how long the client is admitted, in milliseconds; 0: until further notice. */
  admittedFor(expiresInMs: number): void {
    this.#resumedSince = true;
    this.#expireAt(this.#time(expiresInMs));
  }

  /** ADMITTED came. */
  answer(body: Reader): void {
    const answered = this.#answered;
    if (answered === undefined) throw new ProtocolError("ADMITTED came, and nothing was asked");
    const { admitted, expiresInMs, reason } = readAdmitted(body, body.end);
    this.#answered = undefined;
    if (!admitted) {
      answered.reject(notAdmitted(endReasonFromNumber(reason)));
      return;
    }
    const expiresAt = this.#time(expiresInMs);
    // The answer may be as old as the connection before, and what RESUMED said newer.
    this.#expireAt(this.#resumedSince ? Math.min(expiresAt, this.#expiresAt) : expiresAt);
    answered.resolve();
  }

  /** The session is over. */
  end(end: SessionEnd): void {
    this.#timer?.cancel();
    this.#end = end;
    if (this.#over === undefined) return;
    const error = sessionLost(end);
    this.#over.abort(error);
    this.#answered?.reject(error);
    this.#answered = undefined;
  }

  async #show(): Promise<void> {
    const { source, peer } = this.#options;
    if (this.#end !== undefined) throw sessionLost(this.#end);
    this.#over ??= new AbortController();
    const { signal } = this.#over;
    const credentials = await source.get("renewal", signal);
    signal.throwIfAborted();
    this.#resumedSince = false;
    const answer = new Promise<void>((resolve, reject) => {
      this.#answered = { resolve, reject };
    });
    peer().control(FrameType.CREDENTIALS, (writer) => writer.raw(credentials));
    return answer;
  }

  #time(expiresInMs: number): number {
    return expiresInMs === 0 ? Number.POSITIVE_INFINITY : this.#options.timers.now() + expiresInMs;
  }

  #expireAt(expiresAt: number): void {
    this.#expiresAt = expiresAt;
    this.#arm(0);
  }

  #arm(atLeastMs: number): void {
    const { timers, chance } = this.#options;
    this.#timer?.cancel();
    if (this.#expiresAt === Number.POSITIVE_INFINITY) return;
    const leftMs = this.#expiresAt - timers.now();
    const delayMs = Math.max(atLeastMs, leftMs * (RENEW_AFTER + RENEW_SPREAD * chance()));
    if (delayMs < leftMs && this.#end === undefined) this.#timer = timers.after(Math.min(delayMs, MAX_DELAY_MS), this.#renewByItself);
  }

  readonly #renewByItself = (): void => {
    // Whoever has no connection shows fresh credentials on the next one, and hears for how long.
    if (!this.#options.peer().core.detached) this.renew().catch(() => this.#arm(RETRY_MS));
  };
}

function notAdmitted(reason: EndReason): CommandError {
  const code = reason === "ADMISSION_FAILED" ? "UNAVAILABLE" : "PERMISSION_DENIED";
  return new CommandError(code, `the server did not admit the credentials: ${reason}`);
}
