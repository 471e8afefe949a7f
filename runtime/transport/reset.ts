import type { Socket } from "node:net";

/**
 * Cuts a connection: a reset tells the peer that this was no orderly end, and the kernel to forget what it has not sent. A socket whose own end is under way is destroyed: libuv
 * refuses to reset it, and Node would then keep its descriptor for ever.
 */
export function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
