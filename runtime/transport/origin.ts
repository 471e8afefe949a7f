import { parseUrl } from "./url.ts";

/** Which web pages may open a WebSocket. Programs that are no browsers send no `Origin` and are none of this file's business. */
export interface OriginOptions {
  /** Origins that may connect, for example `https://game.example`. Default none but the server's own, as `allowedHosts` says. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /**
   * Host names, without port, under which this server serves pages of its own. A page that came from such a host may connect to it.
   * Default none but `localhost` and literal loopback addresses, since every other name could be an attacker's, made to point here by DNS.
   */
  readonly allowedHosts?: readonly string[] | undefined;
}

/** {@link OriginOptions}, checked and in the form in which they are compared. */
export interface OriginRules {
  readonly origins: ReadonlySet<string>;
  readonly hosts: ReadonlySet<string>;
  /** Gets why a page was refused: its browser shows that to nobody. */
  readonly refused?: ((why: string) => void) | undefined;
}

/** The headers of an upgrade that count. */
export interface UpgradeHeaders {
  readonly origin?: string | undefined;
  readonly host?: string | undefined;
}

/** So many different refusals are told of: strangers may show as many origins as they like. */
const TOLD_REFUSALS = 16;
/** The longest that is told, in UTF-16 units. */
const MAX_REFUSAL_LENGTH = 500;

/**
 * Throws when an option is not what it has to be.
 *
 * @param tell gets the first refusals of pages, each once
 */
export function originRules(options: OriginOptions = {}, tell?: (why: string) => void): OriginRules {
  const told = new Set<string>();
  return {
    origins: new Set((options.allowedOrigins ?? []).map(readAllowedOrigin)),
    hosts: new Set((options.allowedHosts ?? []).map(readAllowedHost)),
    refused(why) {
      if (tell === undefined || told.size >= TOLD_REFUSALS || told.has(why) || why.length > MAX_REFUSAL_LENGTH) return;
      told.add(why);
      tell(why);
    },
  };
}

/**
 * Judges an upgrade: undefined when it may go on, otherwise why not, in one line that names the option to set.
 *
 * Source: RFC 6454 (origins), RFC 6455 section 10.2.
 */
export function refuseOrigin(headers: UpgradeHeaders, rules: OriginRules): string | undefined {
  const { origin, host } = headers;
  if (origin === undefined) return undefined;
  const page = parseUrl(origin);
  const name = page === undefined ? 'the origin "null" (of files, and of sandboxed frames)' : originOf(page);
  if (rules.origins.has(page === undefined ? origin : originOf(page))) return undefined;
  const own = page !== undefined && host !== undefined && isAuthority(host) && parseUrl(`${page.protocol}//${host}`)?.host === page.host;
  if (!own) return `pages of ${name} may not connect: list it in \`allowedOrigins\` if they should`;
  if (page.hostname === "localhost" || isLoopback(page.hostname) || rules.hosts.has(page.hostname)) return undefined;
  return `pages of ${name} may not connect, although they come from this host: list ${page.hostname} in \`allowedHosts\` if that name is yours`;
}

/** Whether `host` is host and port and nothing else. Without a port it means the default one of the page's scheme, which the parser knows. */
function isAuthority(host: string): boolean {
  return /^[^@/?#\\\s]+$/.test(host);
}

/** As the URL parser writes hosts: IPv4 in four decimal parts, IPv6 compressed and in brackets. */
function isLoopback(hostname: string): boolean {
  return /^127(\.\d{1,3}){3}$/.test(hostname) || hostname === "[::1]";
}

/** Scheme, host and port. `URL.origin` is "null" for schemes of its own making, such as those of desktop shells. */
function originOf(url: URL): string {
  return `${url.protocol}//${url.host}`;
}

function readAllowedOrigin(text: string): string {
  const url = parseUrl(text);
  const plain =
    url !== undefined && (url.pathname === "" || url.pathname === "/") && !url.search && !url.hash && !url.username && !url.password;
  if (text === "null" || (plain && url.host !== "")) return text === "null" ? text : originOf(url!);
  throw new TypeError(
    `\`allowedOrigins\`: ${JSON.stringify(text)} is no origin; an origin looks like "https://game.example" or "http://localhost:8080"`,
  );
}

function readAllowedHost(text: string): string {
  const url = parseUrl(`http://${text}`);
  if (url !== undefined && /^(\[[^\]]*\]|[^:/?#@\\]+)$/.test(text)) return url.hostname;
  throw new TypeError(`\`allowedHosts\`: ${JSON.stringify(text)} is no host name; one looks like "game.example", without scheme and port`);
}
