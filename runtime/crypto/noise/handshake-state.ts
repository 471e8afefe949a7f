import { concatBytes } from "../../bytes/concat.ts";
import { type CryptoProvider, type KeyPair, TAG_BYTES } from "../provider.ts";
import type { RandomSource } from "../random.ts";
import type { CipherState } from "./cipher-state.ts";
import { NoiseError } from "./noise-error.ts";
import { type HandshakePattern, patternOf, type Token } from "./pattern.ts";
import { SymmetricState } from "./symmetric-state.ts";

/** Bytes of an X25519 public key and of a shared secret: Noise's DHLEN. */
const DH_BYTES = 32;

export interface HandshakeOptions {
  readonly crypto: CryptoProvider;
  /** Where the ephemeral key comes from: 32 bytes, its private key, wiped after use. Vectors inject it here. */
  readonly random: RandomSource;
  /** For example `Noise_XX_25519_ChaChaPoly_SHA256`. */
  readonly protocolName: string;
  readonly initiator: boolean;
  /** What both sides know already and want to have seen alike. */
  readonly prologue: Uint8Array;
  /** This side's static key, where the pattern has one. */
  readonly localStatic?: KeyPair | undefined;
  /** The other side's static key, where the pattern knows it beforehand. */
  readonly remoteStatic?: Uint8Array | undefined;
  /** 32 bytes for each psk modifier of the name. */
  readonly psks?: readonly Uint8Array[] | undefined;
}

/**
 * Noise's HandshakeState (section 5.3 of revision 34). Messages are written and read by turns. One that is malformed or does not verify throws
 * NoiseError or CryptoError, and the handshake is over. Calls out of turn, and keys that the pattern needs and were not given, throw Error: the
 * caller is wrong then.
 */
export class HandshakeState {
  readonly #crypto: CryptoProvider;
  readonly #random: RandomSource;
  readonly #pattern: HandshakePattern;
  readonly #initiator: boolean;
  readonly #symmetric: SymmetricState;
  readonly #localStatic: KeyPair | undefined;
  #localEphemeral: KeyPair | undefined;
  #remoteStatic: Uint8Array | undefined;
  #remoteEphemeral: Uint8Array | undefined;
  readonly #psks: Uint8Array[];
  #next = 0;

  constructor(options: HandshakeOptions) {
    this.#crypto = options.crypto;
    this.#random = options.random;
    this.#pattern = patternOf(options.protocolName);
    this.#initiator = options.initiator;
    this.#localStatic = options.localStatic;
    this.#remoteStatic = options.remoteStatic;
    this.#psks = (options.psks ?? []).map((psk) => psk.slice());
    if (this.#psks.length !== this.#pattern.pskCount)
      throw new Error(`${options.protocolName} takes ${this.#pattern.pskCount} pre-shared keys`);
    this.#symmetric = new SymmetricState(options.crypto, options.protocolName);
    this.#symmetric.mixHash(options.prologue);
    if (this.#pattern.initiatorStaticKnown) this.#symmetric.mixHash(this.#staticOf(true));
    if (this.#pattern.responderStaticKnown) this.#symmetric.mixHash(this.#staticOf(false));
  }

  /** Whether all messages are through: `split` is next. */
  get complete(): boolean {
    return this.#next === this.#pattern.messages.length;
  }

  /** The handshake hash so far. */
  get hash(): Uint8Array {
    return this.#symmetric.hash;
  }

  /** The other side's static key: known beforehand, or learned from a message that verified. */
  get remoteStatic(): Uint8Array | undefined {
    return this.#remoteStatic;
  }

  /** WriteMessage. */
  writeMessage(payload: Uint8Array): Uint8Array {
    const parts: Uint8Array[] = [];
    for (const token of this.#turn(true)) {
      if (token === "e") parts.push(this.#makeEphemeral());
      else if (token === "s") parts.push(this.#symmetric.encryptAndHash(given(this.#localStatic, "a static key").publicKey));
      else this.#mix(token);
    }
    parts.push(this.#symmetric.encryptAndHash(payload));
    return concatBytes(...parts);
  }

  /** ReadMessage: the payload, in memory of its own. */
  readMessage(message: Uint8Array): Uint8Array {
    let rest = message;
    const take = (length: number): Uint8Array => {
      if (rest.length < length) throw new NoiseError("the message is too short for its keys");
      const taken = rest.subarray(0, length);
      rest = rest.subarray(length);
      return taken;
    };
    for (const token of this.#turn(false)) {
      if (token === "e") this.#learnEphemeral(take(DH_BYTES).slice());
      else if (token === "s")
        this.#remoteStatic = this.#symmetric.decryptAndHash(take(DH_BYTES + (this.#symmetric.hasKey ? TAG_BYTES : 0)));
      else this.#mix(token);
    }
    return this.#symmetric.decryptAndHash(rest);
  }

  /** Split, once: the cipher of the initiator's messages, then that of the responder's. */
  split(): [CipherState, CipherState] {
    if (!this.complete) throw new Error("the handshake is not complete");
    return this.#symmetric.split();
  }

  /** See {@link SymmetricState.exportSecret}. Only when complete. */
  exportSecret(label: string): Uint8Array {
    if (!this.complete) throw new Error("the handshake is not complete");
    return this.#symmetric.exportSecret(label);
  }

  /** Overwrites the ephemeral key, the pre-shared keys and the chaining key; nothing but `hash` and `remoteStatic` is of use afterwards. */
  wipe(): void {
    this.#localEphemeral?.privateKey.fill(0);
    for (const psk of this.#psks) psk.fill(0);
    this.#symmetric.wipe();
  }

  #turn(write: boolean): readonly Token[] {
    const tokens = this.#pattern.messages[this.#next];
    if (tokens === undefined || write !== ((this.#next % 2 === 0) === this.#initiator))
      throw new Error("the handshake is not at this step");
    this.#next++;
    return tokens;
  }

  #makeEphemeral(): Uint8Array {
    const seed = this.#random(DH_BYTES);
    this.#localEphemeral = this.#crypto.x25519KeyPair(seed);
    seed.fill(0);
    this.#hashEphemeral(this.#localEphemeral.publicKey);
    return this.#localEphemeral.publicKey;
  }

  #learnEphemeral(publicKey: Uint8Array): void {
    this.#remoteEphemeral = publicKey;
    this.#hashEphemeral(publicKey);
  }

  #hashEphemeral(publicKey: Uint8Array): void {
    this.#symmetric.mixHash(publicKey);
    if (this.#pattern.pskCount > 0) this.#symmetric.mixKey(publicKey);
  }

  /** The tokens that put nothing on the wire. In `es`, the initiator's ephemeral key meets the responder's static one. */
  #mix(token: Exclude<Token, "e" | "s">): void {
    if (token === "psk") {
      this.#mixPsk(given(this.#psks.shift(), "a pre-shared key"));
      return;
    }
    const [initiators, responders] = token;
    const [local, remote] = this.#initiator ? [initiators, responders] : [responders, initiators];
    const pair = given(local === "e" ? this.#localEphemeral : this.#localStatic, "a key pair");
    const secret = this.#crypto.x25519(pair, given(remote === "e" ? this.#remoteEphemeral : this.#remoteStatic, "the other side's key"));
    this.#symmetric.mixKey(secret);
    secret.fill(0);
  }

  #mixPsk(psk: Uint8Array): void {
    this.#symmetric.mixKeyAndHash(psk);
    psk.fill(0);
  }

  #staticOf(initiator: boolean): Uint8Array {
    return given(initiator === this.#initiator ? this.#localStatic?.publicKey : this.#remoteStatic, "a static key");
  }
}

function given<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`this handshake pattern needs ${what}`);
  return value;
}
