import type { Resume } from "../../generated/zserver/protocol/v1/session.ts";
import { toHex } from "../bytes/hex.ts";
import type { ChannelPeer } from "../channel/channel.ts";
import type { Peer } from "../command/peer.ts";
import { equalBytes } from "../crypto/equal.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import type { EndReason } from "../errors/end-reason.ts";
import type { Connection } from "../session/connection.ts";
import { PROTOCOL_VERSION } from "../session/greetings.ts";
import { RESUME_SECRET_LABEL, ResumeSecrets } from "../session/resume-secrets.ts";

/** A session of the server, and what a client must show to have it go on. */
interface Resumable<Data> {
  readonly peer: Peer<Data>;
  readonly secrets: ResumeSecrets;
  /** The client's proven key; undefined for anonymous ones. */
  readonly key: Uint8Array | undefined;
  /** The last attempt that was honoured. */
  attempt: number;
}

/** Why a client's wish to resume is not granted. */
export interface ResumeRefusal {
  readonly reason: EndReason;
  readonly message: string;
}

/** One answer for all that a stranger could try, so that it learns nothing of which sessions there are. */
export const sessionUnknown: ResumeRefusal = { reason: "SESSION_UNKNOWN", message: "there is no such session to resume" };

/** The sessions of a server by id, with or without a connection; those without are bounded in number and bytes. */
export class ResumableSessions<Data> {
  readonly #crypto: CryptoProvider;
  readonly #maxDetached: number;
  readonly #maxDetachedBytes: number;
  readonly #sessions = new Map<string, Resumable<Data>>();
  /** Sessions without a connection, the longest first, and the bytes that each holds. */
  readonly #detached = new Map<Peer<Data>, number>();
  #detachedBytes = 0;

  constructor(crypto: CryptoProvider, maxDetached: number, maxDetachedBytes: number) {
    this.#crypto = crypto;
    this.#maxDetached = maxDetached;
    this.#maxDetachedBytes = maxDetachedBytes;
  }

  values(): IterableIterator<Peer<Data>> {
    return peersOf(this.#sessions.values());
  }

  get size(): number {
    return this.#sessions.size;
  }

  add(peer: Peer<Data>): void {
    const secret = peer.connection.channel.exporter(RESUME_SECRET_LABEL);
    this.#sessions.set(peer.id, { peer, secrets: new ResumeSecrets(this.#crypto, secret), key: peer.principal.key, attempt: 0 });
  }

  /** False when it was not there. */
  delete(peer: Peer<Data>): boolean {
    this.attached(peer);
    return this.#sessions.get(peer.id)?.peer === peer && this.#sessions.delete(peer.id);
  }

  /** Checks a client's wish, and takes note of it when it is granted. Nothing changes when it is not. */
  claim(request: Resume, connection: Connection, channelPeer: ChannelPeer): Peer<Data> | ResumeRefusal {
    const session = this.#sessions.get(toHex(request.session));
    if (request.protocol !== PROTOCOL_VERSION)
      return {
        reason: "UNSUPPORTED_PROTOCOL",
        message: `the client speaks version ${request.protocol}, this side version ${PROTOCOL_VERSION}`,
      };
    if (session === undefined || !sameKey(session.key, channelPeer.remoteStatic)) return sessionUnknown;
    const attempt = Number(request.attempt);
    if (!session.secrets.accept(request.secret)) return sessionUnknown;
    if (attempt <= session.attempt) return { reason: "SUPERSEDED", message: `attempt ${attempt} came after attempt ${session.attempt}` };
    session.attempt = attempt;
    session.secrets.renew(connection.channel.exporter(RESUME_SECRET_LABEL));
    return session.peer;
  }

  /** The client shows that it holds the newest secret. */
  confirmed(peer: Peer<Data>): void {
    this.#sessions.get(peer.id)?.secrets.confirm();
  }

  /** The connection's next keys exist: the secret that they give is honoured from now on. */
  renewing(peer: Peer<Data>): void {
    const secret = peer.connection.channel.nextExporter(RESUME_SECRET_LABEL);
    const secrets = this.#sessions.get(peer.id)?.secrets;
    if (secret === undefined || secrets === undefined) return;
    // Whoever asks for new keys has heard the answer on the present ones, and no rotation begins before the last is over.
    secrets.confirm();
    secrets.renew(secret);
  }

  /** The session has lost its connection, or holds more since. Those that are too many end, the longest detached first. */
  detached(peer: Peer<Data>): void {
    if (this.#sessions.get(peer.id)?.peer !== peer) return;
    const bytes = peer.core.outbox.heldBytes;
    this.#detachedBytes += bytes - (this.#detached.get(peer) ?? 0);
    this.#detached.set(peer, bytes);
    for (const [oldest] of this.#detached) {
      if (this.#detached.size <= this.#maxDetached && this.#detachedBytes <= this.#maxDetachedBytes) return;
      oldest.end("RETENTION_LIMIT", "");
    }
  }

  /** The session has a connection again, or is over. */
  attached(peer: Peer<Data>): void {
    this.#detachedBytes -= this.#detached.get(peer) ?? 0;
    this.#detached.delete(peer);
  }
}

function* peersOf<Data>(sessions: Iterable<Resumable<Data>>): IterableIterator<Peer<Data>> {
  for (const { peer } of sessions) yield peer;
}

/** An anonymous client shows no key, or a throw-away one: its session is its secret's alone. */
function sameKey(key: Uint8Array | undefined, shown: Uint8Array | undefined): boolean {
  return key === undefined || (shown !== undefined && equalBytes(key, shown));
}
