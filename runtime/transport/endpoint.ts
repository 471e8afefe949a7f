import type { CustomEndpoint } from "./custom.ts";
import { parseUrl } from "./url.ts";

/** Where a server is, parsed. */
export type Endpoint = WebSocketEndpoint | SocketEndpoint | UnixEndpoint | MemoryEndpoint | OpaqueEndpoint;

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

/** A TCP port, with TLS or without. */
export interface SocketEndpoint {
  readonly scheme: "tcp" | "tls";
  readonly url: string;
  readonly host: string;
  readonly port: number;
}

/** A unix socket, or a named pipe of Windows. */
export interface UnixEndpoint {
  readonly scheme: "unix";
  readonly url: string;
  readonly path: string;
}

export interface MemoryEndpoint {
  readonly scheme: "memory";
  readonly url: string;
  readonly name: string;
}

/** An endpoint that no URL names. */
export interface OpaqueEndpoint {
  readonly scheme: "custom";
  /** Its name; for messages only. */
  readonly url: string;
  readonly dial: CustomEndpoint["dial"];
}

const EXAMPLE =
  'an endpoint looks like "ws://localhost:7000", "wss://game.example/zserver", "tcp://localhost:7000", "tls://game.example:7000", "unix:/run/game.sock" or "memory:lobby"';
/** tcp: and tls: have none: there is no port that means zserver. */
const DEFAULT_PORTS: Readonly<Record<string, number>> = { ws: 80, wss: 443 };

/**
 * Reads an address to dial. Without a port, ws: means 80 and wss: 443 (RFC 6455, section 3).
 *
 * @param option The option that the address was given in, for the message of the error.
 * @throws TypeError that says what is wrong and what to write instead.
 */
export function parseEndpoint(where: string | CustomEndpoint, option = "endpoints"): Endpoint {
  if (typeof where === "object" && where !== null) return opaque(where, option);
  const endpoint = parse(where, option);
  if ("port" in endpoint && endpoint.port === 0) fail(option, where, "port 0 can only be listened on; name the port that the server got");
  return endpoint;
}

/** Reads an address to listen on. It names its port; 0 takes any free one. */
export function parseListenEndpoint(text: string, option = "listen"): Exclude<Endpoint, OpaqueEndpoint> {
  const endpoint = parse(text, option);
  if (!("port" in endpoint)) return endpoint;
  if (writtenPort(text) === undefined)
    fail(option, text, `the port is missing; write for example "${endpoint.scheme}://${text.split("/")[2]}:7000", or :0 for any free port`);
  if ("path" in endpoint && endpoint.path.includes("?")) fail(option, text, "a listening address has no query");
  return endpoint;
}

/** Whether this version knows what the scheme of a URL means. */
export function isKnownScheme(url: string): boolean {
  return /^(?:wss?|tcp|tls|unix|memory):/i.test(url);
}

function schemeOf(text: string): string | undefined {
  return /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
}

function parse(text: string, option: string): Exclude<Endpoint, OpaqueEndpoint> {
  if (typeof text !== "string") fail(option, text, EXAMPLE);
  const scheme = schemeOf(text);
  switch (scheme) {
    case "ws":
    case "wss":
      return parseWebSocket(scheme, text, option);
    case "tcp":
    case "tls":
      return parseSocket(scheme, text, option);
    case "unix":
      return parseUnix(text, option);
    case "memory":
      return parseMemory(text, option);
    default:
      return fail(option, text, `${scheme === undefined ? "the scheme is missing" : `the scheme ${scheme}: is unknown`}; ${EXAMPLE}`);
  }
}

function parseWebSocket(scheme: "ws" | "wss", text: string, option: string): WebSocketEndpoint {
  const { url, host, port } = parseAuthority(text, option);
  if (url.hash !== "") fail(option, text, "a WebSocket address has no fragment (#)");
  return { scheme, url: url.href, host, port: port ?? DEFAULT_PORTS[scheme]!, path: url.pathname + url.search };
}

function parseSocket(scheme: "tcp" | "tls", text: string, option: string): SocketEndpoint {
  // Read as a WebSocket's address, since the URL parser normalizes hosts only of schemes that it knows.
  const { url, host, port } = parseAuthority(text.replace(/^\w+/, "ws"), option, text);
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") fail(option, text, `a ${scheme}: address ends with its port`);
  if (port === undefined) fail(option, text, `the port is missing; write for example "${scheme}://${url.hostname}:7000"`);
  return { scheme, url: `${scheme}://${url.hostname}:${port}`, host, port };
}

function parseAuthority(
  text: string,
  option: string,
  shown = text,
): { readonly url: URL; readonly host: string; readonly port: number | undefined } {
  const url = parseUrl(text);
  if (url === undefined || !/^wss?:\/\/[^/]/i.test(text)) fail(option, shown, `that is no URL; ${EXAMPLE}`);
  if (url.username !== "" || url.password !== "")
    fail(option, redact(shown), "credentials do not belong in an address, which logs show; pass `credentials`");
  return { url, host: url.hostname.replace(/^\[(.*)\]$/, "$1"), port: writtenPort(text) };
}

function parseUnix(text: string, option: string): UnixEndpoint {
  const path = text.slice("unix:".length);
  if (path === "" || path.includes("\0") || /^\/\/(?![.?]\/)/.test(path))
    fail(
      option,
      text,
      'a unix endpoint is "unix:" and the path of a socket, for example "unix:/run/game.sock" or "unix:\\\\.\\pipe\\game"',
    );
  return { scheme: "unix", url: `unix:${path}`, path };
}

function parseMemory(text: string, option: string): MemoryEndpoint {
  const name = text.slice("memory:".length);
  if (!/^[\w.-]+$/.test(name))
    fail(option, text, 'a memory endpoint is "memory:" and a name of letters, digits, dots, dashes and underscores');
  return { scheme: "memory", url: `memory:${name}`, name };
}

function opaque(where: CustomEndpoint, option: string): OpaqueEndpoint {
  if (typeof where.name !== "string" || typeof where.dial !== "function")
    throw new TypeError(`\`${option}\`: an endpoint that is no URL is an object with \`name\` and \`dial\``);
  return { scheme: "custom", url: where.name, dial: (options) => where.dial(options) };
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
