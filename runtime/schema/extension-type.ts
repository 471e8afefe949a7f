import type { MessageType } from "./message-type.ts";

/**
 * The descriptor of an extension, a constant of generated code: what {@link getExtension} and its like take.
 *
 * @typeParam Extendee what senders pass for the extended message
 * @typeParam T what reading gives: a list, or a value that is undefined when absent
 * @typeParam Init what is passed to set it
 */
export interface ExtensionType<Extendee = never, T = unknown, Init = never> {
  /** The fully qualified name, for example `acme.shop.v1.gift_wrap`. */
  readonly name: string;
  /** The message that it extends. */
  readonly extendee: MessageType<unknown, Extendee>;
  /** The codec of its field, as of a message that has no other: all the rest is unknown to that one, and kept. */
  readonly field: MessageType<ExtensionField<T>, ExtensionField<Init>>;
}

/** An extension's value, beside the fields that are something else. */
export interface ExtensionField<T> {
  readonly value: T;
  readonly $unknown?: Uint8Array | undefined;
}
