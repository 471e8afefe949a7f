/** One way of carrying the four messages. Each runs in a process of its own, so that none sees code that another has made polymorphic. */
export interface Contender {
  readonly name: string;
  /** Whether it writes protobuf's format: then its bytes must be those of the others. */
  readonly protobuf: boolean;
  readonly codecs: Readonly<Record<MessageName, Codec>>;
}

export const messageNames = ["small", "order", "numeric", "text"] as const;
export type MessageName = (typeof messageNames)[number];

export interface Codec {
  /** Builds the message anew, with `turn` in one of its fields, and encodes it into memory that the caller may keep. */
  encode(turn: number): Uint8Array;
  /** Decodes the message and reads every field; the result is the sum of `sums.ts`, the same for every contender. */
  decode(bytes: Uint8Array): number;
}
