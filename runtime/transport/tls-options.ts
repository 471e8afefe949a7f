import { checkOptions } from "../errors/options.ts";

/** A certificate, key or list of authorities: text in PEM, or its bytes. */
export type Pem = string | Uint8Array;

/** How a client in Node judges the certificate of a `tls:` or `wss:` server. Noise proves the server in any case; TLS is for those who must. */
export interface TlsClientOptions {
  /** Authorities to trust instead of Node's own. */
  readonly ca?: Pem | readonly Pem[] | undefined;
  /** False lets any certificate pass. Default true. */
  readonly rejectUnauthorized?: boolean | undefined;
  /** The name that the certificate has to carry, and that is asked for (SNI). Default: the host of the endpoint. */
  readonly servername?: string | undefined;
  /** This client's own certificate and key, for servers that want one. */
  readonly cert?: Pem | undefined;
  readonly key?: Pem | undefined;
  readonly passphrase?: string | undefined;
}

/** The certificate of a server that listens on `tls:` or `wss:`. */
export interface TlsServerOptions {
  readonly key: Pem;
  /** With the certificates between it and the authority, where there are any. */
  readonly cert: Pem;
  /** Of an encrypted key. */
  readonly passphrase?: string | undefined;
  /** Authorities whose clients may connect; a client without a certificate of theirs is refused. Default: every client may. */
  readonly ca?: Pem | readonly Pem[] | undefined;
}

const clientNames = ["ca", "rejectUnauthorized", "servername", "cert", "key", "passphrase"] as const satisfies (keyof TlsClientOptions)[];
const serverNames = ["key", "cert", "passphrase", "ca"] as const satisfies (keyof TlsServerOptions)[];

/** What node:tls and node:https take of either. */
type NodeTlsOptions = Readonly<Record<string, unknown>>;

/** Those that are given. Throws TypeError for an option that nobody knows. */
export function tlsClientOptions(options: TlsClientOptions = {}): NodeTlsOptions {
  checkOptions("`tls`", options, clientNames);
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/**
 * The options of a listening server.
 *
 * @param url What is to be listened on, for the message of the error.
 * @throws TypeError without a certificate, and for an option that nobody knows.
 */
export function tlsServerOptions(options: TlsServerOptions | undefined, url: string): NodeTlsOptions {
  if (options?.key === undefined || options.cert === undefined)
    throw new TypeError(`\`listen\`: ${url} needs a certificate: pass \`tls: { key, cert }\``);
  checkOptions("`tls`", options, serverNames);
  return options.ca === undefined ? { ...options } : { ...options, requestCert: true, rejectUnauthorized: true };
}
