import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";

/** Where Debian's package `chromium` puts it. */
const CHROMIUM = "/usr/bin/chromium";
/** A browser that does nothing of its own accord: no updates, no accounts, no requests but the page's. */
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** A strict policy: scripts of the page's own server only, nothing inline, and no code from strings (`unsafe-eval`). */
const POLICY = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src ws: 'self'; base-uri 'none'; form-action 'none'";
/** How long a page may take, starting the browser not included. */
const PAGE_TIMEOUT_MS = 30_000;

/** Why no test can run in Chromium here; undefined where one can. */
export function chromiumMissing(): string | undefined {
  return existsSync(CHROMIUM) ? undefined : `there is no ${CHROMIUM} (Debian package chromium)`;
}

/** Starts Chromium with an empty profile, which goes when it is closed. */
export function startChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, headless: true, chromiumSandbox: false, args: FLAGS });
}

/** A web server for one script. */
export interface Site {
  /** Attach what should live beside the page. */
  readonly server: Server;
  /** For example `http://127.0.0.1:41234`. */
  readonly origin: string;
  close(): Promise<void>;
}

/**
 * Serves a page that runs a TypeScript file, bundled as users' bundlers do it. The file exports `main(args)`; what it returns is the page's
 * result.
 */
export async function serveSite(entry: string): Promise<Site> {
  const scripts = { "/page.js": await bundle(entry, pageWrapper), "/worker.js": await bundle(entry, workerWrapper) };
  const pages: Record<string, readonly [type: string, body: string]> = {
    "/": ["text/html", '<!doctype html><title>zserver</title><script type="module" src="/page.js"></script>'],
    "/page.js": ["text/javascript", scripts["/page.js"]],
    "/worker.js": ["text/javascript", scripts["/worker.js"]],
  };
  const server = createServer((request, response) => {
    const [type, body] = pages[new URL(request.url ?? "/", "http://x").pathname] ?? ["text/plain", "not here"];
    response.writeHead(200, { "Content-Type": `${type}; charset=utf-8`, "Content-Security-Policy": POLICY });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = (): Promise<void> => {
    server.closeAllConnections();
    return new Promise((resolve) => void server.close(() => resolve()));
  };
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

export interface Visit {
  /** What `main` returned. */
  readonly result: unknown;
  /** What the page wrote to the console, and its uncaught errors, line by line. */
  readonly console: readonly string[];
}

/** Opens a site's page, or its worker, and waits for its result. Rejects with what `main` threw, and with the console. */
export async function visit(browser: Browser, site: Site, args: unknown, where: "page" | "worker" = "page"): Promise<Visit> {
  const page = await browser.newPage();
  try {
    const lines = listen(page);
    const report = new Promise<string>(
      (resolve) => void page.exposeFunction("report", resolve).then(() => page.goto(addressOf(site, args, where))),
    );
    const failure = new Promise<never>((_resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`the page told nothing within ${PAGE_TIMEOUT_MS} ms\n${lines.join("\n")}`)),
        PAGE_TIMEOUT_MS,
      );
      page.on("close", () => clearTimeout(timer));
    });
    const outcome = JSON.parse(await Promise.race([report, failure])) as { readonly result?: unknown; readonly error?: string };
    if (outcome.error !== undefined) throw new Error(`${outcome.error}\n${lines.join("\n")}`);
    return { result: outcome.result, console: lines };
  } finally {
    await page.close();
  }
}

function listen(page: Page): string[] {
  const lines: string[] = [];
  page.on("console", (message) => lines.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => lines.push(`uncaught: ${error.message}`));
  return lines;
}

function addressOf(site: Site, args: unknown, where: string): string {
  return `${site.origin}/#${encodeURIComponent(JSON.stringify({ where, args }))}`;
}

const runMain = `main(args).then((result) => ({ result }), (error) => ({ error: String(error?.stack ?? error) }))`;
const workerWrapper = `
  import { main } from "ENTRY";
  self.onmessage = ({ data: args }) => ${runMain}.then((outcome) => self.postMessage(JSON.stringify(outcome)));
`;
const pageWrapper = `
  import { main } from "ENTRY";
  const { where, args } = JSON.parse(decodeURIComponent(location.hash.slice(1)));
  if (where === "page") ${runMain}.then((outcome) => report(JSON.stringify(outcome)));
  else {
    const worker = new Worker("/worker.js", { type: "module" });
    worker.onmessage = ({ data }) => report(data);
    worker.onerror = ({ message }) => report(JSON.stringify({ error: message ?? "the worker did not load" }));
    worker.postMessage(args);
  }
`;

async function bundle(entry: string, wrapper: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: wrapper.replace("ENTRY", entry), resolveDir: new URL(".", import.meta.url).pathname, loader: "ts" },
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    conditions: ["source", "browser"],
    logLevel: "silent",
  });
  return outputFiles[0]!.text;
}
