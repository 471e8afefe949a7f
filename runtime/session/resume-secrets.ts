import { equalBytes } from "../crypto/equal.ts";
import type { CryptoProvider } from "../crypto/provider.ts";

/** The exporter label of a resume secret; docs/PROTOCOL.md, "Resume". */
export const RESUME_SECRET_LABEL = "zserver resume secret";

/**
 * What a server honours of a session's resume secrets: the present one, and its predecessor until the client shows that it holds the successor. So
 * an answer that is lost on the way locks nobody out, and a secret that was replaced opens nothing. Only hashes are kept.
 */
export class ResumeSecrets {
  readonly #crypto: CryptoProvider;
  #present: Uint8Array;
  #predecessor: Uint8Array | undefined;

  constructor(crypto: CryptoProvider, secret: Uint8Array) {
    this.#crypto = crypto;
    this.#present = crypto.sha256(secret);
  }

  /** There are newer keys: the secret that they give is honoured too. What was unconfirmed before stays the predecessor. */
  renew(secret: Uint8Array): void {
    this.#predecessor ??= this.#present;
    this.#present = this.#crypto.sha256(secret);
  }

  /** The client holds the present secret: its predecessor opens nothing any more. */
  confirm(): void {
    this.#predecessor?.fill(0);
    this.#predecessor = undefined;
  }

  /** Whether this secret is honoured. Changes nothing. */
  honours(secret: Uint8Array): boolean {
    const hash = this.#crypto.sha256(secret);
    return equalBytes(hash, this.#present) || (this.#predecessor !== undefined && equalBytes(hash, this.#predecessor));
  }

  /** Whether this secret is honoured. What it was shown for is granted: showing the present one confirms it. */
  accept(secret: Uint8Array): boolean {
    const honoured = this.honours(secret);
    if (equalBytes(this.#crypto.sha256(secret), this.#present)) this.confirm();
    return honoured;
  }
}
