import { isIP } from "node:net";
import { checkOptions } from "../errors/options.ts";
import { type AddressTest, addressTest } from "./address-list.ts";
import type { RemoteAddress } from "./transport.ts";

/** Proxies and relays in front of a server that say where clients are. Whoever else says it is not listened to. */
export interface TrustProxyOptions {
  /** The addresses and networks of the proxies, for example `["10.0.0.0/8"]`. */
  readonly addresses: readonly string[];
  /** Their connections begin with a header of the PROXY protocol, version 2, below TLS and HTTP. One without is cut. */
  readonly proxyProtocol?: boolean | undefined;
  /** Their requests for a WebSocket have a header X-Forwarded-For. The last address in it that is no proxy's is the client's. */
  readonly forwardedFor?: boolean | undefined;
}

/** Which addresses are proxies, and what they say. */
export class TrustedProxies {
  readonly #isProxy: AddressTest;
  readonly #proxyProtocol: boolean;
  readonly #forwardedFor: boolean;

  /** Throws TypeError for impossible options. */
  constructor(options: TrustProxyOptions) {
    checkOptions("`trustProxy`", options, ["addresses", "proxyProtocol", "forwardedFor"]);
    const { addresses, proxyProtocol = false, forwardedFor = false } = options;
    if (!Array.isArray(addresses) || addresses.length === 0)
      throw new TypeError('`trustProxy`: `addresses` lists the proxies, for example ["10.0.0.0/8"]');
    if (!proxyProtocol && !forwardedFor) throw new TypeError("`trustProxy`: set `proxyProtocol` or `forwardedFor`, as the proxies have it");
    this.#isProxy = addressTest("trustProxy.addresses", addresses);
    this.#proxyProtocol = proxyProtocol;
    this.#forwardedFor = forwardedFor;
  }

  /** Whether connections from here begin with a header. */
  sendsHeader({ address }: RemoteAddress): boolean {
    return this.#proxyProtocol && this.#isProxy(address);
  }

  /** Whether requests from here say whose they are. */
  forwards({ address }: RemoteAddress): boolean {
    return this.#forwardedFor && this.#isProxy(address);
  }

  /**
   * The client behind a proxy: read from the right, past the proxies that are trusted, for everything further left was said by somebody who is not.
   * The proxy itself when it names nobody; undefined when it names what is no address.
   */
  clientOf(proxy: RemoteAddress, forwardedFor: string): RemoteAddress | undefined {
    let client: RemoteAddress | undefined = proxy;
    const named = forwardedFor.trim() === "" ? [] : forwardedFor.split(",");
    while (named.length > 0 && this.#isProxy(client.address)) {
      client = readAddress(named.pop()!.trim());
      if (client === undefined) return undefined;
    }
    return client;
  }
}

/** An address, or one with a port as some proxies write it. */
function readAddress(text: string): RemoteAddress | undefined {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([\d.]+|[^[\]]*:[^[\]]*:[^[\]]*))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const address = bracketed ?? plain;
  if (address === undefined || isIP(address) === 0) return undefined;
  return { address: address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, ""), port: Number(port ?? 0) };
}
