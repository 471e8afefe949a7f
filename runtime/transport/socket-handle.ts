import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Detached, Passage } from "./transport.ts";

/** What stands below a socket of Node's: node:cluster passes the same from process to process. */
export interface SocketHandle {
  /** Node's own note of whether it reads. */
  reading: boolean;
  readStop(): unknown;
}

/**
 * What stands below a socket that is paused; what it has read already is told now. Undefined where that cannot go to another process: with TLS, whose keys are in this one, while
 * something waits to be written, and after the end. So it is where a version of Node has nothing of the kind.
 */
export function handleOf(socket: Duplex): SocketHandle | undefined {
  if (!(socket instanceof Socket) || "encrypted" in socket) return undefined;
  const { _handle: handle } = socket as { _handle?: Partial<SocketHandle> | null };
  if (typeof handle?.readStop !== "function") return undefined;
  if (socket.readableLength > 0) socket.read();
  // What was told may have been answered, or have ended it.
  return socket.destroyed || socket.writableLength > 0 ? undefined : (handle as SocketHandle);
}

/** Lets go of a socket, which reads nothing more from here on: one that is only paused reads until its buffer is full. */
export function letGo(socket: Duplex, handle: SocketHandle, passage: Passage): Detached {
  handle.readStop();
  handle.reading = false;
  return { passage, handle, leave: () => socket.destroy() };
}
