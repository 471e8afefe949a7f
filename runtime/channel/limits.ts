import { TAG_BYTES } from "../crypto/provider.ts";

/** Bytes of the length before every packet and record: big-endian, of what follows it. */
export const LENGTH_BYTES = 2;

/** The largest clear packet, an offer or an answer: three suites and a hint fit twice. */
export const PREAMBLE_BYTES = 256;

/** The longest door ticket in an offer. */
export const TICKET_BYTES = 64;

/** The longest route in an offer and in a welcome. */
export const ROUTE_BYTES = 16;

/** The largest message of the handshake: room for a hybrid with ML-KEM-768, whose keys and ciphertexts are above a kilobyte each. */
export const HANDSHAKE_MESSAGE_BYTES = 4096;

/** The most bytes, lengths included, that are accepted from a peer before it is proven, that is up to its first verified record. */
export const HALF_OPEN_BYTES = 16_384;

/** The largest record, tag included: Noise's bound on a message. */
export const RECORD_BYTES = 65_535;

/** The kind byte. */
export const KIND_BYTES = 1;

/** The smallest record: a kind and a tag. */
export const MIN_RECORD_BYTES: number = KIND_BYTES + TAG_BYTES;

/** What a record costs beside its plaintext, on the wire. */
export const RECORD_OVERHEAD_BYTES: number = LENGTH_BYTES + MIN_RECORD_BYTES;

/** Whatever `rotateAfterBytes` is, this much may be under way in one direction before the peer is overdue. */
export const MIN_OVERDUE_BYTES = 16_777_216;

/**
 * How often a listener lets its dialler renew the keys: each renewal costs it several Diffie-Hellmans, and its dialler a hundred bytes. A dialler
 * keeps well below it, so that neither delays nor clocks of another speed make it look like one that does not.
 */
export const ROTATIONS_PER_SECOND = 1;
export const ROTATION_BURST = 10;
/** Keys that carried so much may be renewed at any time: beside that the renewal costs nothing. */
export const WORN_KEY_BYTES = 1_048_576;
export const DIALER_ROTATIONS_PER_SECOND = 0.9;
export const DIALER_ROTATION_BURST = 8;

export const defaultHandshakeTimeoutMs = 10_000;
export const defaultRotateAfterMs = 120_000;
export const defaultRotateAfterBytes = 1_073_741_824;
