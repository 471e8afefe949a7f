import { Peer } from "../command/peer.ts";
import type { PeerOptions } from "../command/peer-options.ts";
import type { Session } from "../command/session-type.ts";

/**
 * The client's end of its session: one object for as long as the session lives, over however many connections. A Node process stays alive until the
 * session ends, also while it looks for a connection: at most `retentionMs`.
 */
export interface Client<Data = unknown> extends Session<Data> {
  /**
   * Shows the server fresh credentials now, as the client does by itself before those it showed expire. Resolves when they are admitted. Rejects with what
   * `credentials` throws; with CommandError PERMISSION_DENIED when they were not admitted, UNAVAILABLE when the server could not decide (in both cases the
   * session goes on as before), SESSION_LOST when the session ends first.
   */
  renewCredentials(): Promise<void>;
}

/** A {@link Peer} that dialled. */
export class ClientPeer<Data = unknown> extends Peer<Data> implements Client<Data> {
  readonly #renew: () => Promise<void>;

  constructor(options: PeerOptions<Data>, renew: () => Promise<void>) {
    super(options);
    this.#renew = renew;
  }

  renewCredentials(): Promise<void> {
    return this.#renew();
  }
}
