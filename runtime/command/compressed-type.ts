import type { Compressor } from "../bytes/compressor.ts";
import { exhausted, malformed } from "../bytes/fault.ts";
import { Reader } from "../bytes/reader.ts";
import { varintLength } from "../bytes/varint.ts";
import type { Writer } from "../bytes/writer.ts";
import type { MessageType } from "../schema/message-type.ts";
import type { TravellingType } from "./travelling.ts";

/** The smallest message that is compressed, in bytes: what is smaller fits into one packet of most paths as it is, and compressing costs 20 µs of whatever size. */
const LEAST_COMPRESSED_BYTES = 1_024;
/**
 * The largest message that is compressed, in bytes, on both sides: it holds up the event loop for 2 to 4 ms at its sender and half of one at its receiver, and costs its receiver no more
 * memory than that, however few bytes came. What is larger travels as it is.
 */
export const MOST_COMPRESSED_BYTES = 262_144;

/** The bound on one message. */
export interface MessageBound {
  /** The option or limit that sets it. */
  readonly name: string;
  readonly bytes: number;
}

type AnyMessage = MessageType<unknown, unknown>;

/** A message as it travels with a command that is compressed: `size (varint) || bytes`. Size 0: the bytes are the message. Else they are compressed, and the message has so many. */
export class CompressedType implements TravellingType {
  readonly name: string;
  readonly maxElements: number | undefined;
  readonly #type: AnyMessage;
  readonly #compressor: Compressor;
  readonly #bound: MessageBound;

  /** @param bound what this side takes of a message, decompressed */
  constructor(type: AnyMessage, compressor: Compressor, bound: MessageBound) {
    this.name = type.name;
    this.maxElements = type.maxElements;
    this.#type = type;
    this.#compressor = compressor;
    this.#bound = bound;
  }

  /** The message as it is: {@link pack} makes of it what travels. */
  write(writer: Writer, message: unknown): void {
    this.#type.write(writer, message);
  }

  pack(writer: Writer, start: number): number {
    const { buffer, position } = writer;
    const size = position - start;
    if (size >= LEAST_COMPRESSED_BYTES && size <= MOST_COMPRESSED_BYTES) {
      const compressed = this.#compressor.compress(buffer.subarray(start, position));
      const spared = 1 + size - varintLength(size) - compressed.length;
      if (spared > 0) {
        writer.position = start;
        writer.uint32(size);
        writer.raw(compressed);
        return spared;
      }
    }
    writer.ensure(1);
    writer.buffer.copyWithin(start + 1, start, position);
    writer.buffer[start] = 0;
    writer.position++;
    return 0;
  }

  spared({ bytes, position, end, missing }: Reader): number {
    // Of a message that was let go nobody knows how long it was. Its stream ends; what is on its way meanwhile must not seem to be without credit.
    if (missing !== undefined) return 0;
    const head = new Reader(bytes, position, end);
    const size = position < end ? head.uint32() : 0;
    return size === 0 || size > MOST_COMPRESSED_BYTES ? 0 : Math.max(0, 1 + size - (end - position));
  }

  read(reader: Reader, end: number): unknown {
    const size = reader.uint32();
    if (size === 0) return this.#type.read(reader, end);
    const { name, bytes: most } = this.#bound;
    if (size > most) exhausted(`${name}: ${most}`, `the message would decompress to ${size} bytes`);
    const bytes = this.#compressor.decompress(reader.raw(end - reader.position), size);
    const inner = new Reader(bytes, 0, size, reader.elements, true);
    const message = this.#type.read(inner, size);
    if (inner.position !== size) malformed("a field reaches past the end of its message");
    return message;
  }
}
