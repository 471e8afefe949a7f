/** zserver for browsers and workers: clients only, without a line of Node. */
// First: cryptography is like nothing else here, and in the middle it would part what compresses together.
import { portableCrypto } from "./crypto/portable.ts";
import { type Client, type ConnectOptions, connectOn } from "./client.ts";
import { dial, schemes } from "./transport/dial-browser.ts";

/** Connects to a server. Rejects with EndError when no session comes about, TypeError for impossible options. */
export function connect<Data = unknown>(options: ConnectOptions<Data>): Promise<Client<Data>> {
  return connectOn({ crypto: portableCrypto, dial, schemes }, options);
}

export * from "./public.ts";
