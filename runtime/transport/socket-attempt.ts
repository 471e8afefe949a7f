import { connectError } from "./connect-error.ts";

/** What both kinds of sockets have while they are being opened. */
interface OpeningSocket {
  on(event: "error", listener: (error: Error) => void): unknown;
  off(event: "error", listener: (error: Error) => void): unknown;
}

/** How an attempt ends, once: `opened` with the transport, or `failed`. */
export interface SocketAttempt<T> {
  opened(transport: T): void;
  failed(error: Error): void;
}

/**
 * Opens a socket: fulfils when `begin` says that it is open, rejects when the socket errs or the signal aborts, and then `giveUp` is called. What
 * a socket that was given up still has to say is nobody's.
 */
export function openSocket<T>(
  socket: OpeningSocket,
  signal: AbortSignal | undefined,
  giveUp: () => void,
  begin: (attempt: SocketAttempt<T>) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      signal?.removeEventListener("abort", abort);
      socket.off("error", failed);
    };
    const failed = (error: Error): void => {
      settle();
      socket.on("error", () => {});
      giveUp();
      reject(connectError(error));
    };
    const abort = (): void => failed(signal!.reason);
    signal?.addEventListener("abort", abort);
    socket.on("error", failed);
    begin({
      failed,
      opened(transport) {
        settle();
        resolve(transport);
      },
    });
  });
}
