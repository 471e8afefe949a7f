/** What a description may hold. Part of the protocol: each side knows what the other one takes. */
export interface DescriptionLimits {
  /** Bytes of the encoded description. */
  readonly bytes: number;
  readonly commands: number;
  /** Error details of all commands. */
  readonly details: number;
  readonly messages: number;
  /** Fields of all messages. */
  readonly fields: number;
  /** Numbers of all closed enums. */
  readonly enumNumbers: number;
}

/** Enough for a service of a thousand commands; 200 with two messages of ten fields each take 20 KiB. */
export const descriptionLimits: DescriptionLimits = {
  bytes: 131_072,
  commands: 2_048,
  details: 4_096,
  messages: 8_192,
  fields: 32_768,
  enumNumbers: 32_768,
};
