import type { RemoteAddress } from "./transport.ts";

/** Decides about connections as they come in, before anything is read of them or made for them. */
export interface Gate {
  /**
   * A connection has come.
   *
   * @param remote Where it comes from; undefined where it has no address, or {@link count} will tell.
   * @param cut Ends it at once, should its place be needed.
   * @returns undefined when there is no place for it: the caller cuts it.
   */
  enter(remote: RemoteAddress | undefined, cut: () => void): Place | undefined;
  /** Where its client really is, which a proxy told. False when the caller is to cut it. */
  count(place: Place, remote: RemoteAddress): boolean;
}

/** The place of one connection among those that have not been let in. Whoever takes the connection over takes it as well, and leaves it. */
export interface Place {
  /** Ends the connection, whatever has become of it meanwhile. */
  cut: () => void;
  /** The connection was let in, or is over. */
  leave(): void;
}

/** Lets everything in. */
export const openGate: Gate = { enter: (_remote, cut) => ({ cut, leave() {} }), count: () => true };
