import type { Schemas } from "../../generated/zserver/protocol/v1/negotiation.ts";
import type { ClientHello, Resume } from "../../generated/zserver/protocol/v1/session.ts";
import type { ChannelPeer } from "../channel/channel.ts";
import type { Principal } from "../command/context.ts";
import type { Peer } from "../command/peer.ts";
import type { Connection } from "../session/connection.ts";
import { readCounts } from "../session/counts.ts";
import type { AdmissionRequest, Admissions } from "./admissions.ts";
import type { ResumableSessions } from "./resumable-sessions.ts";
import type { ServerSessionSchemas } from "./schema/server-session-schemas.ts";
import { expiresInMs, expiry, isRefusal, type Refusal } from "./verdict.ts";

/** What clients arrive at. */
export interface ArrivalsHost<Data> {
  /** Why nobody new is let in; undefined while everybody may come. */
  readonly closed: Refusal | undefined;
  wallNow(): number;
  /** A client was let in: its session begins. False when it is over before that. */
  begin(peer: Peer<Data>): boolean;
  /** A session is open, or goes on: as whom, and for how long, is new. */
  admitted(peer: Peer<Data>): void;
  opened(peer: Peer<Data>, hello: ClientHello): void;
  resumed(peer: Peer<Data>, request: Resume): void;
}

/** A client that wants a session to go on over its new connection. */
export interface Claim<Data> {
  /** What its connection was given until the session is known. */
  readonly stranger: Peer<Data>;
  readonly request: Resume;
  readonly connection: Connection;
  readonly channelPeer: ChannelPeer;
  /** Called with the session that goes on over the connection from here on. */
  readonly granted: (session: Peer<Data>) => void;
}

const anotherPrincipal: Refusal = { reason: "ADMISSION_DENIED", message: "the session is another principal's" };

/** Clients between their first frame and their session: each is judged, and is let in or told why not. */
export class Arrivals<Data> {
  readonly #admissions: Admissions<Data>;
  readonly #sessions: ResumableSessions<Data>;
  readonly #host: ArrivalsHost<Data>;
  /** Those that are judged and have no session yet. */
  readonly #newcomers = new Set<Peer<Data>>();
  /** Those that were admitted and must describe services before they have a session. */
  readonly #describing = new Map<Peer<Data>, ClientHello>();

  constructor(admissions: Admissions<Data>, sessions: ResumableSessions<Data>, host: ArrivalsHost<Data>) {
    this.#admissions = admissions;
    this.#sessions = sessions;
    this.#host = host;
  }

  /** Whose descriptions are awaited. */
  get describing(): readonly Peer<Data>[] {
    return [...this.#describing.keys()];
  }

  /** A client says hello; `key` is the static key that it proved, if any. Throws ProtocolError. */
  hello(peer: Peer<Data>, hello: ClientHello, key: Uint8Array | undefined): void {
    schemasOf(peer).hear(hello);
    const { closed } = this.#host;
    if (closed !== undefined) {
      refuse(peer, closed);
      return;
    }
    const { credentials, anonymous } = hello;
    const proven = anonymous ? undefined : key;
    const request = { reason: "connect", id: peer.id, credentials, key: proven, principal: undefined } as const;
    this.#newcomers.add(peer);
    this.#judge(peer, request, (principal) => {
      peer.principal = principal;
      this.#describe(peer, hello);
    });
  }

  /** A client describes what it was asked to. Throws ProtocolError, and CommandError for descriptions that are none. */
  described(peer: Peer<Data>, descriptions: Schemas): void {
    const hello = this.#describing.get(peer)!;
    schemasOf(peer).take(descriptions);
    this.#describing.delete(peer);
    this.#letIn(peer, hello);
  }

  /** A client wants its session to go on. Nothing changes for that session until the client's wish is granted. */
  resume(claim: Claim<Data>): void {
    const { stranger, request, channelPeer } = claim;
    const session = this.#sessions.find(request, channelPeer);
    if (isRefusal(session)) {
      refuse(stranger, session);
      return;
    }
    const { id, principal } = session;
    const wish = { reason: "resume", id, credentials: request.credentials, key: principal.key, principal } as const;
    this.#judge(stranger, wish, (verdict) => {
      if (verdict.id === principal.id) this.#goOn(claim, verdict);
      else refuse(stranger, anotherPrincipal);
    });
  }

  /** A client that was judged has gone. */
  gone(peer: Peer<Data>): void {
    this.#newcomers.delete(peer);
    this.#describing.delete(peer);
  }

  /** Lets in nobody who is not judged yet; sessions may still go on. */
  refuseNewcomers(refusal: Refusal): void {
    for (const peer of [...this.#newcomers, ...this.#describing.keys()]) refuse(peer, refusal);
  }

  #judge(peer: Peer<Data>, request: AdmissionRequest, admitted: (principal: Principal) => void): void {
    this.#admissions.judge(peer, request, (verdict) => {
      this.#newcomers.delete(peer);
      if (isRefusal(verdict)) refuse(peer, verdict);
      else admitted(verdict);
    });
  }

  /** What the server does not know of the client's schemas is asked for before there is a session. */
  #describe(peer: Peer<Data>, hello: ClientHello): void {
    const unknown = schemasOf(peer).unknown();
    if (unknown.length === 0) {
      this.#letIn(peer, hello);
      return;
    }
    this.#describing.set(peer, hello);
    peer.core.opening?.describe(unknown);
  }

  #letIn(peer: Peer<Data>, hello: ClientHello): void {
    const host = this.#host;
    // It may have taken its time to describe its services.
    const over = expiry(peer.principal, host.wallNow());
    if (over !== undefined) {
      refuse(peer, over);
      return;
    }
    const schema = schemasOf(peer).answer();
    if (!host.begin(peer)) return;
    this.#sessions.add(peer);
    peer.core.welcome(expiresInMs(peer.principal, host.wallNow()), schema);
    peer.schemas.open();
    host.admitted(peer);
    host.opened(peer, hello);
  }

  /** Whatever was true when the client was heard is looked at again, and all that changes does so in one step. */
  #goOn({ stranger, request, connection, granted }: Claim<Data>, principal: Principal): void {
    const session = this.#sessions.claim(request, connection);
    if (isRefusal(session)) {
      refuse(stranger, session);
      return;
    }
    session.principal = principal;
    stranger.core.giveWay();
    granted(session);
    session.moveTo(connection);
    this.#host.admitted(session);
    session.core.resume(connection, readCounts(request.accepted), expiresInMs(principal, this.#host.wallNow()));
    this.#host.resumed(session, request);
  }
}

function refuse<Data>(peer: Peer<Data>, { reason, message }: Refusal): void {
  peer.end(reason, message);
}

/** Sessions of a server have a server's. */
function schemasOf<Data>({ schemas }: Peer<Data>): ServerSessionSchemas {
  return schemas as ServerSessionSchemas;
}
