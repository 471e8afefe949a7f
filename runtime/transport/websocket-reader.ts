import { isUtf8 } from "node:buffer";
import {
  closeCode,
  headerBytes,
  headerFault,
  isLast,
  MAX_CONTROL_BYTES,
  maskOf,
  opcodeOf,
  opcodes,
  payloadBytes,
} from "./websocket-header.ts";
import { MAX_MESSAGE_BYTES } from "./websocket-limits.ts";
import { applyMask } from "./websocket-mask.ts";

/** Why a connection is ended (RFC 6455, section 7.4.1). */
const PROTOCOL_ERROR = 1002;
const UNACCEPTABLE_DATA = 1003;
const INVALID_DATA = 1007;
const TOO_BIG = 1009;

const nothing = new Uint8Array(0);

/** What a {@link WebSocketReader} tells. */
export interface FrameEvents {
  /** The next bytes of the peer's messages, wherever those begin and end: a part of what was read, never empty. */
  onPayload(bytes: Uint8Array): void;
  /** The payload may be kept until this returns. */
  onPing(payload: Uint8Array): void;
  /** The peer's closing frame, `NO_CODE` where it has none; nothing is told after it. */
  onCloseFrame(code: number): void;
  /** The peer broke a rule, and `code` is what to tell it; nothing is told after this. */
  onViolation(code: number, message: string): void;
}

/**
 * Reads the frames of the other end of a WebSocket (RFC 6455, section 5). Messages are pieces of a stream here, so that nothing of them is gathered: payload is unmasked where it
 * lies and passed on as it comes. Only headers and control frames that reads cut in two are kept, 125 bytes at most.
 */
export class WebSocketReader {
  readonly #events: FrameEvents;
  readonly #peerMasks: boolean;
  /** What came of a header, or of a control frame's payload, that a read cut. */
  #kept: Uint8Array | undefined;
  #opcode: number = opcodes.continuation;
  /** Payload that is still to come of the frame. */
  #left = 0;
  #mask = 0;
  /** Between the fragments of a message. */
  #fragmented = false;
  /** Of the message whose fragments come. */
  #messageBytes = 0;
  #stopped = false;

  /** @param peerMasks whether the peer is a client, whose frames are masked */
  constructor(events: FrameEvents, peerMasks: boolean) {
    this.#events = events;
    this.#peerMasks = peerMasks;
  }

  /** Nothing has come of the next message, nor of a control frame. */
  get betweenMessages(): boolean {
    return this.#left === 0 && this.#kept === undefined && !this.#fragmented && !this.#stopped;
  }

  /** Takes what was read, and unmasks it there: from here on its memory is for who gets the payload. */
  read(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length && !this.#stopped) {
      if (this.#left > 0) at = this.#readPayload(bytes, at);
      else if (this.#kept === undefined) at = this.#readHeader(bytes, at);
      else at = this.#readCutHeader(this.#kept, bytes, at);
    }
  }

  /** Nothing is told from here on. */
  stop(): void {
    this.#stopped = true;
    this.#kept = undefined;
  }

  #readHeader(bytes: Uint8Array, at: number): number {
    const end = at + headerBytes(bytes, at);
    if (end <= bytes.length) {
      this.#begin(bytes, at);
      return end;
    }
    this.#kept = new Uint8Array(bytes.subarray(at));
    return bytes.length;
  }

  /** Takes one more byte: it is not known before which of them is the last. */
  #readCutHeader(kept: Uint8Array, bytes: Uint8Array, at: number): number {
    const header = joined(kept, bytes.subarray(at, at + 1));
    const whole = header.length >= headerBytes(header, 0);
    this.#kept = whole ? undefined : header;
    if (whole) this.#begin(header, 0);
    return at + 1;
  }

  /** Begins a frame whose header is there. */
  #begin(bytes: Uint8Array, at: number): void {
    const opcode = opcodeOf(bytes, at);
    const length = payloadBytes(bytes, at);
    const fault = headerFault(bytes, at, length, this.#peerMasks);
    if (fault !== undefined) this.#fail(PROTOCOL_ERROR, fault);
    else if (this.#admits(opcode, isLast(bytes, at), length)) {
      this.#opcode = opcode;
      this.#left = length;
      this.#mask = maskOf(bytes, at);
      if (length === 0 && opcode >= opcodes.close) this.#control(nothing);
    }
  }

  /** Whether the frame may stand here; else the connection has failed. */
  #admits(opcode: number, fin: boolean, length: number): boolean {
    if (opcode === opcodes.text) this.#fail(UNACCEPTABLE_DATA, "the peer sent a text message");
    else if (opcode >= opcodes.close && opcode <= opcodes.pong) {
      if (!fin || length > MAX_CONTROL_BYTES) this.#fail(PROTOCOL_ERROR, "a control frame is fragmented, or longer than 125 bytes");
    } else if (opcode > opcodes.binary) this.#fail(PROTOCOL_ERROR, `a frame has the reserved opcode ${opcode}`);
    else if ((opcode === opcodes.continuation) !== this.#fragmented)
      this.#fail(PROTOCOL_ERROR, this.#fragmented ? "a message begins within another" : "a message goes on that has not begun");
    else {
      const messageBytes = this.#messageBytes + length;
      if (messageBytes > MAX_MESSAGE_BYTES) this.#fail(TOO_BIG, `a message has more than ${MAX_MESSAGE_BYTES} bytes`);
      this.#fragmented = !fin;
      this.#messageBytes = fin ? 0 : messageBytes;
    }
    return !this.#stopped;
  }

  #readPayload(bytes: Uint8Array, at: number): number {
    const end = Math.min(bytes.length, at + this.#left);
    const piece = at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end);
    // The clients of this package mask ciphertext with zeros.
    if (this.#mask !== 0) this.#mask = applyMask(piece, this.#mask);
    this.#left -= end - at;
    if (this.#opcode < opcodes.close) this.#events.onPayload(piece);
    else {
      const payload = this.#kept === undefined ? piece : joined(this.#kept, piece);
      this.#kept = this.#left === 0 ? undefined : new Uint8Array(payload);
      if (this.#left === 0) this.#control(payload);
    }
    return end;
  }

  #control(payload: Uint8Array): void {
    if (this.#opcode === opcodes.ping) this.#events.onPing(payload);
    else if (this.#opcode === opcodes.close) this.#close(payload);
  }

  #close(payload: Uint8Array): void {
    const code = closeCode(payload);
    if (code === undefined) this.#fail(PROTOCOL_ERROR, "a closing frame has a code that none may have");
    else if (!isUtf8(payload.subarray(2))) this.#fail(INVALID_DATA, "a closing frame's reason is not UTF-8");
    else {
      this.stop();
      this.#events.onCloseFrame(code);
    }
  }

  #fail(code: number, what: string): void {
    this.stop();
    this.#events.onViolation(code, what);
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
