import type { Limits } from "../../generated/zserver/protocol/v1/handshake.ts";
import type { KeyStatement } from "../crypto/key-statement.ts";
import type { EndReason } from "../errors/end-reason.ts";
import type { SuiteName } from "./suite.ts";

/**
 * One end of a connection, without the connection: bytes go in, bytes and events come out. Three kinds exist: `DialerChannel` and
 * `ListenerChannel`, which agree on keys and seal all that follows, and `PlainChannel`, which seals nothing and never leaves the process.
 * docs/PROTOCOL.md, "The channel", is the specification.
 *
 * Nothing that a peer sends makes a method throw: it ends the channel by an event. What an event handler throws passes through.
 */
export interface Channel {
  /** Begins: the dialler's offer leaves, the handshake's time runs. Called once, before any other method. */
  start(): void;
  /** Bytes of the transport, cut anywhere. Read before it returns, then the caller's again; never changed. */
  receive(bytes: Uint8Array): void;
  /**
   * Seals `plaintext` under this kind, in as few records as hold it, and puts them out at once as one `output`. Only after `established`;
   * without effect after the end. The caller keeps `plaintext`.
   *
   * @param kind 0 to 15, see {@link RecordKind}
   */
  send(kind: number, plaintext: Uint8Array): void;
  /** Renews the keys: a dialler begins, a listener asks it to. Without effect while a renewal is under way, before `established` and after the end. */
  rotate(): void;
  /**
   * 32 bytes that both ends know and nobody else, for this label and the present epoch. The two ends get the same from `established` and
   * from the same `rotated` on. Only after `established`; throws afterwards.
   */
  exporter(label: string): Uint8Array;
  /** The same of the next epoch, where this end knows it already: on a listener from `renewing` to `rotated`. */
  nextExporter(label: string): Uint8Array | undefined;
  /** Bytes that came of a packet whose rest has not. */
  readonly waitingBytes: number;
  readonly stats: ChannelStats;
  /** Wipes the keys and takes the timers back. No event follows. The transport is the caller's to end. */
  destroy(): void;
}

/** What a channel tells. Handlers may call any method of the channel, `destroy` included. */
export interface ChannelEvents {
  /**
   * One write for the transport. The bytes are the callee's from here on; the ArrayBuffer around them may hold others' too.
   *
   * @param written to be called when they have left, where their memory can be used again
   */
  output(bytes: Uint8Array, written?: () => void): void;
  /** The peer is proven. On a listener only when the first record of the client was verified, just before that record is told. */
  established(peer: ChannelPeer): void;
  /** The server's key is for the application to judge: the dialler waits for `acceptServerKey` or `refuseServerKey`. Without a pin only. */
  serverKey?(presented: PresentedServerKey): void;
  /** A record of kind 0 to 15, without its kind byte. `plaintext` is valid until the handler returns. */
  record(kind: number, plaintext: Uint8Array): void;
  /** On a listener: the next keys exist, and the dialler will know them before this end knows that it does. See `nextExporter`. */
  renewing?(): void;
  /** Both directions are under the keys of this epoch, and the older ones are wiped. */
  rotated(epoch: number): void;
  /**
   * The end, unauthenticated: nothing follows, the keys are wiped. The driver ends the transport: by `close` where the last output still
   * matters (UNKNOWN_SUITE, OVERLOADED, SERVER_KEY_MISMATCH: it holds the refusal), otherwise by `destroy`.
   *
   * @param message one line for this side's logs
   * @param retryAfterMs when the server says after how long a new attempt is welcome
   */
  ended(reason: EndReason, message: string, retryAfterMs?: number): void;
  /** An authenticated peer broke the protocol. Nothing more is read; `send` still works, so that the session can say why it ends. */
  illegal(message: string): void;
}

/** Who is at the other end, and what the handshake settled. */
export interface ChannelPeer {
  /** Undefined on a plain channel. */
  readonly suite: SuiteName | undefined;
  /** Names this connection: Noise's `h` when its handshake ended, 32 bytes, the same on both ends. Empty on a plain channel. */
  readonly handshakeHash: Uint8Array;
  /**
   * The other end's X25519 key. On a listener undefined for NK; after XX it may be a throw-away one, which the client's hello says
   * (`ClientHello.anonymous`).
   */
  readonly remoteStatic: Uint8Array | undefined;
  /** The statement that the server showed, verified. Undefined on a plain channel. */
  readonly server: KeyStatement | undefined;
  /** What the server accepts, as it said in the handshake. On a dialler only. */
  readonly limits: Limits | undefined;
}

/** The key of a server that is not pinned: genuine in that the peer holds it, for the application to recognise. */
export interface PresentedServerKey {
  readonly statement: KeyStatement;
  /** What a user pins, and compares with what the operator published. */
  readonly serverKey: string;
}

/** Counts since the connection began, for status and tests. A new object each time. */
export interface ChannelStats {
  /** Counts renewals of the keys of this connection; 0 are the handshake's own. */
  readonly epoch: number;
  /** Records of all kinds, those of rotations included. */
  readonly recordsIn: number;
  readonly recordsOut: number;
  /** Bytes on the transport, length headers and handshake included. */
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** The first byte of every record's plaintext. 0 to 15 carry the session's bytes and are told as they come. */
export const RecordKind = {
  /** Frames of the normal priority class. */
  NORMAL: 0,
  /** Reserved for the other priority classes. */
  CONTROL: 1,
  HIGH: 2,
  BULK: 3,
  /** As NORMAL, but no activity: records that only ask whether the peer lives do not keep the keys' clock running. */
  QUIET: 15,
  /** Message 1 of a rotation. */
  ROTATE_INIT: 16,
  /** Message 2 of a rotation, and the listener's last record of the old epoch. */
  ROTATE_REPLY: 17,
  /** The dialler's last record of the old epoch. */
  ROTATE_SWITCH: 18,
  /** The listener asks for a rotation. */
  ROTATE_PLEASE: 19,
} as const;

/** Kinds below this are the session's. */
export const FIRST_CHANNEL_KIND = 16;
