import { anonymousPrincipal } from "../command/context.ts";
import type { Peer } from "../command/peer.ts";
import { addressKey } from "./door/address-key.ts";

/** How much may wait for clients. */
export interface DetachedBound {
  readonly sessions: number;
  readonly bytes: number;
}

export interface DetachedBounds {
  /** Of the whole server. */
  readonly all: DetachedBound;
  /** Of one principal; anonymous clients have none in common. */
  readonly perPrincipal: DetachedBound;
  /** Of one IPv4 address or IPv6 /64. */
  readonly perAddress: DetachedBound;
}

/** Sessions without a connection, and the bytes that they hold: where they are too many, those that have waited longest end. */
export class DetachedSessions<Data> {
  readonly #bounds: DetachedBounds;
  readonly #all: Group<Data>;
  /** Of principals and addresses that have any, by name. */
  readonly #groups = new Map<string, Group<Data>>();
  /** The groups that each session was put into when it lost its connection; the next one may come from elsewhere. */
  readonly #groupsOf = new Map<Peer<Data>, readonly Group<Data>[]>();

  constructor(bounds: DetachedBounds) {
    this.#bounds = bounds;
    this.#all = new Group("", bounds.all);
  }

  /** The session has lost its connection, or holds more since. */
  hold(peer: Peer<Data>): void {
    const groups = this.#groupsOf.get(peer) ?? this.#groupsFor(peer);
    this.#groupsOf.set(peer, groups);
    for (const group of groups) group.hold(peer, peer.core.outboxes.heldBytes);
    for (const group of groups) group.endSurplus();
  }

  /** The session has a connection again, or is over. */
  release(peer: Peer<Data>): void {
    for (const group of this.#groupsOf.get(peer) ?? []) {
      group.release(peer);
      if (group.empty) this.#groups.delete(group.name);
    }
    this.#groupsOf.delete(peer);
  }

  #groupsFor({ principal, connection }: Peer<Data>): readonly Group<Data>[] {
    const { perPrincipal, perAddress } = this.#bounds;
    const address = connection.transport.remote?.address;
    const groups = [this.#all];
    if (principal.id !== anonymousPrincipal.id) groups.push(this.#group(`principal ${principal.id}`, perPrincipal));
    if (address !== undefined) groups.push(this.#group(`address ${addressKey(address)}`, perAddress));
    return groups;
  }

  #group(name: string, bound: DetachedBound): Group<Data> {
    const group = this.#groups.get(name) ?? new Group<Data>(name, bound);
    this.#groups.set(name, group);
    return group;
  }
}

/** Sessions that share a bound, the longest detached first. */
class Group<Data> {
  readonly name: string;
  readonly #bound: DetachedBound;
  readonly #peers = new Map<Peer<Data>, number>();
  #bytes = 0;

  constructor(name: string, bound: DetachedBound) {
    this.name = name;
    this.#bound = bound;
  }

  get empty(): boolean {
    return this.#peers.size === 0;
  }

  hold(peer: Peer<Data>, bytes: number): void {
    this.#bytes += bytes - (this.#peers.get(peer) ?? 0);
    this.#peers.set(peer, bytes);
  }

  release(peer: Peer<Data>): void {
    this.#bytes -= this.#peers.get(peer) ?? 0;
    this.#peers.delete(peer);
  }

  /** Each that ends is released by its owner. */
  endSurplus(): void {
    const { sessions, bytes } = this.#bound;
    for (const [oldest] of this.#peers) {
      if (this.#peers.size <= sessions && this.#bytes <= bytes) return;
      oldest.end("RETENTION_LIMIT", "");
    }
  }
}
