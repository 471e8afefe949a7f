// npm run album: a page to which photos can be dragged, and everybody who has it open sees them.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { createIdentity, implement, offerStaging, serve } from "zserver";
import { Album as AlbumService } from "../../generated/example/album/v1/album.ts";
import { Album } from "./album.ts";

/** Nothing but what this server gives: scripts and styles of its own, and images that the page itself has. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src blob: data:";

export interface RunningAlbum {
  /** The page's address. */
  readonly url: string;
  close(): Promise<void>;
}

/** @param folder where photos are kept */
export async function startAlbum(folder: string, port = 0): Promise<RunningAlbum> {
  const http = createServer();
  const staging = offerStaging();
  const server = await serve({
    listen: [{ server: http, path: "/album" }],
    identity: createIdentity(),
    handlers: [staging.implementation, implement(AlbumService, new Album(folder, staging))],
  });
  const files: Record<string, readonly [type: string, body: string]> = {
    "/": ["text/html", own("index.html").replace("SERVER_KEY", server.serverKey)],
    "/style.css": ["text/css", own("style.css")],
    "/page.js": ["text/javascript", await bundle()],
  };
  http.on("request", ({ url }, response) => {
    const [type, body] = files[url ?? ""] ?? ["text/plain", "not here"];
    response.writeHead(url !== undefined && url in files ? 200 : 404, {
      "Content-Type": `${type}; charset=utf-8`,
      "Content-Security-Policy": POLICY,
    });
    response.end(body);
  });
  await new Promise<void>((resolve) => http.listen(port, "127.0.0.1", resolve));
  const close = async (): Promise<void> => {
    await server.close();
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  };
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/`, close };
}

function own(name: string): string {
  return readFileSync(new URL(name, import.meta.url), "utf8");
}

/** The page's script, as a bundler of the reader's choice would make it. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("page.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    conditions: ["source", "browser"],
  });
  return outputFiles[0]!.text;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = mkdtempSync(path.join(tmpdir(), "zserver-album-"));
  process.once("SIGINT", () => process.exit());
  process.once("exit", () => rmSync(folder, { recursive: true }));
  const { url } = await startAlbum(folder, 8080);
  console.log(`Open ${url} in a browser, or in several. Photos are in ${folder} until this ends.`);
}
