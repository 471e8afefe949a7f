import type { Resume } from "../../generated/zserver/protocol/v1/session.ts";
import { toHex } from "../bytes/hex.ts";
import type { ChannelPeer } from "../channel/channel.ts";
import type { Peer } from "../command/peer.ts";
import { equalBytes } from "../crypto/equal.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import type { Connection } from "../session/connection.ts";
import { RESUME_SECRET_LABEL, ResumeSecrets } from "../session/resume-secrets.ts";
import { BroadcastTurns } from "./broadcast-turns.ts";
import { type DetachedBounds, DetachedSessions } from "./detached-sessions.ts";
import type { Refusal } from "./verdict.ts";

/** A session of the server, and what a client must show to have it go on. */
class Resumable<Data> extends ResumeSecrets {
  readonly peer: Peer<Data>;
  /** The client's proven key; undefined for anonymous ones. */
  readonly key: Uint8Array | undefined;
  /** The last attempt that was honoured. */
  attempt = 0;

  constructor(peer: Peer<Data>, crypto: CryptoProvider) {
    super(crypto, peer.connection.channel.exporter(RESUME_SECRET_LABEL));
    this.peer = peer;
    this.key = peer.principal.key;
  }
}

/** One answer for all that a stranger could try, so that it learns nothing of which sessions there are. */
const sessionUnknown: Refusal = { reason: "SESSION_UNKNOWN", message: "there is no such session to resume" };

export interface ResumableSessionsOptions {
  /** Whether sessions outlive their connections at all. */
  readonly retains: boolean;
  readonly detached: DetachedBounds;
  /** Runs a function after the current turn of the event loop. */
  readonly endOfTurn: (run: () => void) => void;
}

/** The sessions of a server by id, with or without a connection; those without are bounded in number and bytes. */
export class ResumableSessions<Data> {
  /** Of broadcasts to any of them. */
  readonly turns: BroadcastTurns;
  readonly #crypto: CryptoProvider;
  readonly #retains: boolean;
  readonly #sessions = new Map<string, Resumable<Data>>();
  readonly #detached: DetachedSessions<Data>;

  constructor(crypto: CryptoProvider, { retains, detached, endOfTurn }: ResumableSessionsOptions) {
    this.turns = new BroadcastTurns(endOfTurn);
    this.#crypto = crypto;
    this.#retains = retains;
    this.#detached = new DetachedSessions(detached);
  }

  values(): IterableIterator<Peer<Data>> {
    return peersOf(this.#sessions.values());
  }

  /** Whether this is one of them. */
  has(peer: Peer<Data>): boolean {
    return this.#sessions.get(peer.id)?.peer === peer;
  }

  get size(): number {
    return this.#sessions.size;
  }

  add(peer: Peer<Data>): void {
    this.#sessions.set(peer.id, new Resumable(peer, this.#crypto));
  }

  /** False when it was not there. */
  delete(peer: Peer<Data>): boolean {
    this.attached(peer);
    if (!this.has(peer)) return false;
    this.#sessions.get(peer.id)!.wipe();
    return this.#sessions.delete(peer.id);
  }

  /** The session that a client wants to go on, if it may: checks who it is, and changes nothing. */
  find({ session: id, secret, attempt }: Resume, { remoteStatic }: ChannelPeer): Peer<Data> | Refusal {
    const session = this.#sessions.get(toHex(id));
    // Where nothing is retained, nothing can be sent again: no session goes on.
    if (session === undefined || !this.#retains || !sameKey(session.key, remoteStatic) || !session.honours(secret)) return sessionUnknown;
    return late(attempt, session) ?? session.peer;
  }

  /**
   * Grants the wish of a client that {@link find} knew, unless a later one was granted since; the secret of its connection is honoured from now on. (Its
   * own may not be any more: the client may have renewed the keys of the older connection while it was judged.)
   */
  claim({ session: id, secret, attempt }: Resume, connection: Connection): Peer<Data> | Refusal {
    const session = this.#sessions.get(toHex(id));
    if (session === undefined) return sessionUnknown;
    const refusal = late(attempt, session);
    if (refusal !== undefined) return refusal;
    session.attempt = Number(attempt);
    session.accept(secret);
    session.renew(connection.channel.exporter(RESUME_SECRET_LABEL));
    return session.peer;
  }

  /** The client shows that it holds the newest secret. */
  confirmed(peer: Peer<Data>): void {
    this.#sessions.get(peer.id)?.confirm();
  }

  /** The connection's next keys exist: the secret that they give is honoured from now on. */
  renewing(peer: Peer<Data>): void {
    const secret = peer.connection.channel.nextExporter(RESUME_SECRET_LABEL);
    const session = this.#sessions.get(peer.id);
    if (secret === undefined || session === undefined) return;
    // Whoever asks for new keys has heard the answer on the present ones, and no rotation begins before the last is over.
    session.confirm();
    session.rotate(secret);
  }

  /** The session has lost its connection, or holds more since. Those that are too many end, the longest detached first. */
  detached(peer: Peer<Data>): void {
    if (this.has(peer)) this.#detached.hold(peer);
  }

  /** The session has a connection again, or is over. */
  attached(peer: Peer<Data>): void {
    this.#detached.release(peer);
  }
}

function* peersOf<Data>(sessions: Iterable<Resumable<Data>>): IterableIterator<Peer<Data>> {
  for (const { peer } of sessions) yield peer;
}

/** Why an attempt is refused that was overtaken; undefined when it was not. */
function late<Data>(attempt: bigint, session: Resumable<Data>): Refusal | undefined {
  if (Number(attempt) > session.attempt) return undefined;
  return { reason: "SUPERSEDED", message: `attempt ${attempt} came after attempt ${session.attempt}` };
}

/** An anonymous client shows no key, or a throw-away one: its session is its secret's alone. */
function sameKey(key: Uint8Array | undefined, shown: Uint8Array | undefined): boolean {
  return key === undefined || (shown !== undefined && equalBytes(key, shown));
}
