import { Peer } from "../command/peer.ts";
import type { Session } from "../command/session-type.ts";

/**
 * Sessions that belong together: the players of a room, the devices of a customer. A session that ends leaves by itself; one that is without a connection stays.
 * Joining, leaving and asking take constant time. Who iterates meets each member once: who leaves before its turn is left out, who joins meanwhile comes last.
 *
 * Of a server of several processes, a group here is its members in this process: a broadcast to one that has a name reaches those of all, everything else that
 * can be asked of it is about those here.
 */
export interface Group<Data = unknown> extends Iterable<Session<Data>> {
  /** Undefined for a group that nobody else can ask for. */
  readonly name: string | undefined;
  /** How many members it has; in this process, where there are several. */
  readonly size: number;
  /** False when it is a member already, or has ended. Throws TypeError for a session that is not one of this server's. */
  join(session: Session<Data>): boolean;
  /** False when it is no member. */
  leave(session: Session<Data>): boolean;
  has(session: Session<Data>): boolean;
}

/** What members are kept under: the name, or for a group without one itself. */
type Key = string | object;

/**
 * The groups of a server. A group is what its members are: one without any takes no memory here, and whoever asks for a name gets the same members.
 */
export class Groups<Data> {
  readonly #members = new Map<Key, Set<Peer<Data>>>();
  /** What a session is a member of; most are of one group. */
  readonly #joined = new Map<Peer<Data>, Key | Set<Key>>();
  readonly #sessions: { has(session: Peer<Data>): boolean };

  /** @param sessions those of the server that have not ended */
  constructor(sessions: { has(session: Peer<Data>): boolean }) {
    this.#sessions = sessions;
  }

  group(name?: string): Group<Data> {
    if (name !== undefined && typeof name !== "string") throw new TypeError(`group: a name is a string, not ${typeof name}`);
    return new SessionGroup(this, name);
  }

  members(key: Key): ReadonlySet<Peer<Data>> | undefined {
    return this.#members.get(key);
  }

  join(key: Key, session: Session<Data>): boolean {
    if (session.state === "ended") return false;
    if (!(session instanceof Peer && this.#sessions.has(session)))
      throw new TypeError("join: this is no live session of this server; a session is one when `onSession` is called");
    const members = this.#members.get(key) ?? new Set();
    if (members.has(session)) return false;
    members.add(session);
    this.#members.set(key, members);
    const joined = this.#joined.get(session);
    if (joined instanceof Set) joined.add(key);
    else this.#joined.set(session, joined === undefined ? key : new Set([joined, key]));
    return true;
  }

  leave(key: Key, session: Session<Data>): boolean {
    const peer = session as Peer<Data>;
    if (!this.#remove(key, peer)) return false;
    const joined = this.#joined.get(peer);
    if (joined instanceof Set && joined.size > 1) joined.delete(key);
    else this.#joined.delete(peer);
    return true;
  }

  /** The session has ended: it leaves all its groups. */
  ended(session: Peer<Data>): void {
    const joined = this.#joined.get(session);
    this.#joined.delete(session);
    if (joined instanceof Set) for (const key of joined) this.#remove(key, session);
    else if (joined !== undefined) this.#remove(joined, session);
  }

  #remove(key: Key, session: Peer<Data>): boolean {
    const members = this.#members.get(key);
    if (members?.delete(session) !== true) return false;
    if (members.size === 0) this.#members.delete(key);
    return true;
  }
}

/** The name under which other processes know this audience, if it is a group that has one. */
export function groupName(audience: unknown): string | undefined {
  return audience instanceof SessionGroup ? audience.name : undefined;
}

/** A group as the application has it: a name for members that the server keeps. */
class SessionGroup<Data> implements Group<Data> {
  readonly name: string | undefined;
  readonly #groups: Groups<Data>;

  constructor(groups: Groups<Data>, name: string | undefined) {
    this.#groups = groups;
    this.name = name;
  }

  get size(): number {
    return this.#members?.size ?? 0;
  }

  join(session: Session<Data>): boolean {
    return this.#groups.join(this.#key, session);
  }

  leave(session: Session<Data>): boolean {
    return this.#groups.leave(this.#key, session);
  }

  has(session: Session<Data>): boolean {
    return this.#members?.has(session as Peer<Data>) === true;
  }

  *[Symbol.iterator](): IterableIterator<Session<Data>> {
    // A group that was empty in between has other members, in another set.
    for (let seen: unknown, members = this.#members; members !== undefined && members !== seen; members = this.#members) {
      seen = members;
      yield* members;
    }
  }

  get #key(): Key {
    return this.name ?? this;
  }

  get #members(): ReadonlySet<Peer<Data>> | undefined {
    return this.#groups.members(this.#key);
  }
}
