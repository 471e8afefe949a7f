import type { PeerLimits } from "../session/limits.ts";
import type { CallerOptions } from "./caller.ts";
import type { ReceiverOptions } from "./handler-side.ts";
import type { Peer } from "./peer.ts";
import type { PeerCommon } from "./peer-options.ts";
import type { SessionStreamsOptions } from "./session-streams.ts";

/** What the floors of commands of one session are given. */
export type SessionScope = CallerOptions & ReceiverOptions & SessionStreamsOptions;

/**
 * What all sessions of a server have in common is not copied into each: it is found behind what is its own. A client's is copied: a prototype that only one object has is
 * a hidden class of its own, slow to make, and kept with all that it leads to until the next full collection. In Node 20 each object has one whose literal begins with
 * a spread and goes on behind it; so the spread comes last.
 */
export function sessionScope<Data>(peer: Peer<Data>, common: PeerCommon<Data>, told: PeerLimits): SessionScope {
  const { core, schemas } = peer;
  const peerLimits = common.sameLimits?.same(told) ?? told;
  if (common.role === "client") return { core, schemas, session: peer, host: peer, peerLimits, ...common };
  return Object.setPrototypeOf({ core, schemas, session: peer, host: peer, peerLimits }, common);
}
