/**
 * The seam to the network: an ordered, reliable stream of bytes with backpressure and an end. Boundaries between writes carry no meaning: a
 * transport may split and merge them (the channel puts a length before each record). Nothing here authenticates anybody.
 */
export interface Transport {
  /** Who is at the other end, for logs, for example `ws 127.0.0.1:50312`. */
  readonly peer: string;
  /** Where the peer is, if it has an address: the last hop, when there is a proxy. Absent in memory, over unix sockets and in browsers. */
  readonly remote?: RemoteAddress | undefined;
  /** Bytes that were written and not yet handed to the kernel (or to the other end, in memory). */
  readonly bufferedBytes: number;
  /** Begins to deliver. Called once, before any other method but `destroy`; bytes that came earlier are kept and delivered then. */
  start(events: TransportEvents): void;
  /**
   * Queues bytes. From here on they belong to the transport: the caller neither changes nor reuses them.
   * False means that more is buffered than the transport likes: the caller stops until `onDrain`. Ignored after the end. One that throws has ended
   * the connection.
   *
   * @param written called when the bytes have left, once at most; never when they failed to, or by a transport that does not know: from there on the caller may
   * use their memory again
   */
  write(bytes: Uint8Array, written?: () => void): boolean;
  /** Sends what is queued, then ends. From here on nothing is delivered but `onClose`, which follows. */
  close(): void;
  /** Ends at once and drops what is queued. `onClose` follows unless it was already called. */
  destroy(): void;
  /** Stops reading (the network's own backpressure then reaches the peer) or goes on. */
  pause(): void;
  resume(): void;
  /** Tells that all bytes from here on are ciphertext, for a transport that can save work then (a WebSocket client need not mask them). */
  sealed?(): void;
  /** Tells that `close` follows at once behind what is written from here on, so that they may leave together. */
  ending?(): void;
  /** Lets go of the connection, so that another process can go on with it; called while paused. Undefined when that cannot be: then it goes on here. */
  detach?(): Detached | undefined;
}

/** An address on the network. */
export interface RemoteAddress {
  /** In numbers: `127.0.0.1`, `2001:db8::1`; IPv4 never in IPv6 form. */
  readonly address: string;
  readonly port: number;
}

/** What a transport tells. Never called from within a call to the transport, except that `start` may deliver what was kept. */
export interface TransportEvents {
  /** Bytes from the peer, in order. The receiver may keep them only until it returns: the memory is the transport's. */
  onBytes(bytes: Uint8Array): void;
  /** Everything queued is written, after a `write` that returned false. */
  onDrain(): void;
  /** The end, exactly once; nothing is called after it. */
  onClose(close: TransportClose): void;
}

/** How a transport ended. */
export interface TransportClose {
  /**
   * `ended`: the peer or this side closed in an orderly way. `failed`: anything else, `message` says what. A peer that dies may look orderly:
   * the kernel closes its sockets for it. So nothing but the session's own words says that a session is over.
   */
  readonly kind: "ended" | "failed";
  /** One line for logs; never shown to the peer. */
  readonly message: string;
  readonly cause?: unknown;
}

/** What another process has to know of a connection that goes on there. */
export interface Passage {
  readonly scheme: "tcp" | "ws";
  /** Where the client is. */
  readonly remote: RemoteAddress | undefined;
  /** What came and was not told to anybody. */
  readonly bytes: Uint8Array;
}

/** A connection that its transport has let go of. */
export interface Detached {
  readonly passage: Passage;
  /** The kernel's socket, as `process.send` takes it. */
  readonly handle: object;
  /** Closes it in this process, once it has left or cannot. In the other one it is open still. */
  leave(): void;
}

/** Where connections come in. */
export interface Listener {
  /** URLs under which clients reach it, real ports filled in, for example `ws://127.0.0.1:41234/`. */
  readonly endpoints: readonly string[];
  /** Stops accepting; established transports live on. */
  close(): Promise<void>;
}
