import type { PeerLimits } from "../session/limits.ts";
import type { CallerOptions } from "./caller.ts";
import type { ReceiverOptions } from "./handler-side.ts";
import type { Peer } from "./peer.ts";
import type { PeerCommon } from "./peer-options.ts";
import { SessionStreams } from "./session-streams.ts";

/** What the floors of commands of one session are given. */
export type SessionScope = CallerOptions & ReceiverOptions;

/** What all sessions have in common is not copied into each: it is found behind what is its own. */
export function sessionScope<Data>(peer: Peer<Data>, common: PeerCommon<Data>, peerLimits: PeerLimits): SessionScope {
  const { core, schemas } = peer;
  const own = { core, schemas, session: peer, host: peer, peerLimits, streams: undefined };
  const scope = Object.setPrototypeOf(own, common);
  scope.streams = new SessionStreams(scope);
  return scope;
}
