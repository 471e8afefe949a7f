import type { KeyPair } from "../crypto/provider.ts";
import type { ChannelPeer, PresentedServerKey } from "./channel.ts";
import type { Epoch } from "./epoch.ts";

/** One side of the handshake, from the first clear packet to the first keys. Sans-IO: each step takes a packet and says what follows. */
export interface Handshake {
  /** The most bytes that the next packet may have, its length not counted; -1 while none may come. */
  readonly packetLimit: number;
  start(): HandshakeStep;
  /** A packet of at most `packetLimit`, its length before it. What it throws is the end of the connection: see `asFailure`. */
  receive(packet: Uint8Array): HandshakeStep;
  /** Forgets what is secret. */
  wipe(): void;
}

export interface HandshakeStep {
  readonly output?: Uint8Array | undefined;
  /** The application is to judge this key before the handshake goes on. */
  readonly presented?: PresentedServerKey | undefined;
  readonly finished?: FinishedHandshake | undefined;
  /** The rest of this step is a Diffie-Hellman, to be done when there is time for it. No packet is taken before. It throws as `receive` does. */
  readonly work?: (() => HandshakeStep) | undefined;
}

export interface FinishedHandshake {
  readonly peer: ChannelPeer;
  readonly epoch: Epoch;
  readonly statics: StaticKeys;
}

/** Whom the rotations of a connection are between: the keys that its handshake used. */
export interface StaticKeys {
  /** The dialler has none when it is anonymous. */
  readonly local: KeyPair | undefined;
  readonly remote: Uint8Array | undefined;
}
