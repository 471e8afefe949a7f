import type { LimitsInit } from "../../generated/zserver/protocol/v1/handshake.ts";
import type { StaticKey } from "../crypto/identity.ts";
import type { ServerKey } from "../crypto/key-string.ts";
import type { CryptoProvider, KeyPair } from "../crypto/provider.ts";
import type { RandomSource } from "../crypto/random.ts";
import type { Timers } from "../time/timers.ts";
import type { SuiteName } from "./suite.ts";

/** What both ends are given. */
export interface ChannelOptions {
  readonly crypto: CryptoProvider;
  readonly random: RandomSource;
  readonly timers: Timers;
  /** From `start` to `established`, a user's judgement included. Default 10,000. */
  readonly handshakeTimeoutMs?: number | undefined;
  /** The keys are renewed after this many bytes in one direction. Default 1 GiB. */
  readonly rotateAfterBytes?: number | undefined;
  /**
   * Past this many bytes in one direction under one key, the peer refuses to rotate, and the connection ends. Default twice
   * `rotateAfterBytes`, at least 16 MiB: bytes may be under way for as long as the renewal takes.
   */
  readonly rotationOverdueBytes?: number | undefined;
}

export interface DialerOptions extends ChannelOptions {
  /**
   * The server that is expected. Without its static key the handshake is XX. `judge` to learn the key and ask the application
   * (`ChannelEvents.serverKey`).
   */
  readonly server: ServerKey | "judge";
  /** A door ticket of this server, of at most 64 bytes. Default none. */
  readonly ticket?: Uint8Array | undefined;
  /** Which of the server's processes has the session that is to go on, of at most 16 bytes. Default none. */
  readonly route?: Uint8Array | undefined;
  /** This client's own X25519 key, which a server may recognise. Default none: anonymous. */
  readonly clientKey?: KeyPair | undefined;
  /**
   * The keys are renewed this long after the first activity under them, or up to a quarter of it sooner, so that many sessions do not do so together. Default 120,000: what a thief of
   * the keys can read is two minutes.
   */
  readonly rotateAfterMs?: number | undefined;
  /** Milliseconds since 1970, when the clock can be trusted to judge `notAfter`. Default: only serials are judged. */
  readonly wallNow?: (() => number) | undefined;
}

export interface ListenerOptions extends ChannelOptions {
  /** The static keys that clients may know this server by: the present one first, then those it replaced, for as long as they overlap. */
  readonly staticKeys: readonly StaticKey[];
  /** What the server accepts; every client is told. */
  readonly limits?: LimitsInit | undefined;
  /** The handshakes that this server speaks. Default all. */
  readonly suites?: readonly SuiteName[] | undefined;
}

/** Who decides what a listener does for its client before that is proven. */
export interface ListenerDoor {
  /**
   * Asked once a client, before its first Diffie-Hellman and after all that is cheaper to check: undefined to go on, or after how many
   * milliseconds a refused client is welcome to try again (0: not said). Default: to go on.
   */
  overloaded?(knock: Knock): number | undefined;
  /** Does the parts of a handshake that cost a Diffie-Hellman, when there is time. Default: at once. */
  schedule?(work: () => void): void;
}

/** What a client has shown before anything was computed for it. */
export interface Knock {
  /** Its MAC was made with a key of this server; otherwise it has no pin and asks whoever is here. */
  readonly knowsServer: boolean;
  /** What it takes for a door ticket; empty when it shows none. */
  readonly ticket: Uint8Array;
}
