import type { Duplex } from "node:stream";
import { peerName, remoteOf, type SocketAddresses } from "./remote.ts";
import type { Detached, RemoteAddress, Transport, TransportClose, TransportEvents } from "./transport.ts";
import { type SocketHost, TransportSocket } from "./transport-socket.ts";
import type { WebSocketEnd } from "./websocket-end.ts";
import { binaryFrame, COPIED_FRAME_BYTES, closeFrame, frameHeader, pongFrame } from "./websocket-frame.ts";
import { CLOSE_TIMEOUT_MS, ORDERLY_CODES, sendMessages } from "./websocket-limits.ts";
import type { Mask } from "./websocket-mask.ts";
import { WebSocketPongs } from "./websocket-pongs.ts";
import { type FrameEvents, WebSocketReader } from "./websocket-reader.ts";

const NORMAL = 1000;

export interface WebSocketTransportOptions {
  /** Which end this is. */
  readonly end: WebSocketEnd;
  readonly scheme: "ws" | "wss";
  /** Where the peer is. */
  readonly remote: RemoteAddress | undefined;
  /** What was read behind the opening handshake. */
  readonly head: Buffer;
  /** How long a closing handshake may take, flushing included. Default 30,000. */
  readonly closeTimeoutMs?: number | undefined;
}

/** Either end of a WebSocket, on a socket whose opening handshake is over, as a transport: one write is one binary message, and messages mean nothing. */
export class WebSocketTransport implements Transport, SocketHost, FrameEvents {
  /** Where a proxy says that the client is. Else the socket knows, and nothing is kept. */
  readonly #told: RemoteAddress | undefined;
  readonly #scheme: "ws" | "wss";
  readonly #closeTimeoutMs: number;
  readonly #under: TransportSocket<Duplex>;
  readonly #reader: WebSocketReader;
  #end: WebSocketEnd;
  #pongs: WebSocketPongs | undefined;
  #closeTimer: NodeJS.Timeout | undefined;

  constructor(socket: Duplex, { end, scheme, remote, head, closeTimeoutMs = CLOSE_TIMEOUT_MS }: WebSocketTransportOptions) {
    this.#end = end;
    this.#scheme = scheme;
    this.#told = isSame(remote, remoteOf(socket as SocketAddresses)) ? undefined : remote;
    this.#closeTimeoutMs = closeTimeoutMs;
    this.#reader = new WebSocketReader(this, end.peerMasks);
    this.#under = new TransportSocket(socket, this, head);
  }

  get peer(): string {
    return peerName(this.#scheme, this.remote);
  }

  get remote(): RemoteAddress | undefined {
    return this.#told ?? remoteOf(this.#under.socket as SocketAddresses);
  }

  get bufferedBytes(): number {
    return this.#under.bufferedBytes;
  }

  start(events: TransportEvents): void {
    this.#under.start(events);
  }

  write(bytes: Uint8Array, written?: () => void): boolean {
    if (!this.#under.open) return true;
    if (bytes.length > COPIED_FRAME_BYTES) this.#writeLong(bytes, written);
    else if (bytes.length > 0) this.#writeCopy(bytes, this.#end.mask(), written);
    return this.#under.hasRoom();
  }

  close(): void {
    this.#under.inbox.drop();
    this.#beginClose(NORMAL, { kind: "ended", message: "closed by this side" });
  }

  ending(): void {
    this.#under.ending();
  }

  destroy(): void {
    this.#under.cut("destroyed by this side");
  }

  pause(): void {
    this.#under.pause();
  }

  resume(): void {
    this.#under.resume();
  }

  sealed(): void {
    this.#end = this.#end.sealed ?? this.#end;
  }

  /** Servers only: nothing tells the other process what a client masks with. */
  detach(): Detached | undefined {
    const handle = this.#end.peerMasks ? this.#under.handle() : undefined;
    if (handle === undefined || !this.#reader.betweenMessages) return undefined;
    return this.#under.letGo(handle, { scheme: "ws", remote: this.remote });
  }

  // What the reader tells of the peer's frames.

  onPayload(bytes: Uint8Array): void {
    this.#under.inbox.bytes(bytes);
  }

  onPing(payload: Uint8Array): void {
    if (!this.#under.open) return;
    this.#pongs ??= new WebSocketPongs((answered, written) => this.#under.socket.write(pongFrame(answered, this.#end.mask()), written));
    this.#pongs.answer(payload);
  }

  onCloseFrame(code: number): void {
    const orderly = ORDERLY_CODES.has(code);
    const message = orderly ? "closed by the peer" : `closed with WebSocket status ${code}`;
    this.#beginClose(code, { kind: orderly ? "ended" : "failed", message });
    this.#under.socket.end();
  }

  onViolation(code: number, message: string): void {
    this.#beginClose(code, { kind: "failed", message });
    this.#under.socket.end();
  }

  // What the socket asks of it.

  read(bytes: Uint8Array): void {
    this.#reader.read(bytes);
  }

  /** A peer that is gone without a closing frame reads no more. One that was told the end may have let the answer out; what is queued still goes to it. */
  peerEnded(): void {
    if (this.#under.open) this.abort();
    else this.#under.socket.end();
  }

  abort(): void {
    this.#under.open = false;
    this.#reader.stop();
    this.#under.socket.destroy();
  }

  closed(): TransportClose {
    clearTimeout(this.#closeTimer);
    return { kind: "failed", message: "the peer ended the connection without a closing frame" };
  }

  /** The memory is free at once. */
  #writeCopy(message: Uint8Array, mask: Mask, written: (() => void) | undefined): void {
    this.#under.socket.write(binaryFrame(message, mask));
    written?.();
  }

  /** The memory is free once the message has left. */
  #writeAsItIs(message: Uint8Array, mask: Mask, written: (() => void) | undefined): void {
    const { socket } = this.#under;
    socket.cork();
    socket.write(frameHeader(message.length, mask));
    socket.write(message, written && ((error) => error || written()));
    socket.uncork();
  }

  /** In pieces as long as a message may be. What has to be masked is copied, since others may read it. */
  #writeLong(bytes: Uint8Array, written: (() => void) | undefined): void {
    const end = bytes.byteOffset + bytes.length;
    sendMessages(bytes, (message) => {
      const last = message.byteOffset + message.length === end ? written : undefined;
      const mask = this.#end.mask();
      if (mask) this.#writeCopy(message, mask, last);
      else this.#writeAsItIs(message, mask, last);
    });
  }

  /** Writes the closing frame, once, and reads on in any case: the peer's own stands behind whatever else it sent. */
  #beginClose(code: number, reason: TransportClose): void {
    const under = this.#under;
    if (!under.open) return;
    under.open = false;
    under.reason = reason;
    this.#pongs?.stop();
    const { socket } = under;
    socket.resume();
    socket.write(closeFrame(code, this.#end.mask()));
    socket.uncork();
    this.#closeTimer = setTimeout(() => this.abort(), this.#closeTimeoutMs);
  }
}

function isSame(one: RemoteAddress | undefined, other: RemoteAddress | undefined): boolean {
  return one?.address === other?.address && one?.port === other?.port;
}
