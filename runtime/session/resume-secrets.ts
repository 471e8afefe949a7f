import { equalBytes } from "../crypto/equal.ts";
import { KeptSecret } from "../crypto/kept-secret.ts";
import type { CryptoProvider } from "../crypto/provider.ts";

/** The exporter label of a resume secret; docs/PROTOCOL.md, "Resume". */
export const RESUME_SECRET_LABEL = "zserver resume secret";

/**
 * What a server honours of a session's resume secrets: the last one that the client has shown to hold, and what may have come to it since. That are the
 * secret of the connection that was granted last, whose answer may be lost, and that of keys which are being renewed: a client may know them before
 * the server knows that it does, and ask to go on over another connection meanwhile. So nothing that is lost on the way locks anybody out, and a secret that
 * was replaced opens nothing. Only hashes are kept, three at the most.
 */
export class ResumeSecrets {
  readonly #crypto: CryptoProvider;
  #held: KeptSecret;
  #rotated: KeptSecret | undefined;
  #granted: KeptSecret | undefined;

  constructor(crypto: CryptoProvider, secret: Uint8Array) {
    this.#crypto = crypto;
    this.#held = hashed(crypto, secret);
  }

  /** The connection in use is getting newer keys. */
  rotate(secret: Uint8Array): void {
    this.#rotated?.wipe();
    this.#rotated = hashed(this.#crypto, secret);
  }

  /** Another connection was granted. The one granted before it, if nothing has confirmed it, never was the client's. */
  renew(secret: Uint8Array): void {
    this.#granted?.wipe();
    this.#granted = hashed(this.#crypto, secret);
  }

  /** The client holds the newest secret: no other opens anything any more. */
  confirm(): void {
    this.#hold(this.#granted ?? this.#rotated ?? this.#held);
  }

  /** Whether this secret is honoured. Changes nothing. */
  honours(secret: Uint8Array): boolean {
    return this.#find(secret) !== undefined;
  }

  /** Whether this secret is honoured. What it was shown for is granted: showing one that is newer confirms it. */
  accept(secret: Uint8Array): boolean {
    const hash = this.#find(secret);
    if (hash !== undefined && hash !== this.#held) this.#hold(hash);
    return hash !== undefined;
  }

  /** The session is over: nothing is honoured any more. */
  wipe(): void {
    for (const kept of [this.#held, this.#rotated, this.#granted]) kept?.wipe();
  }

  #find(secret: Uint8Array): KeptSecret | undefined {
    const hash = this.#crypto.sha256(secret);
    return [this.#held, this.#rotated, this.#granted].find((known) => known !== undefined && equalBytes(hash, known.bytes));
  }

  #hold(newest: KeptSecret): void {
    for (const other of [this.#held, this.#rotated, this.#granted]) if (other !== newest) other?.wipe();
    this.#held = newest;
    this.#rotated = undefined;
    this.#granted = undefined;
  }
}

function hashed(crypto: CryptoProvider, secret: Uint8Array): KeptSecret {
  return new KeptSecret(crypto.sha256(secret));
}
