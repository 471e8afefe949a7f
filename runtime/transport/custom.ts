import type { Clock } from "../time/clock.ts";
import type { Listener, Transport } from "./transport.ts";

/** A way to a server that no URL names: a MessagePort, or a transport of one's own. Stands among the `endpoints` of `connect`. */
export interface CustomEndpoint {
  /** What messages call it, for example `port:worker`. */
  readonly name: string;
  /** Opens a transport; called anew for each attempt. Rejects when it cannot. */
  dial(options: CustomDialOptions): Promise<Transport>;
}

/** What a custom endpoint is dialled with. */
export interface CustomDialOptions {
  readonly clock: Clock;
  /** Aborting ends the attempt; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Where connections come in that no URL names. Stands in the `listen` of `serve`. */
export interface CustomListener {
  /** Begins to accept. */
  listen(options: CustomListenOptions): Listener | Promise<Listener>;
}

/** What a custom listener is given. */
export interface CustomListenOptions {
  /** Gets each new connection, not started. Nothing about the client is known yet. */
  readonly accept: (transport: Transport) => void;
  /** Gets what goes wrong while listening; listening goes on. */
  readonly onError: (error: Error) => void;
}
