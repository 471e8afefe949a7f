import { UsageError } from "./terminal.ts";

/** Where a file or folder is: at a server, or on this machine. */
export type FileLocation =
  | { readonly type: "remote"; readonly endpoint: string; readonly path: string }
  | { readonly type: "local"; readonly path: string };

const schemes = /^(?:tcp|tls|wss?|unix):/;

/**
 * Reads `tcp://host:7000/public/a.txt`: an endpoint, and the path at the server. Where the endpoint has a path of its own, `#` is between the two:
 * `wss://host/socket#public/a.txt`, `unix:/run/files.sock#public/a.txt`. All else is a path here. Throws UsageError.
 */
export function parseFileLocation(text: string): FileLocation {
  if (!schemes.test(text)) return { type: "local", path: text };
  const hash = text.indexOf("#");
  if (hash >= 0) return remote(text, text.slice(0, hash), text.slice(hash + 1));
  const [, endpoint, path = ""] = /^(\w+:\/\/[^/]+)\/(.*)$/.exec(text) ?? [];
  if (endpoint === undefined) throw new UsageError(`${text} names no file: ENDPOINT/ROOT/PATH, or ENDPOINT#ROOT/PATH`);
  return remote(text, endpoint, path);
}

function remote(text: string, endpoint: string, path: string): FileLocation {
  if (path === "") throw new UsageError(`${text} names no file: a root comes behind the endpoint`);
  try {
    return { type: "remote", endpoint, path: decodeURIComponent(path) };
  } catch {
    throw new UsageError(`${text}: % begins two hexadecimal digits; a percent sign is %25`);
  }
}
