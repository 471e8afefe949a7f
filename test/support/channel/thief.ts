import { createHash } from "node:crypto";
import { MESSAGE_MAC_BYTES } from "../../../runtime/channel/message-mac.ts";
import type { KeyPair } from "../../../runtime/crypto/provider.ts";
import { join } from "../session/frames.ts";
import { native } from "./ends.ts";

/** What passed over one connection: packets with their lengths, as somebody on the path sees them. */
export interface RecordedPackets {
  readonly fromClient: readonly Uint8Array[];
  readonly fromServer: readonly Uint8Array[];
}

/** A handshake as far as the thief has followed it, along one guess of what he cannot compute. */
interface Guess {
  readonly hash: Uint8Array;
  readonly chainingKey: Uint8Array;
  readonly key: Uint8Array | undefined;
  readonly nonce: number;
}

/** What he got out of a recording. */
export interface Loot {
  readonly suite: string;
  /** Encrypted parts of handshake messages that verified. */
  readonly handshake: number;
  /** The numbers of the records that opened, by side. */
  readonly client: readonly number[];
  readonly server: readonly number[];
}

const empty = new Uint8Array(0);
const KEY_BYTES = 32;
const TAG_BYTES = 16;

/** The messages of each suite behind their payloads' encryption: Noise, revision 34, section 7.5. Written here anew, apart from the code under test. */
const patterns: Readonly<Record<string, readonly (readonly string[])[]>> = {
  NK: [
    ["e", "es"],
    ["e", "ee"],
  ],
  XK: [
    ["e", "es"],
    ["e", "ee"],
    ["s", "se"],
  ],
  XX: [["e"], ["e", "ee", "s", "es"], ["s", "se"]],
};

/**
 * Somebody who recorded everything on the path, and later got hold of private keys. He replays handshakes as the responder did, with every
 * Diffie-Hellman that his keys allow in every place where one belongs, and tries every key that comes out on every record.
 */
export class Thief {
  readonly #pairs: readonly KeyPair[];
  readonly #publicKeys: Uint8Array[];

  /** @param publicKeys keys that he knows of besides, such as clients' */
  constructor(pairs: readonly KeyPair[], publicKeys: readonly Uint8Array[]) {
    this.#pairs = pairs;
    this.#publicKeys = [...publicKeys, ...pairs.map(({ publicKey }) => publicKey)];
  }

  rob({ fromClient, fromServer }: RecordedPackets): Loot {
    const [offer, ...clients] = fromClient;
    const [, ...servers] = fromServer;
    const suite = /Noise_\w+_SHA256/.exec(Buffer.from(offer!).toString("latin1"))![0];
    const pattern = patterns[suite.slice(6, 8)]!;
    const message1 = clients[0]!.subarray(2, clients[0]!.length - MESSAGE_MAC_BYTES);
    const messages = [message1, ...servers.slice(0, 1).map(body), ...(pattern.length === 3 ? [body(clients[1]!)] : [])];
    this.#publicKeys.push(message1.slice(0, KEY_BYTES), messages[1]!.slice(0, KEY_BYTES));
    const keys: Uint8Array[] = [];
    const handshake = this.#follow(this.#begin(suite, offer!, pattern), pattern, messages, keys);
    return {
      suite: suite.slice(6, 8),
      handshake,
      client: opened(clients.slice(pattern.length - 1), keys),
      server: opened(servers.slice(1), keys),
    };
  }

  /** One guess for each key that might be the responder's, where the pattern knows it beforehand. */
  #begin(suite: string, offer: Uint8Array, pattern: readonly (readonly string[])[]): Guess[] {
    const name = new TextEncoder().encode(suite);
    const hash = name.length <= KEY_BYTES ? join(name, new Uint8Array(KEY_BYTES - name.length)) : native.sha256(name);
    const start = mixHash({ hash, chainingKey: hash, key: undefined, nonce: 0 }, offer);
    return pattern[0]!.includes("es") ? this.#publicKeys.map((key) => mixHash(start, key)) : [start];
  }

  /** Follows every guess through the messages for as long as it verifies, and collects the keys that each step brings. */
  #follow(begun: Guess[], pattern: readonly (readonly string[])[], messages: readonly Uint8Array[], keys: Uint8Array[]): number {
    let guesses = begun;
    let verified = 0;
    for (const [at, tokens] of pattern.entries()) {
      let rest = messages[at]!;
      const take = (length: number): Uint8Array => {
        const taken = rest.subarray(0, length);
        rest = rest.subarray(length);
        return taken;
      };
      for (const token of [...tokens, "payload"]) {
        if (token === "e") guesses = each(guesses, take(KEY_BYTES), mixHash);
        else if (token === "s" || token === "payload") {
          const part = token === "s" ? take(KEY_BYTES + TAG_BYTES) : rest;
          const before = guesses;
          guesses = guesses.flatMap((guess) => this.#decrypt(guess, part, token === "s"));
          if (guesses.length > 0 && before[0]!.key !== undefined) verified++;
        } else guesses = guesses.flatMap((guess) => this.#secrets().map((secret) => mixKey(guess, secret)));
        for (const guess of guesses) keys.push(...keysOf(guess));
      }
    }
    return verified;
  }

  /** Every Diffie-Hellman result that his private keys allow. */
  #secrets(): Uint8Array[] {
    return this.#pairs.flatMap((pair) => this.#publicKeys.map((key) => native.x25519(pair, key)));
  }

  #decrypt(guess: Guess, part: Uint8Array, isKey: boolean): Guess[] {
    if (guess.key === undefined) return [mixHash(guess, part)];
    const plaintext = open(guess.key, guess.nonce, guess.hash, part);
    if (plaintext === undefined) return [];
    if (isKey) this.#publicKeys.push(plaintext);
    return [{ ...mixHash(guess, part), nonce: guess.nonce + 1 }];
  }
}

/** The X25519 private key that an Ed25519 seed's hash begins with: what somebody might try who has nothing better. */
export function asX25519(seed: Uint8Array): KeyPair {
  return native.x25519KeyPair(Uint8Array.from(createHash("sha512").update(seed).digest().subarray(0, KEY_BYTES)));
}

const body = (packet: Uint8Array): Uint8Array => packet.subarray(2);

function each(guesses: readonly Guess[], data: Uint8Array, step: (guess: Guess, data: Uint8Array) => Guess): Guess[] {
  return guesses.map((guess) => step(guess, data));
}

function mixHash(guess: Guess, data: Uint8Array): Guess {
  return { ...guess, hash: native.sha256(join(guess.hash, data)) };
}

function mixKey(guess: Guess, secret: Uint8Array): Guess {
  const [chainingKey, key] = hkdf(guess.chainingKey, secret);
  return { ...guess, chainingKey, key, nonce: 0 };
}

function hkdf(chainingKey: Uint8Array, input: Uint8Array): [Uint8Array, Uint8Array] {
  const extracted = native.hmacSha256(chainingKey, input);
  const first = native.hmacSha256(extracted, Uint8Array.of(1));
  return [first, native.hmacSha256(extracted, join(first, Uint8Array.of(2)))];
}

/** The key of the handshake's payloads, and what Split would give now. */
function keysOf({ chainingKey, key }: Guess): Uint8Array[] {
  return [...(key === undefined ? [] : [key]), ...hkdf(chainingKey, empty)];
}

/** Which of one side's records open under any of these keys, whatever their nonce. */
function opened(records: readonly Uint8Array[], keys: readonly Uint8Array[]): number[] {
  const found = new Set<number>();
  for (const key of keys)
    for (const [number, record] of records.entries())
      for (let nonce = 0; nonce <= number; nonce++)
        if (open(key, nonce, record.subarray(0, 2), body(record)) !== undefined) found.add(number);
  return [...found].sort((a, b) => a - b);
}

function open(key: Uint8Array, nonce: number, associatedData: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
  const plaintext = new Uint8Array(Math.max(0, sealed.length - TAG_BYTES));
  const genuine = sealed.length >= TAG_BYTES && native.aead(key).open(nonce, associatedData, sealed, plaintext, 0);
  return genuine ? plaintext : undefined;
}
