import { lstat, unlink } from "node:fs/promises";
import { connect } from "node:net";
import type { UnixEndpoint } from "./endpoint.ts";

/** `sun_path` less its final NUL: Linux, and the BSDs with macOS. Node cuts longer paths without a word, and would listen somewhere else. */
const MAX_PATH_BYTES = process.platform === "linux" ? 107 : 103;

export const isWindows: boolean = process.platform === "win32";

/** Throws TypeError for a path that this platform cannot have as a socket. */
export function checkUnixPath({ path, url }: UnixEndpoint): void {
  if (isWindows) {
    if (!/^[\\/]{2}[.?][\\/]pipe[\\/]/i.test(path))
      throw new TypeError(`${url}: Windows has named pipes instead of unix sockets; write for example "unix:\\\\.\\pipe\\game"`);
  } else if (Buffer.byteLength(path) > MAX_PATH_BYTES)
    throw new TypeError(`${url}: the path of a unix socket has at most ${MAX_PATH_BYTES} bytes here`);
}

/**
 * Makes room for a socket: removes one on which nobody listens, as a process leaves behind that was killed.
 * Rejects when something listens there, and when what is there is no socket.
 */
export async function removeStale({ path, url }: UnixEndpoint): Promise<void> {
  const there = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (there === undefined) return;
  if (!there.isSocket()) throw new Error(`\`listen\`: ${url}: what is there is no socket, and was not removed`);
  if (await answers(path)) throw new Error(`\`listen\`: ${url} is taken: something listens there already`);
  await unlink(path);
}

/** Whether somebody listens. Rejects when that cannot be told, for example for want of permission. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    const settle = (act: () => void): void => {
      socket.destroy();
      act();
    };
    socket.once("connect", () => settle(() => resolve(true)));
    socket.once("error", (error: NodeJS.ErrnoException) =>
      settle(() => {
        if (error.code === "ECONNREFUSED" || error.code === "ENOENT") resolve(false);
        // A queue of connections that is full belongs to somebody.
        else if (error.code === "EAGAIN") resolve(true);
        else reject(error);
      }),
    );
  });
}
