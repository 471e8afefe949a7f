import { Writer } from "../../../runtime/bytes/writer.ts";
import { type FrameType, frameHeader } from "../../../runtime/session/frame.ts";

/** A frame as bytes, made without the code under test. */
export interface ParsedFrame {
  readonly header: number;
  readonly type: number;
  readonly body: Uint8Array;
}

export function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return bytes;
}

/** Numbers become varints, text its UTF-8 behind a length, bytes stay as they are. */
export type Part = number | string | Uint8Array;

export function bodyOf(...parts: readonly Part[]): Uint8Array {
  return join(
    ...parts.map((part) => {
      if (typeof part === "number") return Uint8Array.from(varint(part));
      if (typeof part !== "string") return part;
      const text = new TextEncoder().encode(part);
      return Uint8Array.from([...varint(text.length), ...text]);
    }),
  );
}

/** A whole frame with the flags that its type has. */
export function frame(type: FrameType, ...parts: readonly Part[]): Uint8Array {
  return rawFrame(frameHeader(type), bodyOf(...parts));
}

/** A whole frame with any header byte. */
export function rawFrame(header: number, body: Uint8Array = new Uint8Array()): Uint8Array {
  return join(Uint8Array.of(header), Uint8Array.from(varint(body.length)), body);
}

export function join(...pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((bytes, piece) => bytes + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

/** Cuts bytes into frames by hand. Throws for what is not whole. */
export function parseFrames(bytes: Uint8Array): ParsedFrame[] {
  const frames: ParsedFrame[] = [];
  for (let at = 0; at < bytes.length; ) {
    const header = bytes[at]!;
    const [length, body] = readVarint(bytes, at + 1);
    if (body + length > bytes.length) throw new Error("the last frame is not whole");
    frames.push({ header, type: header >> 2, body: bytes.slice(body, body + length) });
    at = body + length;
  }
  return frames;
}

/** The varints at the beginning of a body. */
export function numbersOf(body: Uint8Array, count: number): number[] {
  const numbers: number[] = [];
  for (let at = 0; numbers.length < count; ) {
    const [value, next] = readVarint(body, at);
    numbers.push(value);
    at = next;
  }
  return numbers;
}

/** A protobuf message as bytes. */
export function message<Init>(type: { write(writer: Writer, init: Init): void }, init: Init): Uint8Array {
  const writer = new Writer();
  type.write(writer, init);
  return writer.finish();
}

function readVarint(bytes: Uint8Array, start: number): [value: number, next: number] {
  let value = 0;
  for (let at = start, scale = 1; at < bytes.length; at++, scale *= 128) {
    value += (bytes[at]! & 0x7f) * scale;
    if (bytes[at]! < 128) return [value, at + 1];
  }
  throw new Error("a varint is not whole");
}
