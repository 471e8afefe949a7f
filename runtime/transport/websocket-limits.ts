/** The longest WebSocket message, sent or accepted. `write` splits what is longer; a longer one from the peer ends the connection. */
export const MAX_MESSAGE_BYTES: number = 1024 * 1024;

/** Stands for the code of a closing frame that has none (RFC 6455, section 7.4.1). */
export const NO_CODE = 1005;

/** Status codes of an orderly end (RFC 6455, section 7.4.1): normal, going away, and a close frame without a code. */
export const ORDERLY_CODES: ReadonlySet<number> = new Set([1000, 1001, NO_CODE]);

/** How long a closing handshake may take, flushing included, before the connection is cut. */
export const CLOSE_TIMEOUT_MS = 30_000;

/** The status code with which a page, which cannot cut a connection, tells that it would have: of the range for applications. */
export const CUT_CODE = 4000;

/** Hands `bytes` to `send` in messages of at most {@link MAX_MESSAGE_BYTES}: views, and none for nothing. */
export function sendMessages(bytes: Uint8Array, send: (message: Uint8Array) => void): void {
  if (bytes.length > MAX_MESSAGE_BYTES) {
    for (let at = 0; at < bytes.length; at += MAX_MESSAGE_BYTES) send(bytes.subarray(at, at + MAX_MESSAGE_BYTES));
  } else if (bytes.length > 0) send(bytes);
}
