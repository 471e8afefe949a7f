import { utf8Text } from "../bytes/utf8.ts";
import { anonymousPrincipal, type Principal } from "../command/context.ts";
import type { Peer } from "../command/peer.ts";
import { encodeBase64url } from "../crypto/base64url.ts";
import type { EndReason } from "../errors/end-reason.ts";
import type { Timers } from "../time/timers.ts";
import type { AdmissionReason, AdmissionSession, Admit, ReceivedCredentials } from "./admission-types.ts";
import { AdmissionUnderWay } from "./admission-under-way.ts";
import { denialOf, type Verdict, verdictOf } from "./verdict.ts";

/** How long `admit` may take: less than the 10 s for which a client waits by default, so that it hears what became of it. */
export const DEFAULT_ADMIT_TIMEOUT_MS = 8_000;
/** Each costs what `admit` costs, and a connection or the credentials of one. */
export const DEFAULT_ADMISSIONS_UNDER_WAY = 1_000;

export interface AdmissionsOptions {
  /** Undefined: everybody is let in, as whom the handshake proved. */
  readonly admit: Admit | undefined;
  readonly timeoutMs: number;
  /** How many may be under way. */
  readonly max: number;
  readonly timers: Timers;
  readonly wallNow: () => number;
  /** Logs what no client is told. */
  readonly incident: (what: string, error: unknown) => string;
}

/** What a client asks for. */
export interface AdmissionRequest {
  readonly reason: AdmissionReason;
  readonly id: string;
  readonly credentials: Uint8Array;
  /** Proven; undefined for anonymous clients. */
  readonly key: Uint8Array | undefined;
  /** Whose session it is already. */
  readonly principal: Principal | undefined;
}

/** Has clients judged by the application: as many at once as allowed, each for as long as allowed and while anybody waits for it. */
export class Admissions<Data> {
  readonly #options: AdmissionsOptions;
  readonly #underWay = new Map<Peer<Data>, AdmissionUnderWay>();

  constructor(options: AdmissionsOptions) {
    this.#options = options;
  }

  /** Whose judgement is awaited. */
  get waiting(): readonly Peer<Data>[] {
    return [...this.#underWay.keys()];
  }

  /**
   * Judges what a client asks for over this peer, of which nothing else is judged now. Calls back once, unless it is withdrawn before; at once where
   * nobody has to be asked.
   */
  judge(peer: Peer<Data>, request: AdmissionRequest, decided: (verdict: Verdict) => void): void {
    const { admit, max } = this.#options;
    if (admit === undefined) decided(provenPrincipal(request.key));
    else if (this.#underWay.size < max) this.#begin(admit, peer, request, decided);
    else decided({ reason: "ADMISSION_FAILED", message: `${max} admissions are under way (admissionsUnderWay)` });
  }

  #begin(admit: Admit, peer: Peer<Data>, request: AdmissionRequest, decided: (verdict: Verdict) => void): void {
    const { timeoutMs, timers } = this.#options;
    const settle = (verdict: Verdict): void => {
      if (this.#underWay.get(peer) !== underWay) return;
      this.#forget(peer, underWay);
      decided(underWay.checkRevoked(verdict));
    };
    const late = (): void => {
      const incident = this.#options.incident("`admit` took too long", new Error(`no answer within ${timeoutMs} ms (admitTimeoutMs)`));
      underWay.abort("ADMISSION_FAILED", "the time for the answer is over");
      settle({ reason: "ADMISSION_FAILED", message: `no decision in time (incident ${incident})` });
    };
    const underWay = new AdmissionUnderWay(timers.after(timeoutMs, late));
    this.#underWay.set(peer, underWay);
    const { id, reason, key, principal, credentials } = request;
    this.#ask(admit, received(credentials), { id, reason, peer: peer.peer, key, principal, signal: underWay.signal }).then(settle);
  }

  /** Whether something is judged that this peer asked for. */
  isUnderWay(peer: Peer<Data>): boolean {
    return this.#underWay.has(peer);
  }

  /** Nobody waits for the judgement any more. */
  withdraw(peer: Peer<Data>, reason: EndReason, message: string): void {
    const underWay = this.#underWay.get(peer);
    if (underWay === undefined) return;
    this.#forget(peer, underWay);
    underWay.abort(reason, message);
  }

  /** Whoever turns out to be this principal is not let in. */
  revoke(principal: string, message: string): void {
    for (const underWay of this.#underWay.values()) underWay.revoke(principal, message);
  }

  #forget(peer: Peer<Data>, underWay: AdmissionUnderWay): void {
    underWay.stop();
    this.#underWay.delete(peer);
  }

  /** Never rejects. */
  async #ask(admit: Admit, credentials: ReceivedCredentials, session: AdmissionSession): Promise<Verdict> {
    try {
      const admission = await admit(credentials, session);
      return verdictOf(admission, session.key, this.#options.wallNow());
    } catch (error) {
      const denial = denialOf(error);
      if (denial !== undefined) return denial;
      // Whoever was told to stop may say so by throwing.
      const incident = session.signal.aborted ? "" : ` (incident ${this.#options.incident("`admit` failed", error)})`;
      return { reason: "ADMISSION_FAILED", message: `no decision${incident}` };
    }
  }
}

/** Who a client is where nobody judges: its key, if it has one. */
function provenPrincipal(key: Uint8Array | undefined): Principal {
  return key === undefined ? anonymousPrincipal : { ...anonymousPrincipal, id: `x25519:${encodeBase64url(key)}`, key };
}

function received(bytes: Uint8Array): ReceivedCredentials {
  return { bytes, text: () => utf8Text(bytes, 0, bytes.length) };
}
