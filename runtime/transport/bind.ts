import type { ListenOptions, Server } from "node:net";
import type { BoundAddress } from "./http-server.ts";

/**
 * Binds a server to a port. `::` takes IPv4 as well, and means `0.0.0.0` on a machine without IPv6.
 * Rejects with an error that names the address when it cannot be had.
 */
export async function bind(
  server: Server,
  { host, port, url }: { readonly host: string; readonly port: number; readonly url: string },
): Promise<void> {
  try {
    await startListening(server, { host, port }).catch((error: NodeJS.ErrnoException) => {
      if (host === "::" && (error.code === "EAFNOSUPPORT" || error.code === "EADDRNOTAVAIL"))
        return startListening(server, { host: "0.0.0.0", port });
      throw error;
    });
  } catch (cause) {
    const { code = "", message } = cause as NodeJS.ErrnoException;
    const remedy = remedies[code];
    throw new Error(`\`listen\`: cannot listen on ${url}: ${message}${remedy === undefined ? "" : `; ${remedy}`}`, { cause });
  }
}

/** What to do where the system has not given an address. */
const remedies: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens there, perhaps an earlier run of this one: end it, or take another port; 0 takes a free one",
  EACCES: "ports below 1024 are for privileged programs: take another one",
  EADDRNOTAVAIL: "this machine does not have that address; [::] stands for all that it has",
};

/** Resolves when the server listens, rejects with the system's error. */
export function startListening(server: Server, where: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/**
 * `host:port` under which a server is reached, undefined until it listens. All addresses of a machine are told as `localhost`, and a name as
 * it was configured.
 */
export function authorityOf(server: { address(): BoundAddress | string | null }, configured?: string): string | undefined {
  const bound = server.address();
  if (bound === null || typeof bound === "string") return undefined;
  const { address, family, port } = bound;
  const any = address === "::" || address === "0.0.0.0";
  const numeric = family === "IPv6" ? `[${address}]` : address;
  const named = configured !== undefined && !/^[\d.]+$|:/.test(configured);
  return `${any ? "localhost" : named ? configured : numeric}:${port}`;
}
