import { parseUrl } from "./url.ts";

/** Where a server is, parsed. */
export type Endpoint = WebSocketEndpoint | MemoryEndpoint;

export interface WebSocketEndpoint {
  readonly scheme: "ws" | "wss";
  /** The whole address, normalized. */
  readonly url: string;
  /** Name or address; IPv6 without brackets. */
  readonly host: string;
  /** 0 (any free port) only where something listens. */
  readonly port: number;
  /** Begins with `/`; with the query, where there is one. */
  readonly path: string;
}

export interface MemoryEndpoint {
  readonly scheme: "memory";
  readonly url: string;
  readonly name: string;
}

const EXAMPLE = 'an endpoint looks like "ws://localhost:7000", "wss://game.example/zserver" or "memory:lobby"';
const DEFAULT_PORTS = { ws: 80, wss: 443 } as const;

/**
 * Reads an address to dial. Without a port, ws: means 80 and wss: 443 (RFC 6455, section 3).
 *
 * @param option The option that the address was given in, for the message of the error.
 * @throws TypeError that says what is wrong and what to write instead.
 */
export function parseEndpoint(text: string, option = "endpoints"): Endpoint {
  const endpoint = parse(text, option);
  if (endpoint.scheme === "memory") return endpoint;
  if (writtenPort(text) === 0) fail(option, text, "port 0 can only be listened on; name the port that the server got");
  return endpoint;
}

/** Reads an address to listen on. It names its port; 0 takes any free one. */
export function parseListenEndpoint(text: string, option = "listen"): Endpoint {
  const endpoint = parse(text, option);
  if (endpoint.scheme === "memory") return endpoint;
  if (endpoint.scheme === "wss")
    fail(option, text, "TLS needs a certificate: pass `{ server: httpsServer, path }` with a server of node:https");
  if (writtenPort(text) === undefined)
    fail(option, text, `the port is missing; write for example "ws://${text.split("/")[2]}:7000", or :0 for any free port`);
  if (endpoint.path.includes("?")) fail(option, text, "a listening address has no query");
  return endpoint;
}

function parse(text: string, option: string): Endpoint {
  if (typeof text !== "string") fail(option, text, EXAMPLE);
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === "memory") return parseMemory(text, option);
  if (scheme !== "ws" && scheme !== "wss")
    fail(option, text, `${scheme === undefined ? "the scheme is missing" : `the scheme ${scheme}: is unknown`}; ${EXAMPLE}`);
  const url = parseUrl(text);
  if (url === undefined || !/^wss?:\/\/[^/]/i.test(text)) fail(option, text, `that is no URL; ${EXAMPLE}`);
  if (url.username !== "" || url.password !== "")
    fail(option, redact(text), "credentials do not belong in an address, which ends up in logs; pass `credentials`");
  if (url.hash !== "") fail(option, text, "a WebSocket address has no fragment (#)");
  return {
    scheme,
    url: url.href,
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: writtenPort(text) ?? DEFAULT_PORTS[scheme],
    path: url.pathname + url.search,
  };
}

function parseMemory(text: string, option: string): MemoryEndpoint {
  const name = text.slice("memory:".length);
  if (!/^[\w.-]+$/.test(name))
    fail(option, text, 'a memory endpoint is "memory:" and a name of letters, digits, dots, dashes and underscores');
  return { scheme: "memory", url: `memory:${name}`, name };
}

/** The port as it was written: `URL` hides the default ones. */
function writtenPort(text: string): number | undefined {
  const port = /^\w+:\/\/(?:[^/?#]*@)?(?:\[[^\]]*\]|[^/?#:]*):(\d+)/.exec(text)?.[1];
  return port === undefined ? undefined : Number(port);
}

function redact(text: string): string {
  return text.replace(/\/\/.*@/, "//…@");
}

function fail(option: string, text: unknown, reason: string): never {
  throw new TypeError(`\`${option}\`: ${JSON.stringify(text)}: ${reason}`);
}
