import { CREDENTIALS_BYTES } from "../session/frame.ts";
import { EndError } from "../session/session-end.ts";
import type { Timers } from "../time/timers.ts";

/** What a client shows to be let in; text is sent as UTF-8. At most 8,192 bytes. */
export type Credentials = string | Uint8Array;

/** For what credentials are needed. */
export interface CredentialsRequest {
  /** The session begins, goes on over another connection, or its admission is about to expire. */
  readonly reason: "connect" | "resume" | "renewal";
  /** Aborts when they are not needed any more, or after `handshakeTimeoutMs`. */
  readonly signal: AbortSignal;
}

/** Credentials, or what gets fresh ones whenever they are needed. */
export type CredentialsProvider = Credentials | ((request: CredentialsRequest) => Credentials | Promise<Credentials>);

/** Gets credentials from the application, in time or not at all. */
export class CredentialsSource {
  readonly #provider: CredentialsProvider;
  readonly #timers: Timers;
  readonly #timeoutMs: number;

  /** Throws TypeError for what are no credentials. */
  constructor(provider: CredentialsProvider | undefined, timers: Timers, timeoutMs: number) {
    this.#provider = provider === undefined || typeof provider === "function" ? (provider ?? "") : encode(provider);
    this.#timers = timers;
    this.#timeoutMs = timeoutMs;
  }

  /** Rejects with what the application throws, with the signal's reason, with EndError HANDSHAKE_TIMEOUT, with TypeError for what are no credentials. */
  async get(reason: CredentialsRequest["reason"], signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    const provider = this.#provider;
    if (typeof provider !== "function") return encode(provider);
    const controller = new AbortController();
    const aborted = new Promise<never>((_resolve, reject) => {
      controller.signal.addEventListener("abort", () => reject(controller.signal.reason), { once: true });
    });
    const abort = (): void => controller.abort(signal?.reason);
    const message = `the function \`credentials\` gave none within ${this.#timeoutMs} ms (handshakeTimeoutMs)`;
    const timer = this.#timers.after(this.#timeoutMs, () => controller.abort(new EndError("HANDSHAKE_TIMEOUT", message)));
    signal?.addEventListener("abort", abort, { once: true });
    try {
      const given = (async () => provider({ reason, signal: controller.signal }))();
      return encode(await Promise.race([given, aborted]));
    } finally {
      timer.cancel();
      signal?.removeEventListener("abort", abort);
    }
  }
}

const encoder = new TextEncoder();

function encode(credentials: Credentials): Uint8Array {
  const bytes = typeof credentials === "string" ? encoder.encode(credentials) : credentials;
  if (!(bytes instanceof Uint8Array)) throw new TypeError("connect: `credentials` is a string, a Uint8Array, or a function that gives one");
  if (bytes.length > CREDENTIALS_BYTES)
    throw new TypeError(`connect: credentials of ${bytes.length} bytes; at most ${CREDENTIALS_BYTES} are allowed`);
  return bytes;
}
