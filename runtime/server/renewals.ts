import { writeAdmitted } from "../../generated/zserver/protocol/v1/session.ts";
import type { Reader } from "../bytes/reader.ts";
import type { Principal } from "../command/context.ts";
import type { Peer } from "../command/peer.ts";
import { endReasons } from "../errors/end-reason.ts";
import { FrameType } from "../session/frame.ts";
import { checkCredentials } from "../session/introduction.ts";
import { Priority } from "../session/priority.ts";
import { ProtocolError } from "../session/protocol-error.ts";
import type { Admissions } from "./admissions.ts";
import { expiresInMs, isRefusal, type Refusal, type Verdict } from "./verdict.ts";

/** What a session is asked to go on as. */
export interface RenewalsHost<Data> {
  wallNow(): number;
  /** The session's principal has new roles, or more time. */
  admitted(peer: Peer<Data>): void;
}

/** Fresh credentials that a session shows while others are not answered, or their answer is not accepted. */
interface Renewal {
  next: Uint8Array | undefined;
}

const denied: Refusal = { reason: "ADMISSION_DENIED", message: "" };

/** Fresh credentials in live sessions: judged one after the other, each answered by ADMITTED. Denied ones leave the session as it is. */
export class Renewals<Data> {
  readonly #admissions: Admissions<Data>;
  readonly #host: RenewalsHost<Data>;
  /** Those that were not answered, or whose answer the client has not accepted: whoever accepts none makes nothing grow. */
  readonly #open = new Map<Peer<Data>, Renewal>();

  constructor(admissions: Admissions<Data>, host: RenewalsHost<Data>) {
    this.#admissions = admissions;
    this.#host = host;
  }

  /** CREDENTIALS came. */
  show(peer: Peer<Data>, body: Reader): void {
    const credentials = body.bytes.slice(body.position, body.end);
    checkCredentials(credentials);
    const renewal = this.#open.get(peer);
    if (renewal === undefined) this.#judge(peer, credentials);
    else if (this.#admissions.isUnderWay(peer) || renewal.next !== undefined)
      throw new ProtocolError("CREDENTIALS came before the last were answered");
    else renewal.next = credentials;
  }

  /** The session goes on over another connection, for which fresh credentials were admitted: those that are judged are not wanted any more. */
  resumed(peer: Peer<Data>): void {
    if (!this.#admissions.isUnderWay(peer)) return;
    this.#admissions.withdraw(peer, "SUPERSEDED", "fresher credentials were admitted");
    this.#answer(peer, undefined);
  }

  /** The session is over. */
  forget(peer: Peer<Data>): void {
    this.#open.delete(peer);
  }

  #judge(peer: Peer<Data>, credentials: Uint8Array): void {
    const { id, principal } = peer;
    this.#open.set(peer, { next: undefined });
    this.#admissions.judge(peer, { reason: "renewal", id, credentials, key: principal.key, principal }, (verdict) =>
      this.#decided(peer, verdict),
    );
  }

  #decided(peer: Peer<Data>, verdict: Verdict): void {
    // A principal never changes within a session.
    const refusal = isRefusal(verdict) ? verdict : verdict.id === peer.principal.id ? undefined : denied;
    if (refusal === undefined) {
      peer.principal = verdict as Principal;
      this.#host.admitted(peer);
      peer.tell({ type: "renewed" });
    }
    this.#answer(peer, refusal);
  }

  #answer(peer: Peer<Data>, refusal: Refusal | undefined): void {
    const admitted = refusal === undefined;
    const reason = admitted ? 0 : endReasons[refusal.reason].number;
    peer.control(FrameType.ADMITTED, (writer) =>
      writeAdmitted(writer, { admitted, expiresInMs: expiresInMs(peer.principal, this.#host.wallNow()), reason }),
    );
    peer.core.outboxes.of(Priority.CONTROL).whenAcknowledged(() => this.#accepted(peer));
  }

  /** The client has the answer. */
  #accepted(peer: Peer<Data>): void {
    const renewal = this.#open.get(peer);
    this.#open.delete(peer);
    if (renewal?.next !== undefined) this.#judge(peer, renewal.next);
  }
}
